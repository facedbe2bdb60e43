import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import { barrierBench, key } from '../barrier/barrier-for-tests.ts'
import type { Store } from '../storage/store.ts'
import { createRecordCache } from './cache.ts'
import { jsonRecord } from './record.ts'
import { begin, type Ground, type Transaction, transact } from './transaction.ts'

type Count = { readonly n: number }
const counts = jsonRecord<Count>('count')

/** Two grounds on one store, as two nodes have: what one writes the other one's cache does not know. */
async function start(t: TestContext, wrap: (store: Store) => Store = (store) => store) {
  const { store, open } = await barrierBench(t)
  const groundOn = async (on: Store): Promise<Ground> => ({
    store: on,
    barrier: await open(),
    cache: createRecordCache(1024 * 1024),
  })
  const ground = await groundOn(wrap(store))
  const other = await groundOn(store)
  /** Another request, which is done before this resolves. */
  const write = (rows: Readonly<Record<string, number | null>>) =>
    transact(
      () => other,
      async (tx) => {
        for (const [name, n] of Object.entries(rows)) {
          if (n === null) tx.delete(key(name))
          else tx.put(counts, key(name), { n })
        }
      },
    )
  const stored = async (name: string) => (await begin(other).get(counts, key(name)))?.n
  return { store, ground, write, stored, run: <T>(work: Work<T>) => transact(() => ground, work) }
}
type Work<T> = (tx: Transaction, attempt: number) => Promise<T>
const read = async (tx: Transaction, name: string) => (await tx.get(counts, key(name)))?.n

/** Counts the snapshots that a store has given out, and those that were not given back. */
const countingSnapshots = () => {
  let held = 0
  let taken = 0
  return {
    held: () => held,
    taken: () => taken,
    wrap: (store: Store): Store => ({
      ...store,
      snapshot() {
        const snapshot = store.snapshot()
        let released = false
        held++
        taken++
        return {
          ...snapshot,
          release() {
            if (!released) held--
            released = true
            snapshot.release()
          },
        }
      },
    }),
  }
}

describe('the commit of a transaction', () => {
  it('is refused, and writes nothing, when what it read has changed', async (t) => {
    const { ground, write, stored } = await start(t)
    await write({ a: 1, gone: 1, again: 1 })
    const changes: [string, string, Readonly<Record<string, number | null>>][] = [
      ['a row that it replaces', 'a', { a: 5 }],
      ['a row that was written as it was', 'a', { a: 5 }],
      ['a row that was not there', 'fresh', { fresh: 1 }],
      ['a row that is gone', 'gone', { gone: null }],
    ]
    for (const [what, name, rows] of changes) {
      const tx = begin(ground)
      await read(tx, name)
      tx.put(counts, key(name), { n: 100 })
      tx.put(counts, key('beside'), { n: 100 })
      await write(rows)
      assert.equal(await tx.commit(), false, what)
      tx.release()
      assert.equal(await stored(name), rows[name] ?? undefined, what)
      assert.equal(await stored('beside'), undefined, what)
    }
  })

  it('is refused when a row was deleted and made again just as it was', async (t) => {
    const { ground, write } = await start(t)
    await write({ a: 1 })
    const tx = begin(ground)
    assert.equal(await read(tx, 'a'), 1)
    tx.put(counts, key('b'), { n: 1 })
    await write({ a: null })
    await write({ a: 1 })
    assert.equal(await tx.commit(), false)
    tx.release()
  })

  it('is refused when a row changed that it only read', async (t) => {
    const { ground, write, stored } = await start(t)
    await write({ limit: 1 })
    const tx = begin(ground)
    assert.equal(await read(tx, 'limit'), 1)
    tx.put(counts, key('used'), { n: 1 })
    await write({ limit: 0 })
    assert.equal(await tx.commit(), false)
    tx.release()
    assert.equal(await stored('used'), undefined)
  })

  it('is refused when a row changed that it read in a later round', async (t) => {
    const { ground, write } = await start(t)
    await write({ a: 1, b: 1, c: 1 })
    for (const name of ['a', 'b', 'c']) {
      const tx = begin(ground)
      for (const one of ['a', 'b', 'c']) await read(tx, one)
      tx.put(counts, key('d'), { n: 1 })
      await write({ [name]: 2 })
      assert.equal(await tx.commit(), false, name)
      tx.release()
    }
  })

  it('lands when what others wrote is nothing that it read', async (t) => {
    const { ground, write, stored } = await start(t)
    await write({ a: 1 })
    const tx = begin(ground)
    await read(tx, 'a')
    tx.put(counts, key('a'), { n: 2 })
    await write({ b: 1 })
    assert.equal(await tx.commit(), true)
    tx.release()
    assert.equal(await stored('a'), 2)
  })

  it('is refused when a row lies below a prefix that it expects to be empty', async (t) => {
    const { ground, write, stored } = await start(t)
    await write({ 'folderx/a': 1 })
    const tx = begin(ground)
    tx.expectEmpty('folder/')
    tx.put(counts, key('removed'), { n: 1 })
    await write({ 'folder/deep/down': 1 })
    assert.equal(await tx.commit(), false)
    tx.release()
    assert.equal(await stored('removed'), undefined)
    await write({ 'folder/deep/down': null })
    const next = begin(ground)
    next.expectEmpty('folder/')
    next.put(counts, key('removed'), { n: 1 })
    assert.equal(await next.commit(), true)
    next.release()
  })

  it('asks nothing of the store when there is nothing to write', async (t) => {
    let commits = 0
    const { ground, write } = await start(t, (store) => ({
      ...store,
      commit: (commit) => {
        commits++
        return store.commit(commit)
      },
    }))
    const tx = begin(ground)
    await read(tx, 'a')
    await write({ a: 1 })
    assert.equal(await tx.commit(), true)
    tx.release()
    assert.equal(commits, 0)
  })
})

describe('a transaction', () => {
  it('sees what it put and deleted itself', async (t) => {
    const { run, write, stored } = await start(t)
    await write({ a: 1, b: 1 })
    await run(async (tx) => {
      tx.put(counts, key('a'), { n: 2 })
      tx.delete(key('b'))
      assert.deepEqual([await read(tx, 'a'), await read(tx, 'b')], [2, undefined])
      tx.put(counts, key('b'), { n: 3 })
      assert.equal(await read(tx, 'b'), 3)
    })
    assert.deepEqual([await stored('a'), await stored('b')], [2, 3])
  })

  it('never finds in memory what another node has changed', async (t) => {
    const { run, write } = await start(t)
    for (const n of [1, 2, 3]) {
      await write({ a: n })
      assert.equal(await run((tx) => read(tx, 'a')), n)
    }
    await write({ a: null })
    assert.equal(await run((tx) => read(tx, 'a')), undefined)
  })

  it('that fails has written nothing', async (t) => {
    const { run, stored } = await start(t)
    const failing = run(async (tx) => {
      tx.put(counts, key('a'), { n: 1 })
      throw new Error('no further')
    })
    await assert.rejects(failing, { message: 'no further' })
    assert.equal(await stored('a'), undefined)
  })

  it('is run again when another one got in between, so that no update is lost', async (t) => {
    const { run, write, stored } = await start(t)
    await write({ a: 10 })
    const attempts: number[] = []
    await run(async (tx, attempt) => {
      attempts.push(attempt)
      const n = (await read(tx, 'a')) ?? 0
      if (attempt <= 3) await write({ a: n + 1 })
      tx.put(counts, key('a'), { n: n * 2 })
    })
    assert.deepEqual(attempts, [1, 2, 3, 4])
    assert.equal(await stored('a'), 26)
  })

  it('counts right beside many others that count the same', async (t) => {
    const { run, stored } = await start(t)
    const one = () => run(async (tx) => tx.put(counts, key('a'), { n: ((await read(tx, 'a')) ?? 0) + 1 }))
    await Promise.all(Array.from({ length: 12 }, one))
    assert.equal(await stored('a'), 12)
  })

  it('gives up after a bounded number of collisions, and says so', async (t) => {
    let attempts = 0
    const { run, write } = await start(t)
    const colliding = run(async (tx) => {
      attempts++
      await read(tx, 'a')
      await write({ a: attempts })
      tx.put(counts, key('b'), { n: 1 })
    })
    await assert.rejects(colliding, { code: 'conflict' })
    assert.ok(attempts > 3 && attempts < 100, `${attempts} attempts`)
  })
})

describe('the reads of a transaction', () => {
  it('start again when a row of the first round has changed before the second', async (t) => {
    const { run, write } = await start(t)
    await write({ a: 1, b: 1, gone: 1 })
    for (const rows of [
      { a: 2, b: 2 },
      { fresh: 1, b: 3 },
      { gone: null, b: 4 },
    ]) {
      const attempts: number[] = []
      const seen = await run(async (tx, attempt) => {
        attempts.push(attempt)
        await tx.fetch(['a', 'fresh', 'gone'].map((name) => ({ kind: counts, key: key(name) })))
        if (attempt === 1) await write(rows)
        return read(tx, 'b')
      })
      assert.deepEqual(attempts, [1, 2], JSON.stringify(rows))
      assert.equal(seen, rows.b)
    }
  })

  it('go on when what changed between the rounds is none of theirs', async (t) => {
    const { run, write } = await start(t)
    await write({ a: 1, b: 1 })
    const attempts: number[] = []
    const seen = await run(async (tx, attempt) => {
      attempts.push(attempt)
      await read(tx, 'a')
      await write({ c: 1 })
      return read(tx, 'b')
    })
    assert.deepEqual([attempts, seen], [[1], 1])
  })

  it('stay in one instant in further rounds, whatever others write', async (t) => {
    const { ground, write } = await start(t)
    await write({ a: 1, b: 1, c: 1, d: 1 })
    const tx = begin(ground)
    await read(tx, 'a')
    await read(tx, 'b')
    await write({ a: 2, b: 2, c: 2, d: 2, e: 2 })
    assert.deepEqual([await read(tx, 'c'), await read(tx, 'd'), await read(tx, 'e')], [1, 1, undefined])
    tx.release()
  })

  it('list folders as of that instant', async (t) => {
    const { run, ground, write } = await start(t)
    await write({ total: 1, 'folder/a': 1 })
    const attempts: number[] = []
    const seen = await run(async (tx, attempt) => {
      attempts.push(attempt)
      const total = await read(tx, 'total')
      if (attempt === 1) await write({ total: 2, 'folder/b': 1 })
      return { total, names: (await tx.list('folder/')).names }
    })
    assert.deepEqual(attempts, [1, 2])
    assert.deepEqual(seen, { total: 2, names: ['a', 'b'] })

    const tx = begin(ground)
    await tx.list('folder/')
    await write({ total: 3, 'folder/c': 1 })
    assert.deepEqual((await tx.list('folder/')).names, ['a', 'b'])
    assert.equal(await read(tx, 'total'), 2)
    tx.release()
  })

  it('give back the snapshot that they took, however they end', async (t) => {
    const snapshots = countingSnapshots()
    const { run, write } = await start(t, snapshots.wrap)
    await write({ a: 1 })
    const twoRounds = async (tx: Transaction) => {
      await read(tx, 'a')
      await read(tx, 'b')
    }
    await run(twoRounds)
    assert.deepEqual([snapshots.taken(), snapshots.held()], [1, 0])
    await run(async (tx, attempt) => {
      await twoRounds(tx)
      if (attempt === 1) await write({ a: 2 })
      tx.put(counts, key('c'), { n: 1 })
    })
    assert.deepEqual([snapshots.taken(), snapshots.held()], [3, 0])
    await assert.rejects(
      run(async (tx) => {
        await twoRounds(tx)
        throw new Error('no further')
      }),
    )
    assert.deepEqual([snapshots.taken(), snapshots.held()], [4, 0])
    await run((tx) => read(tx, 'a'))
    assert.equal(snapshots.taken(), 4, 'one round needs none')
  })

  it('are from one instant when they are asked for at the same time, of a store that answers later', async (t) => {
    const written = Promise.withResolvers<void>()
    const { run, write } = await start(t, (store) => ({
      ...store,
      async read(keys, known) {
        const answer = await store.read(keys, known)
        await write({ a: 2, b: 2 })
        written.resolve()
        return answer
      },
      snapshot() {
        const snapshot = store.snapshot()
        return { ...snapshot, read: (keys, known) => written.promise.then(() => snapshot.read(keys, known)) }
      },
    }))
    await write({ a: 1, b: 1 })
    const attempts: number[] = []
    const seen = await run(async (tx, attempt) => {
      attempts.push(attempt)
      return attempt === 1 ? Promise.all([read(tx, 'a'), read(tx, 'b')]) : 'again'
    })
    assert.deepEqual([attempts, seen], [[1, 2], 'again'])
  })

  const names = ['a', 'b', 'c', 'd']
  const step = fc.record({
    asks: fc.subarray(names, { minLength: 1 }),
    together: fc.boolean(),
    others: fc.boolean(),
  })

  it('are from one instant in any order of rounds', async (t) => {
    const { run, write } = await start(t)
    let now = 0
    const others = () => {
      now++
      return write(Object.fromEntries(names.map((name) => [name, now])))
    }
    await others()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const seen = await run(async (tx, attempt) => {
          const all: (number | undefined)[] = []
          for (const { asks, together, others: write } of steps) {
            if (write && attempt <= 2) await others()
            if (together) await tx.fetch(asks.map((name) => ({ kind: counts, key: key(name) })))
            all.push(...(await Promise.all(asks.map((name) => read(tx, name)))))
          }
          return all
        })
        assert.equal(new Set(seen).size, 1, `values of several instants: ${seen}`)
      }),
      { numRuns: 200 },
    )
  })
})

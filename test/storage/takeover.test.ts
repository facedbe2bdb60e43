import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openSqlite, type SqliteStore } from '../../src/storage/sqlite/store.ts'
import type { StorageKey } from '../../src/storage/store.ts'
import { openProcess, type StoreProcess, temporaryFolder } from './child.ts'
import type { Acknowledged } from './messages.ts'

const folder = temporaryFolder()
const key = (text: string) => text as StorageKey
/** Milliseconds in which the others go on when the process that writes is gone. */
const bound = 5000

async function keysBelow(store: SqliteStore, prefix: string): Promise<string[]> {
  const keys: string[] = []
  for (let after: string | undefined; ; after = `${prefix}${keys.at(-1)}`) {
    const page = await store.scan(prefix, { after, limit: 1000 })
    for (const row of page.rows) keys.push(row.key.slice(prefix.length))
    if (!page.more) return keys
  }
}

/** Every acknowledged commit is there as it was answered, and nothing is there by half. */
async function expectAll(path: string, acknowledged: readonly Acknowledged[]): Promise<void> {
  const store = await openSqlite({ path })
  const landed = acknowledged.filter(({ version }) => version !== undefined)
  for (let at = 0; at < landed.length; at += 500) {
    const some = landed.slice(at, at + 500)
    const rows = await store.read(some.map(({ name }) => key(`left/${name}`)))
    assert.deepEqual(
      // A commit that was applied again has put its rows again, under another version.
      rows.map((row) => (typeof row === 'object' ? row.version : row)),
      some.map(({ version }) => version),
    )
  }
  assert.deepEqual(await keysBelow(store, 'left/'), await keysBelow(store, 'right/'))
  assert.deepEqual(await store.check(), [])
  await store.close()
}

const all = (processes: readonly StoreProcess[]) => processes.flatMap(({ acknowledged }) => acknowledged)
const failures = (processes: readonly StoreProcess[]) =>
  all(processes).filter(({ failed }) => failed !== undefined)

async function startWriting(path: string, names: readonly string[]): Promise<StoreProcess[]> {
  const processes: StoreProcess[] = []
  // One after another, so that it is known who writes for all.
  for (const _ of names) processes.push(await openProcess({ path }))
  await Promise.all(processes.map((process, i) => process.writeOn(names[i] as string, 8)))
  return processes
}

async function goOn(processes: readonly StoreProcess[], commits: number): Promise<void> {
  await Promise.all(processes.map((process) => process.acknowledges(commits)))
}

describe('three processes that commit to one store', () => {
  test('go on when the one that writes is killed, lose nothing and do nothing twice', async (context) => {
    const path = join(folder, 'killed')
    const [a, b, c] = (await startWriting(path, ['a', 'b', 'c'])) as [
      StoreProcess,
      StoreProcess,
      StoreProcess,
    ]
    await goOn([a, b, c], 400)

    for (const [victim, left] of [
      [a, [b, c]],
      [b, [c]],
    ] as const) {
      await victim.kill()
      const begin = performance.now()
      await goOn(left, 20)
      const time = performance.now() - begin
      context.diagnostic(`went on after ${Math.round(time)} ms`)
      assert.ok(time < bound, `${time} ms`)
      await goOn(left, 400)
    }
    const [d, e] = (await startWriting(path, ['d', 'e'])) as [StoreProcess, StoreProcess]
    await goOn([d, e], 200)
    await c.kill()
    await goOn([d, e], 200)
    // Nobody was told that a commit failed, though its owner died before it answered.
    await Promise.all([d, e].map((process) => process.writeNoMore()))
    assert.deepEqual(failures([a, b, c, d, e]), [])
    await Promise.all([d, e].map((process) => process.close()))
    assert.ok(all([a, b, c, d, e]).length > 2500)
    await expectAll(path, all([a, b, c, d, e]))
  })

  test('go on when the one that writes closes, and no commit fails', async () => {
    const path = join(folder, 'closed')
    const [a, b, c] = (await startWriting(path, ['a', 'b', 'c'])) as [
      StoreProcess,
      StoreProcess,
      StoreProcess,
    ]
    await goOn([a, b, c], 200)
    await a.writeNoMore()
    await a.close()
    await goOn([b, c], 200)
    await b.writeNoMore()
    await b.close()
    await goOn([c], 100)
    await c.writeNoMore()
    assert.deepEqual(failures([a, b, c]), [])
    await c.close()
    await expectAll(path, all([a, b, c]))
  })
})

describe('a process that writes for others and is stopped', () => {
  const patience = 500

  test('makes their commits fail with a clear error in bounded time, and nothing stale or twice', async () => {
    const path = join(folder, 'stopped')
    const owner = await openProcess({ path, patience })
    const guest = await openProcess({ path, patience })
    const first = await owner.commit({ put: [{ key: key('a'), value: Buffer.from('1') }] })
    assert.ok(first.ok)
    await guest.writeOn('g', 8)
    await guest.acknowledges(100)
    await owner.kill('SIGSTOP')

    const begin = performance.now()
    await assert.rejects(guest.commit({ put: [{ key: key('a'), value: Buffer.from('2') }] }), {
      code: 'storage_failed',
      message: 'the process that writes to the store does not answer; whether this was written is not known',
    })
    assert.ok(performance.now() - begin < bound)
    // Nobody could write, so what was there is still right.
    const [row] = await guest.read([key('a')])
    assert.ok(typeof row === 'object')
    assert.deepEqual([Buffer.from(row.value).toString(), row.version], ['1', first.version])
    await assert.rejects(openProcess({ path, patience }), {
      code: 'storage_locked',
      message: 'another process holds the store and does not answer; stop it',
    })
    await guest.acknowledges(16)
    assert.ok(failures([guest]).length > 0)

    await owner.kill('SIGCONT')
    const failed = failures([guest]).length
    await guest.acknowledges(200)
    await guest.writeNoMore()
    // Those that were under way when it went on.
    assert.ok(failures([guest]).length <= failed + 16)
    const after = await guest.commit({ put: [{ key: key('a'), value: Buffer.from('3') }] })
    const read = await owner.read([key('a')])
    assert.ok(after.ok && typeof read[0] === 'object')
    assert.equal(read[0].version, after.version)
    await guest.close()
    await owner.close()
    await expectAll(path, guest.acknowledged)
  })

  test('and is killed then gives the writer to another', async () => {
    const path = join(folder, 'stopped-and-killed')
    const owner = await openProcess({ path, patience })
    const guest = await openProcess({ path, patience })
    await guest.writeOn('g', 4)
    await guest.acknowledges(50)
    await owner.kill('SIGSTOP')
    await guest.acknowledges(4)
    await owner.kill('SIGKILL')
    const failed = failures([guest]).length
    await guest.acknowledges(100)
    assert.ok(failures([guest]).length <= failed + 8)
    await guest.writeNoMore()
    await guest.close()
    await expectAll(path, guest.acknowledged)
  })
})

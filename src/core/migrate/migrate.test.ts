import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bench, emptyStore, parts, placeOf, startOn } from '../../../test/support/move.ts'
import { codeOf, dataOf } from '../../../test/support/node.ts'
import { formatKey, incarnationKey, jsonBytes } from '../../barrier/rows.ts'
import { type ErrorCode, isFailure } from '../../base/errors.ts'
import type { StorageKey } from '../../storage/store.ts'
import { abort, move } from './migrate.ts'

const failsAs = (code: ErrorCode, text: RegExp) => (error: unknown) =>
  isFailure(error, code) && text.test(error.message)

describe('a move to another store', () => {
  it('takes everything along, and the old store refuses everything from then on', async (t) => {
    const { server, from, to, serving } = await bench(t)
    const moved = await move({ ...parts, from, to })
    assert.ok(moved.rows > 5 && !moved.already)
    assert.match(moved.digest, /^[0-9a-f]{64}$/)
    const other = await serving()
    assert.deepEqual(dataOf(await other.ask('read', 'kv/a')), { k: 'before' })
    assert.equal(codeOf(await other.ask('write', 'kv/a', { fields: { k: 'after' } })), undefined)
    for (const verb of ['read', 'write', 'delete', 'list'] as const) {
      assert.equal(codeOf(await server.ask(verb, 'kv/a', { fields: { k: 'lost' } })), 'storage_moved', verb)
    }
    assert.equal(codeOf(await server.ask('read', 'sys/health', { token: '' })), 'storage_moved')
    await assert.rejects(
      () => server.restart([]),
      failsAs('storage_moved', /start the server with the configuration/),
    )
  })

  it('loses no write that was acknowledged, and answers none from the old store once the new one serves', async (t) => {
    const { server, from, to, serving } = await bench(t)
    const acknowledged = new Map<string, string>()
    let isOver = false
    const write = async (worker: number) => {
      for (let i = 0; !isOver; i++) {
        const [path, value] = [`kv/w${worker}/${i % 50}`, `${i}`]
        const code = codeOf(await server.ask('write', path, { fields: { value } }))
        if (code === undefined) acknowledged.set(path, value)
        else assert.equal(code, 'storage_moved')
        isOver = code !== undefined
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    const writing = [0, 1, 2, 3].map(write)
    let pages = 0
    await move({ ...parts, from, to, progress: () => pages++ })
    // A write that began after the fence is refused, so all of them end.
    await Promise.all(writing)
    assert.ok(acknowledged.size > 0)
    const other = await serving()
    for (const [path, value] of acknowledged) {
      assert.deepEqual(dataOf(await other.ask('read', path)), { value }, path)
      assert.equal(codeOf(await server.ask('read', path)), 'storage_moved')
    }
  })

  it('stops what is in the memory of every node, whatever is asked', async (t) => {
    const { server, from, to } = await bench(t)
    const node = await server.another()
    t.after(() => node.node.stop())
    const warm = ['kv/a', 'sys/mounts', 'auth/token/lookup-self', 'sys/policies/acl/default', 'sys/auth']
    for (const path of warm) assert.equal(codeOf(await node.ask('read', path)), undefined, path)
    await move({ ...parts, from, to })
    for (const path of warm) assert.equal(codeOf(await node.ask('read', path)), 'storage_moved', path)
  })

  it('is told to the operator of each node once, until the data is back', async (t) => {
    const { server, from, to } = await bench(t)
    const said = () => server.reports.filter((text) => /failed|moved/.test(text))
    for (const times of [1, 2]) {
      await move({ ...parts, from, to: placeOf(await emptyStore(t)) })
      await server.node.tend()
      await server.node.tend()
      assert.equal(said().length, times, said().join('\n'))
      assert.match(said().at(-1) ?? '', /^the data has moved to another store \(sqlite\)/)
      await abort({ ...parts, from, to: undefined })
      await server.node.tend()
    }
    assert.equal(codeOf(await server.ask('write', 'kv/a', { fields: { k: 'on' } })), undefined)
    assert.deepEqual((await to.store.scan('')).rows, [])
  })

  it('makes the data of the new store another incarnation', async (t) => {
    const { from, to } = await bench(t)
    const [before] = await from.store.read([incarnationKey])
    await move({ ...parts, from, to })
    const [after] = await to.store.read([incarnationKey])
    assert.ok(typeof before === 'object' && typeof after === 'object')
    assert.notDeepEqual(after.value, before.value)
  })

  it('is done once: another run says so', async (t) => {
    const { from, to, serving } = await bench(t)
    const { id } = await move({ ...parts, from, to })
    const other = await serving()
    await other.ask('write', 'kv/b', { fields: { k: 'new' } })
    const again = await move({ ...parts, from, to })
    assert.deepEqual([again.already, again.id], [true, id])
    assert.deepEqual(dataOf(await other.ask('read', 'kv/b')), { k: 'new' })
  })

  it('goes on to a third store, and back', async (t) => {
    const { server, from, to } = await bench(t)
    await move({ ...parts, from, to })
    const third = await emptyStore(t)
    await move({ ...parts, from: to, to: placeOf(third) })
    const other = await startOn(t, third, server)
    assert.deepEqual(dataOf(await other.ask('read', 'kv/a')), { k: 'before' })
    await assert.rejects(
      () => move({ ...parts, from: placeOf(third), to: from }),
      failsAs('invalid_request', /moved away/),
    )
    await assert.rejects(() => move({ ...parts, from, to }), failsAs('invalid_request', /moved away/))
  })

  it('is not served from a new store that has not all of it', async (t) => {
    const { server, from, to } = await bench(t)
    const stop = new Error('killed')
    await assert.rejects(
      () =>
        move({
          ...parts,
          from,
          to,
          progress: (phase) => {
            if (phase === 'copying') throw stop
          },
        }),
      stop,
    )
    assert.deepEqual(dataOf(await server.ask('read', 'kv/a')), { k: 'before' })
    await assert.rejects(() => startOn(t, to.store, server), failsAs('storage_moved', /not all arrived/))
    await move({ ...parts, from, to })
    assert.deepEqual(dataOf(await (await startOn(t, to.store, server)).ask('read', 'kv/a')), { k: 'before' })
  })
})

describe('a move that is refused', () => {
  it('leaves the old store in service', async (t) => {
    const { server, from } = await bench(t)
    const other = await bench(t)
    const foreign = await emptyStore(t)
    await foreign.commit({ put: [{ key: 'some/row' as StorageKey, value: Buffer.from('x') }] })
    const newer = await emptyStore(t)
    await newer.commit({ put: [{ key: formatKey, value: jsonBytes({ minReader: 99, minWriter: 99 }) }] })
    const begun = await emptyStore(t)
    await assert.rejects(() =>
      move({
        ...parts,
        from: other.from,
        to: placeOf(begun),
        progress: () => {
          throw new Error('killed')
        },
      }),
    )
    const cases = [
      [from.store, 'invalid_request', /the same store/],
      [other.server.store, 'invalid_request', /another cluster/],
      [foreign, 'invalid_request', /must be empty/],
      [newer, 'storage_format', /format 99/],
      [begun, 'invalid_request', /another move/],
    ] as const
    for (const [store, code, text] of cases) {
      await assert.rejects(() => move({ ...parts, from, to: placeOf(store) }), failsAs(code, text))
      assert.equal(codeOf(await server.ask('write', 'kv/a', { fields: { k: 'on' } })), undefined)
    }
    assert.equal((await foreign.scan('')).rows.length, 1)
  })

  it('needs a store that was initialised, and of a format that is known', async (t) => {
    const { to } = await bench(t)
    const empty = await emptyStore(t)
    await assert.rejects(
      () => move({ ...parts, from: placeOf(empty), to }),
      failsAs('invalid_request', /never initialised/),
    )
    await empty.commit({ put: [{ key: formatKey, value: jsonBytes({ minReader: 99, minWriter: 99 }) }] })
    await assert.rejects(
      () => move({ ...parts, from: placeOf(empty), to }),
      failsAs('storage_format', /format 99/),
    )
    assert.deepEqual((await to.store.scan('')).rows, [])
  })

  it('counts the rows that are too large for the new store, and names none', async (t) => {
    const { server, from, to } = await bench(t)
    const small = {
      ...to.store,
      limits: { keysPerCommit: 100, expectationsPerCommit: 2000, bytesPerCommit: 64 * 1024 },
    }
    await server.ask('write', 'kv/large1', { fields: { k: 'x'.repeat(70_000) } })
    await server.ask('write', 'kv/large2', { fields: { k: 'x'.repeat(70_000) } })
    await assert.rejects(
      () => move({ ...parts, from, to: placeOf(small) }),
      (error) => failsAs('storage_limit', /^2 rows are larger/)(error) && !/large1/.test(String(error)),
    )
    assert.equal(codeOf(await server.ask('read', 'kv/large1')), undefined)
    await server.ask('delete', 'kv/large1')
    await server.ask('delete', 'kv/large2')
    await move({ ...parts, from, to: placeOf(small) })
    assert.deepEqual(dataOf(await (await startOn(t, to.store, server)).ask('read', 'kv/a')), { k: 'before' })
  })

  it('gives the old store back where a row became too large at the last moment', async (t) => {
    const { server, from, to } = await bench(t)
    const small = {
      ...to.store,
      limits: { keysPerCommit: 100, expectationsPerCommit: 2000, bytesPerCommit: 64 * 1024 },
    }
    // Behind the last page that is copied, and before the fence.
    let isWritten = false
    const late = {
      ...from.store,
      async commit(commit: Parameters<typeof from.store.commit>[0]) {
        if (!isWritten) {
          isWritten = true
          await server.ask('write', 'kv/large', { fields: { k: 'x'.repeat(70_000) } })
        }
        return from.store.commit(commit)
      },
    }
    await assert.rejects(
      () => move({ ...parts, from: placeOf(late), to: placeOf(small) }),
      failsAs('storage_limit', /^1 row is larger/),
    )
    assert.equal(codeOf(await server.ask('write', 'kv/a', { fields: { k: 'on' } })), undefined)
    assert.deepEqual(dataOf(await server.ask('read', 'kv/a')), { k: 'on' })
  })

  it('gives the old store back where the new one forgets what it was given', async (t) => {
    const { server, from, to } = await bench(t)
    const forgetful = {
      ...to.store,
      async scan(prefix: string, options = {}) {
        const { rows, more } = await to.store.scan(prefix, options)
        return { more, rows: rows.filter(({ key }) => !key.includes('/data/a')) }
      },
    }
    await assert.rejects(
      () => move({ ...parts, from, to: placeOf(forgetful) }),
      failsAs('conflict', /kept changing/),
    )
    assert.equal(codeOf(await server.ask('write', 'kv/a', { fields: { k: 'on' } })), undefined)
  })
})

describe('the digest of a move', () => {
  it('covers each byte that the new store gives back', async (t) => {
    const { server, from, to } = await bench(t)
    let phase = ''
    const lying = {
      ...to.store,
      async scan(prefix: string, options = {}) {
        const { rows, more } = await to.store.scan(prefix, options)
        const bent = (value: Uint8Array) => value.map((byte, i) => (i === value.length - 1 ? byte ^ 1 : byte))
        const isNow = phase === 'last changes'
        return {
          more,
          rows: rows.map((row) =>
            isNow && row.key.endsWith('/data/a') ? { ...row, value: bent(row.value) } : row,
          ),
        }
      },
    }
    const progress = (next: string) => {
      phase = next
    }
    await assert.rejects(
      () => move({ ...parts, from, to: placeOf(lying), progress }),
      failsAs('corrupt', /digests differ/),
    )
    assert.equal(codeOf(await server.ask('write', 'kv/a', { fields: { k: 'on' } })), undefined)
  })
})

describe('the end of a move', () => {
  it('is no more once the new store has been opened', async (t) => {
    const { from, to, server } = await bench(t)
    await move({ ...parts, from, to })
    await assert.rejects(() => abort({ ...parts, from, to }), failsAs('storage_moved', /has been opened/))
    const unrelated = placeOf(await emptyStore(t))
    await assert.rejects(
      () => abort({ ...parts, from, to: unrelated }),
      failsAs('invalid_request', /not that of this move/),
    )
    await assert.rejects(
      () => move({ ...parts, from, to: unrelated }),
      failsAs('invalid_request', /another store than this one/),
    )
    assert.equal(codeOf(await server.ask('read', 'kv/a')), 'storage_moved')
  })

  it('does nothing where there is none', async (t) => {
    const { from, to, server } = await bench(t)
    assert.equal(await abort({ ...parts, from, to }), false)
    assert.equal(await abort({ ...parts, from, to: undefined }), false)
    assert.equal(codeOf(await server.ask('read', 'kv/a')), undefined)
    assert.deepEqual((await to.store.scan('')).rows, [])
  })

  it('is possible without the new store where that is lost', async (t) => {
    const { from, to, server } = await bench(t)
    await move({ ...parts, from, to })
    assert.equal(await abort({ ...parts, from, to: undefined }), true)
    assert.deepEqual(dataOf(await server.ask('read', 'kv/a')), { k: 'before' })
    assert.equal(codeOf(await server.ask('write', 'kv/a', { fields: { k: 'on' } })), undefined)
  })
})

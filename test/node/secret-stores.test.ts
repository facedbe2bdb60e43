import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { StoredObject } from '../../src/backend/kv/object.ts'
import type { SecretPlace, SecretStore } from '../../src/backend/kv/secrets.ts'
import { EncodedJson } from '../../src/backend/message.ts'
import { mountPrefix } from '../../src/backend/mounts/mount.ts'
import { storageBelow } from '../../src/backend/storage.ts'
import { isFailure } from '../../src/base/errors.ts'
import { kv1 } from '../../src/engines/kv1/backend.ts'
import { kv2 } from '../../src/engines/kv2/backend.ts'
import { transact } from '../../src/transaction/transaction.ts'
import { codeOf, dataOf, startTestNode } from '../support/node.ts'
import { groundOf, keysOf } from '../support/rows.ts'

const object = (value: unknown): StoredObject => ({ json: new EncodedJson(JSON.stringify(value)) })

async function start(t: TestContext, version: '1' | '2') {
  const server = await startTestNode()
  t.after(() => server.stop())
  await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv', options: { version } } })
  const { uuid } = dataOf(await server.ask('read', 'sys/mounts/kv'))
  const ground = groundOf(server)
  const secrets = (version === '1' ? kv1 : kv2).secrets ?? assert.fail('no secrets')
  return {
    ...server,
    secrets,
    within: <T>(work: (secrets: SecretStore, place: SecretPlace) => Promise<T>) =>
      transact(
        () => ground,
        (tx) => {
          const storage = storageBelow(tx, mountPrefix({ uuid: String(uuid) }))
          return work(secrets, { storage, mount: {}, now: server.clock.now() })
        },
      ),
  }
}

for (const version of ['1', '2'] as const) {
  describe(`the server's own view of secrets of KV version ${version}`, () => {
    it('writes, reads, lists and deletes what the routes show', async (t) => {
      const { ask, within, secrets } = await start(t, version)
      await within((store, place) => store.write(place, 'dir/a', object({ v: 1 })))
      const path = `kv/${secrets.paths.read('dir/a')}`
      const shown = dataOf(await ask('read', path))
      assert.deepEqual(version === '1' ? shown : shown.data, { v: 1 })
      assert.deepEqual(await within((store, place) => store.list(place, '')), {
        names: ['dir/'],
        more: false,
      })
      assert.deepEqual(
        dataOf(await ask('list', `kv/${secrets.paths.list('dir/')}`)).keys,
        (await within((store, place) => store.list(place, 'dir/'))).names,
      )
      const found = await within((store, place) => store.read(place, 'dir/a'))
      assert.equal(found?.object.json.text, '{"v":1}')
      await within((store, place) => store.delete(place, 'dir/a'))
      assert.equal(await within((store, place) => store.read(place, 'dir/a')), undefined)
      const after = await ask('read', path)
      assert.ok(codeOf(after) === 'not_found' || ('status' in after && after.status === 404))
    })

    it('takes a whole secret to another path and leaves nothing behind', async (t) => {
      const { ask, within, secrets, store } = await start(t, version)
      const fields = (v: number) => (version === '1' ? { v } : { data: { v } })
      for (const v of [1, 2, 3]) await ask('write', `kv/${secrets.paths.write('a')}`, { fields: fields(v) })
      if (version === '2') await ask('write', 'kv/destroy/a', { fields: { versions: [2] } })
      const rows = (await keysOf(store)).length
      await within(async (own, place) => {
        const whole = (await own.export(place, 'a')) ?? assert.fail('nothing to take')
        await own.import(place, 'b/c', whole)
        await own.remove(place, 'a')
      })
      assert.equal((await keysOf(store)).length, rows)
      assert.equal(codeOf(await ask('read', `kv/${secrets.paths.read('a')}`)), 'not_found')
      const moved = dataOf(await ask('read', `kv/${secrets.paths.read('b/c')}`))
      assert.deepEqual(version === '1' ? moved : moved.data, { v: 3 })
      if (version === '2') {
        const first = dataOf(await ask('read', 'kv/data/b/c', { fields: { version: 1 } }))
        assert.deepEqual(first.data, { v: 1 })
      }
    })

    it('puts no secret where there is one', async (t) => {
      const { within } = await start(t, version)
      await within((own, place) => own.write(place, 'a', object({ v: 1 })))
      await assert.rejects(
        within(async (own, place) => {
          const whole = (await own.export(place, 'a')) ?? assert.fail('nothing to take')
          await own.import(place, 'a', whole)
        }),
        (error) => isFailure(error, 'invalid_request'),
      )
    })
  })
}

describe('a secret of KV version 1', () => {
  it('becomes a first version in an engine that keeps versions, and one with versions does not go back', async (t) => {
    const from = await start(t, '1')
    const to = await start(t, '2')
    await from.within((own, place) => own.write(place, 'a', object({ v: 1 })))
    const whole = (await from.within((own, place) => own.export(place, 'a'))) ?? assert.fail('nothing')
    await to.within((own, place) => own.import(place, 'a', whole))
    assert.equal((await to.within((own, place) => own.read(place, 'a')))?.version, 1)
    const versions = (await to.within((own, place) => own.export(place, 'a'))) ?? assert.fail('nothing')
    await assert.rejects(
      from.within((own, place) => own.import(place, 'b', versions)),
      (error) => isFailure(error, 'invalid_request'),
    )
  })

  it('is removed at once with the 5,000 versions that it may have, and never has more', async (t) => {
    const { ask, within, store } = await start(t, '2')
    const before = await keysOf(store)
    const versions = Array.from({ length: 5000 }, () => ({ created: 1, deletion: 0, destroyed: false }))
    const metadata = {
      created: 1,
      updated: 1,
      current: 5000,
      oldest: 1,
      versions,
      maxVersions: 10_000,
      casRequired: false,
      deleteVersionAfter: 0,
      custom: null,
    }
    const objects = new Map(versions.map((_, i) => [i + 1, object({ i })]))
    await within((own, place) => own.import(place, 'a', { metadata, objects }))
    assert.equal(codeOf(await ask('write', 'kv/data/a', { fields: { data: { v: 1 } } })), undefined)
    assert.equal(dataOf(await ask('read', 'kv/metadata/a')).oldest_version, 2)
    assert.equal((await keysOf(store)).length, before.length + 5001)
    const all = Array.from({ length: 5001 }, (_, i) => i + 1)
    assert.equal(codeOf(await ask('write', 'kv/delete/a', { fields: { versions: all } })), undefined)
    assert.equal(codeOf(await ask('delete', 'kv/metadata/a')), undefined)
    assert.deepEqual(await keysOf(store), before)
  })

  it('asks for check-and-set where the engine has it', async (t) => {
    const { within } = await start(t, '2')
    await within((own, place) => own.write(place, 'a', object({ v: 1 }), 0))
    await assert.rejects(
      within((own, place) => own.write(place, 'a', object({ v: 2 }), 0)),
      (error) => isFailure(error, 'invalid_request'),
    )
  })
})

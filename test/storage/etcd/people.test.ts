import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { openEtcd } from '../../../src/storage/etcd/store.ts'
import { missingEtcd, startEtcd } from '../../support/etcd.ts'
import { identityBench } from '../../support/identity.ts'
import { codeOf } from '../../support/node.ts'
import { requires } from '../../support/requires.ts'

const asserted = Array.from({ length: 60 }, (_, i) => `asserted-${i}`)
const inner = Array.from({ length: 90 }, (_, i) => `inner-${i}`)

describe('somebody in very many groups, on etcd', requires(missingEtcd), () => {
  test('logs in for the first time, writes, and may no more when one group has gone', async (t) => {
    const cluster = await startEtcd()
    t.after(() => cluster.stop())
    const store = await openEtcd({ endpoints: cluster.urls, node: 'n' })
    t.after(() => store.close())
    const bench = await identityBench(t, { wrap: () => store })
    const { server } = bench
    const done = async (path: string, fields: JsonObject) =>
      assert.equal(codeOf(await server.ask('write', path, { fields })), undefined)
    await done('sys/mounts/kv', { type: 'kv' })
    for (let i = 0; i < 30; i++) {
      const policy = `path "kv/${i}/*" { capabilities = ["create", "update"] }`
      await done(`sys/policies/acl/p${i}`, { policy })
    }
    await Promise.all(
      asserted.map(async (name) => {
        const id = await bench.make('group', { name, type: 'external' })
        await done('identity/group-alias', { name, mount_accessor: bench.accessor, canonical_id: id })
      }),
    )

    const token = await bench.login('carol', asserted)
    const entity = await bench.entityOf(token)
    for (const [i, name] of inner.entries()) {
      await bench.make('group', { name, member_entity_ids: [entity], policies: [`p${i % 30}`] })
    }
    assert.equal((await bench.policiesOf(token)).length, 30)
    const put = async (path: string) => codeOf(await server.ask('write', path, { token, fields: { k: 'v' } }))
    assert.equal(await put('kv/7/a'), undefined)

    for (const i of [7, 37, 67]) await server.ask('delete', `identity/group/name/inner-${i}`)
    assert.equal(await put('kv/7/a'), 'policy_denied')
    assert.equal(await put('kv/8/a'), undefined)

    // Whom the provider says to be in none any more, at the next login.
    const again = await bench.login('carol', [])
    assert.equal(await bench.entityOf(again), entity)
    assert.deepEqual(await store.check(), [])
  })
})

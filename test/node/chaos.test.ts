import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { chaosStore, type Mischief } from '../../src/storage/contract/chaos.ts'
import { codeOf, dataOf, startTestNode, tokenOf } from '../support/node.ts'

/** Goes through a list of mischief again and again. */
function repeating(list: readonly Mischief[]): () => Mischief {
  let at = 0
  return () => list[at++ % list.length] ?? 'none'
}

describe('a server on a store that is as difficult as a store may be', () => {
  test('does every operation once, whatever collides', async () => {
    let difficult = false
    const next = repeating(['conflict', 'delay', 'conflict', 'none'])
    const server = await startTestNode({
      wrap: (store) => chaosStore(store, () => (difficult ? next() : 'none')),
    })
    difficult = true
    const done = async (...args: Parameters<typeof server.ask>) => {
      const reply = await server.ask(...args)
      assert.equal(codeOf(reply), undefined)
      return reply
    }
    await done('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    await done('write', 'sys/policies/acl/p', {
      fields: { policy: 'path "kv/*" { capabilities = ["create","read","update","delete","list"] }' },
    })
    await done('write', 'sys/auth/jwt', { fields: { type: 'jwt' } })
    const token = tokenOf(
      await done('write', 'auth/token/create', { fields: { policies: ['p'], ttl: '1h', num_uses: 4 } }),
    )
    await done('write', 'kv/a', { token, fields: { v: 1 } })
    assert.deepEqual(dataOf(await done('read', 'kv/a', { token })), { v: 1 })
    await done('delete', 'kv/a', { token })
    await done('write', 'cubbyhole/x', { token, fields: { k: 'v' } })
    assert.equal(codeOf(await server.ask('read', 'kv/a', { token })), 'permission_denied')
    const entity = dataOf(await done('write', 'identity/entity', { fields: { name: 'e' } }))
    await done('write', 'identity/group', { fields: { name: 'g', member_entity_ids: [String(entity.id)] } })
    await done('delete', `identity/entity/id/${String(entity.id)}`)
    await done('write', 'sys/remount', { fields: { from: 'kv', to: 'moved' } })
    await done('delete', 'sys/mounts/moved')
    await server.stop()
  })

  test('answers an error when the store’s answer is lost, and the write stands', async () => {
    let lost = false
    const server = await startTestNode({
      wrap: (store) => chaosStore(store, () => (lost ? 'lost answer' : 'none')),
    })
    await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    lost = true
    assert.equal(codeOf(await server.ask('write', 'kv/a', { fields: { v: 1 } })), 'storage_failed')
    lost = false
    assert.deepEqual(dataOf(await server.ask('read', 'kv/a')), { v: 1 })
    await server.stop()
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { codeOf, dataOf } from '../../../test/support/node.ts'
import { refused, tokenMethod } from '../../../test/support/token-method.ts'

const anything = 'path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }'

describe('a batch token', () => {
  it('reads, writes, wraps and unwraps what its policies allow, and looks itself up', async (t) => {
    const { withPolicy, lookup, server } = await tokenMethod(t)
    await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    const token = await withPolicy(anything, { type: 'batch' })
    assert.equal(codeOf(await server.ask('write', 'kv/a', { token, fields: { k: 'v' } })), undefined)
    const wrapped = await server.ask('read', 'kv/a', { token, wrapTtl: 60 })
    assert.ok('wrap' in wrapped)
    const fields = { token: wrapped.wrap?.token ?? '' }
    assert.deepEqual(dataOf(await server.ask('write', 'sys/wrapping/unwrap', { token, fields })), { k: 'v' })
    const own = dataOf(await server.ask('read', 'auth/token/lookup-self', { token }))
    assert.deepEqual([own.type, own.accessor, own.renewable, own.num_uses], ['batch', '', false, 0])
    assert.deepEqual((await lookup(token)).policies, own.policies)
    const asked = { token, fields: { paths: ['kv/a'] } }
    assert.ok('data' in (await server.ask('write', 'sys/capabilities-self', asked)))
  })

  it('has no cubbyhole, no children, no renewal, no revocation and no accessor', async (t) => {
    const { withPolicy, ask, server } = await tokenMethod(t)
    const token = await withPolicy(anything, { type: 'batch' })
    const cubbyhole = "cubbyhole operations are only supported by 'service' type tokens"
    for (const verb of ['read', 'delete', 'list'] as const) {
      refused(await server.ask(verb, 'cubbyhole/x', { token }), cubbyhole)
    }
    refused(await server.ask('write', 'cubbyhole/x', { token, fields: { k: 'v' } }), cubbyhole)
    await server.ask('write', 'auth/token/roles/r')
    for (const path of ['create', 'create-orphan', 'create/r']) {
      refused(await ask(path, {}, token), 'batch tokens cannot create more tokens')
    }
    for (const path of ['renew', 'revoke', 'revoke-orphan']) {
      refused(await ask(path, { token }), /^batch tokens cannot be re(newed|voked)$/)
    }
    for (const path of ['renew-self', 'revoke-self']) {
      refused(await ask(path, {}, token), /^batch tokens cannot be re(newed|voked)$/)
    }
    const accessors = dataOf(await server.ask('list', 'auth/token/accessors')).keys as string[]
    assert.ok(!accessors.includes(''))
    refused(await ask('lookup-accessor', { accessor: '' }), 'missing accessor', 'invalid_request_wrapped')
  })

  it('ends with its parent; an orphan goes on to its time', async (t) => {
    const { create, ask, alive, server } = await tokenMethod(t)
    const parent = await create()
    const batch = { type: 'batch', policies: ['default'], ttl: '30m' }
    const child = await create(batch, parent)
    const orphan = await create({ ...batch, no_parent: true }, parent)
    assert.deepEqual([await alive(child), await alive(orphan)], [true, true])
    await ask('revoke', { token: parent })
    assert.deepEqual([await alive(child), await alive(orphan)], [false, true])
    server.clock.advance(1_800_000)
    assert.equal(await alive(orphan), false)
  })

  it('with a changed letter, cut short or of another cluster is no token', async (t) => {
    const { create, alive } = await tokenMethod(t)
    const other = await tokenMethod(t)
    const batch = { type: 'batch', policies: ['default'] }
    const token = await create(batch)
    const changed = (at: number) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
    for (const text of [changed(4), changed(40), token.slice(0, -1), `${token}A`, `${token}=`]) {
      assert.equal(await alive(text), false)
    }
    assert.equal(await alive(await other.create(batch)), false)
    assert.equal(await alive(token), true)
  })
})

describe('the accessors of tokens', () => {
  it('are listed for sudo alone, all of them or by pages', async (t) => {
    const { create, withPolicy, server } = await tokenMethod(t)
    for (let i = 0; i < 1_001; i++) await create()
    const list = 'path "auth/token/accessors*" { capabilities = ["list"] }'
    const asker = await withPolicy(list)
    const admin = await withPolicy(list.replace('"list"', '"list", "sudo"'))
    const ask = (token: string, fields = {}) => server.ask('list', 'auth/token/accessors', { token, fields })
    assert.equal(codeOf(await ask(asker)), 'policy_denied')
    const keys = dataOf(await ask(admin)).keys as string[]
    assert.equal(keys.length, 1_001 + 3)
    assert.deepEqual(dataOf(await ask(admin, { after: keys[9], limit: 2 })).keys, keys.slice(10, 12))
  })
})

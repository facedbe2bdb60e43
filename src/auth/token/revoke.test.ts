import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { codeOf, dataOf } from '../../../test/support/node.ts'
import { refused, tokenMethod } from '../../../test/support/token-method.ts'

describe('a token is revoked', () => {
  it('by itself, by its id and by its accessor, with its children', async (t) => {
    const { ask, create, alive, lookup, server } = await tokenMethod(t)
    for (const way of ['revoke-self', 'revoke', 'revoke-accessor']) {
      const token = await create()
      const child = await create({}, token)
      const { accessor } = await lookup(token)
      if (way === 'revoke-self') await ask(way, {}, token)
      else await ask(way, way === 'revoke' ? { token } : { accessor: accessor ?? '' })
      assert.deepEqual([await alive(token), await alive(child)], [false, false], way)
      refused(await ask('lookup', { token }), '', 'bad_token')
      refused(
        await ask('lookup-accessor', { accessor: accessor ?? '' }),
        'invalid accessor',
        'invalid_request_wrapped',
      )
    }
    assert.equal(await alive(server.root), true)
  })

  it('alone by root or with sudo, and its children become orphans', async (t) => {
    const { ask, create, alive, lookup, withPolicy } = await tokenMethod(t)
    const token = await create()
    const child = await create({}, token)
    const weak = await withPolicy('path "auth/token/revoke-orphan" { capabilities = ["update"] }')
    refused(
      await ask('revoke-orphan', { token }, weak),
      'root or sudo privileges required to revoke and orphan',
    )
    const strong = await withPolicy('path "auth/token/revoke-orphan" { capabilities = ["update", "sudo"] }')
    assert.equal(codeOf(await ask('revoke-orphan', { token }, strong)), undefined)
    assert.deepEqual([await alive(token), await alive(child)], [false, true])
    assert.equal((await lookup(child)).orphan, true)
    refused(await ask('revoke-orphan', { token }), 'token to revoke not found')
  })

  it('alone by its accessor too, which says nothing of a token that is not there', async (t) => {
    const { ask, create, alive, lookup, withPolicy } = await tokenMethod(t)
    const token = await create()
    const child = await create({}, token)
    const accessor = String((await lookup(token)).accessor)
    const weak = await withPolicy('path "auth/token/revoke-orphan" { capabilities = ["update"] }')
    const denied = 'root or sudo privileges required to revoke and orphan'
    refused(await ask('revoke-orphan', { accessor }, weak), denied)
    refused(await ask('revoke-orphan', { accessor: 'none' }, weak), denied)
    refused(await ask('revoke-orphan', { accessor, token }), 'name the token or its accessor')
    assert.equal(codeOf(await ask('revoke-orphan', { accessor })), undefined)
    assert.deepEqual([await alive(token), await alive(child)], [false, true])
    refused(await ask('revoke-orphan', { accessor }), 'token to revoke not found')
  })

  it('again without complaint, since it is gone; and not without saying which', async (t) => {
    const { ask, create } = await tokenMethod(t)
    const token = await create()
    for (let i = 0; i < 2; i++) assert.equal(codeOf(await ask('revoke', { token })), undefined)
    refused(await ask('revoke', {}), 'missing token ID')
    refused(await ask('revoke-accessor', {}), 'missing accessor', 'invalid_request_wrapped')
    const reply = await ask('revoke-accessor', { accessor: 'none' })
    assert.ok('warnings' in reply)
    assert.deepEqual(reply.warnings, ['No token found with this accessor'])
  })
})

describe('accessors', () => {
  it('are listed for those with sudo, look tokens up without showing them, and go with them', async (t) => {
    const { ask, create, lookup, server, withPolicy } = await tokenMethod(t)
    const token = await create({ meta: { a: 'b' } })
    const accessor = String((await lookup(token)).accessor)
    const list = async () => dataOf(await server.ask('list', 'auth/token/accessors')).keys as string[]
    assert.ok((await list()).includes(accessor))
    const shown = dataOf(await ask('lookup-accessor', { accessor }))
    assert.deepEqual([shown.id, shown.accessor, shown.meta], ['', accessor, { a: 'b' }])
    const weak = await withPolicy('path "auth/token/accessors" { capabilities = ["list"] }')
    assert.equal(codeOf(await server.ask('list', 'auth/token/accessors', { token: weak })), 'policy_denied')
    await ask('revoke', { token })
    assert.equal((await list()).includes(accessor), false)
  })

  it('open nothing: an accessor is no token', async (t) => {
    const { create, lookup, alive } = await tokenMethod(t)
    assert.equal(await alive(String((await lookup(await create())).accessor)), false)
  })
})

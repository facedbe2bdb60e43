import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Reply } from '../../src/backend/message.ts'
import { CofferError } from '../../src/base/errors.ts'
import { encodeFailure } from '../../src/http/answer/errors.ts'
import { type Ask, startTestNode, tokenOf } from '../support/node.ts'

/** What the answer's header says; its body is what clients know. */
function deniedOf(reply: Reply | CofferError): unknown {
  assert.ok(reply instanceof CofferError, 'it is not refused')
  const { status, body, denied } = encodeFailure(reply)
  assert.equal(status, 403)
  assert.deepEqual(JSON.parse(String(body)), { errors: ['1 error occurred:\n\t* permission denied\n\n'] })
  return denied === undefined ? undefined : JSON.parse(denied)
}

async function start(t: TestContext, policy: string) {
  const server = await startTestNode()
  t.after(() => server.stop())
  await server.ask('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
  await server.ask('write', 'kv/there', { fields: { v: 1 } })
  await server.ask('write', 'sys/policies/acl/p', { fields: { policy } })
  const token = tokenOf(await server.ask('write', 'auth/token/create', { fields: { policies: ['p'] } }))
  const ask = (verb: Parameters<typeof server.ask>[0], path: string, more: Ask = {}) =>
    server.ask(verb, path, { token, ...more })
  return { server, ask, denied: async (...call: Parameters<typeof ask>) => deniedOf(await ask(...call)) }
}

describe('a refusal by policy', () => {
  it('names the path that was asked for and the capability that is missing', async (t) => {
    const { denied } = await start(t, 'path "kv/there" { capabilities = ["list"] }')
    assert.deepEqual(await denied('read', 'kv/there'), { path: 'kv/there', missing: ['read'] })
    assert.deepEqual(await denied('delete', 'kv/there'), { path: 'kv/there', missing: ['delete'] })
    assert.deepEqual(await denied('list', 'kv'), { path: 'kv', missing: ['list'] })
    assert.deepEqual(await denied('read', 'sys/audit'), { path: 'sys/audit', missing: ['read'] })
  })

  it('says the same of a secret that exists, of one that does not, and of a mount that does not', async (t) => {
    const { denied } = await start(t, '')
    const fields = { v: 1 }
    for (const path of ['kv/there', 'kv/missing', 'nowhere/x']) {
      assert.deepEqual(await denied('read', path), { path, missing: ['read'] })
      assert.deepEqual(await denied('write', path, { fields }), { path, missing: ['create', 'update'] })
      assert.deepEqual(await denied('delete', path), { path, missing: ['delete'] })
    }
  })

  it('names what opens a mount, whether there is one or not, to who asks which mount serves a path', async (t) => {
    const { ask } = await start(t, '')
    for (const mount of ['kv', 'nowhere']) {
      const reply = await ask('read', `sys/internal/ui/mounts/${mount}`)
      assert.ok(reply instanceof CofferError)
      assert.deepEqual(reply.denied, { path: `${mount}/`, missing: ['list', 'read'] })
    }
  })

  it('of a write names only what the token has not', async (t) => {
    const { denied } = await start(t, 'path "kv/*" { capabilities = ["create"] }')
    assert.deepEqual(await denied('write', 'kv/there', { fields: { v: 2 } }), {
      path: 'kv/there',
      missing: ['update'],
    })
  })

  it('names sudo where that is what is missing', async (t) => {
    const { denied } = await start(t, 'path "sys/audit" { capabilities = ["read", "list"] }')
    assert.deepEqual(await denied('read', 'sys/audit'), { path: 'sys/audit', missing: ['sudo'] })
  })

  it('tells of a deny, of parameters and of wrapping, where no capability would help', async (t) => {
    const { denied } = await start(
      t,
      `path "kv/no" { capabilities = ["deny"] }
       path "kv/few" { capabilities = ["create", "update"] denied_parameters = { "bad" = [] } }
       path "kv/there" { capabilities = ["read"] min_wrapping_ttl = "1m" }`,
    )
    assert.deepEqual(await denied('read', 'kv/no'), { path: 'kv/no', missing: [], by: 'deny' })
    assert.deepEqual(await denied('write', 'kv/few', { fields: { bad: 1 } }), {
      path: 'kv/few',
      missing: [],
      by: 'parameters',
    })
    assert.deepEqual(await denied('read', 'kv/there'), { path: 'kv/there', missing: [], by: 'wrapping' })
  })

  it('is a header in ASCII, whatever the path is', async (t) => {
    const { ask } = await start(t, '')
    const path = 'kv/größe "方針"'
    const reply = await ask('read', path)
    assert.ok(reply instanceof CofferError)
    const { denied } = encodeFailure(reply)
    assert.match(denied ?? '', /^[ -~]+$/)
    assert.equal(JSON.parse(denied ?? '').path, path)
  })

  it('tells a bad token nothing', async (t) => {
    const { server } = await start(t, '')
    const reply = await server.ask('read', 'kv/there', { token: 'hvs.none' })
    assert.ok(reply instanceof CofferError)
    assert.equal(reply.denied, undefined)
  })
})

describe('a field that nobody declared', () => {
  it('gets the warning that clients know, and then the name that was probably meant', async (t) => {
    const { server } = await start(t, '')
    const warnings = async (fields: Ask['fields'] & object) => {
      const reply = await server.ask('write', 'auth/token/create', { fields })
      assert.ok('warnings' in reply || 'auth' in reply)
      return 'warnings' in reply ? (reply.warnings ?? []) : []
    }
    const [first, second, ...others] = await warnings({ polices: ['default'], bogus: 1 })
    assert.equal(first, 'Endpoint ignored these unrecognized parameters: [bogus polices]')
    assert.equal(second, '"polices" is not known here: did you mean "policies"?')
    assert.deepEqual(others, [])
    assert.deepEqual(await warnings({ policies: ['default'] }), [])
  })
})

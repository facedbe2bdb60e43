import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { codeOf, dataOf } from '../../../test/support/node.ts'
import { refused, tokenMethod } from '../../../test/support/token-method.ts'
import type { Reply } from '../../backend/message.ts'
import { CofferError } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'

type Test = Parameters<typeof tokenMethod>[0]

const invalid = 'wrapping token is not valid or does not exist'

function wrapOf(reply: Reply | CofferError) {
  if (reply instanceof CofferError) throw reply
  assert.ok(reply.wrap !== undefined)
  return reply.wrap
}

async function start(t: Test) {
  const method = await tokenMethod(t)
  const wrapping = (path: string, token: string, fields: JsonObject = {}) =>
    method.server.ask('write', `sys/wrapping/${path}`, { token, fields })
  const wrap = async (fields: JsonObject = { k: 'v' }) =>
    wrapOf(await method.server.ask('write', 'sys/wrapping/wrap', { wrapTtl: 60, fields }))
  return { ...method, wrapping, wrap }
}

describe('sys/wrapping/wrap', () => {
  it('answers with the token alone, never with what it wraps', async (t) => {
    const { server } = await start(t)
    const fields = { k: 'the secret' }
    const reply = await server.ask('write', 'sys/wrapping/wrap', { wrapTtl: 60, fields })
    const { token, accessor, ttl, creation_path } = wrapOf(reply)
    assert.match(token, /^hvs\./)
    assert.notEqual(accessor, token)
    assert.deepEqual([ttl, creation_path], [60, 'sys/wrapping/wrap'])
    assert.ok('data' in reply === false || reply.data === undefined)
    assert.ok(!JSON.stringify(reply).includes('the secret'))
  })

  it('needs a time to live and a token', async (t) => {
    const { wrapping, server } = await start(t)
    refused(await wrapping('wrap', server.root, { k: 'v' }), 'endpoint requires response wrapping to be used')
    assert.equal(codeOf(await wrapping('wrap', '', { k: 'v' })), 'permission_denied')
  })

  it('makes a token for one use that is good for nothing else, and ends with its time', async (t) => {
    const { server, wrap, lookup, wrapping } = await start(t)
    const { token } = await wrap()
    const { policies, num_uses, renewable, path } = await lookup(token)
    assert.deepEqual(
      [policies, num_uses, renewable, path],
      [['response-wrapping'], 1, false, 'sys/wrapping/wrap'],
    )
    assert.equal(codeOf(await server.ask('read', 'sys/mounts', { token })), 'policy_denied')
    refused(await wrapping('unwrap', server.root, { token }), invalid)
    const late = (await wrap()).token
    server.clock.advance(60_000)
    refused(await wrapping('unwrap', server.root, { token: late }), invalid)
  })
})

describe('sys/wrapping/lookup', () => {
  it('tells path, time and TTL without a token and without using it up', async (t) => {
    const { server, wrap, wrapping } = await start(t)
    const { token } = await wrap()
    const expected = {
      creation_path: 'sys/wrapping/wrap',
      creation_time: new Date(server.clock.now()).toISOString(),
      creation_ttl: 60,
    }
    server.clock.advance(5_000)
    for (let i = 0; i < 2; i++) assert.deepEqual(dataOf(await wrapping('lookup', '', { token })), expected)
    assert.deepEqual(dataOf(await server.ask('read', 'sys/wrapping/lookup', { token })), expected)
    assert.deepEqual(dataOf(await wrapping('unwrap', token)), { k: 'v' })
  })

  it('says the same of a token that is unknown, spent, revoked or wraps nothing', async (t) => {
    const { server, wrap, wrapping, create, ask } = await start(t)
    const spent = (await wrap()).token
    await wrapping('unwrap', spent)
    const revoked = (await wrap()).token
    await ask('revoke', { token: revoked })
    for (const token of ['hvs.none', spent, revoked, await create(), server.root, 'x'.repeat(10_000)]) {
      refused(await wrapping('lookup', '', { token }), invalid)
      refused(await wrapping('unwrap', server.root, token === server.root ? {} : { token }), invalid)
      refused(await wrapping('rewrap', server.root, token === server.root ? {} : { token }), invalid)
    }
    refused(await wrapping('lookup', ''), invalid)
    refused(await wrapping('lookup', '', { token: { a: 1 } }), /token/)
  })
})

describe('sys/wrapping/unwrap', () => {
  it('gives the answer to the wrapping token itself or to a good token beside it, once', async (t) => {
    const { wrap, wrapping, create } = await start(t)
    const own = (await wrap()).token
    assert.deepEqual(dataOf(await wrapping('unwrap', own)), { k: 'v' })
    refused(await wrapping('unwrap', own), invalid)
    const beside = (await wrap()).token
    const token = await create({ policies: ['default'] })
    assert.deepEqual(dataOf(await wrapping('unwrap', token, { token: beside })), { k: 'v' })
    refused(await wrapping('unwrap', token, { token: beside }), invalid)
  })

  it('is refused without any token of the caller', async (t) => {
    const { server, wrap, wrapping } = await start(t)
    const { token } = await wrap()
    for (const path of ['unwrap', 'rewrap']) {
      assert.equal(codeOf(await wrapping(path, '', { token })), 'permission_denied', path)
      assert.equal(codeOf(await wrapping(path, '')), 'permission_denied', path)
    }
    assert.deepEqual(dataOf(await wrapping('unwrap', server.root, { token })), { k: 'v' })
  })
})

describe('sys/wrapping/rewrap', () => {
  it('ends the token and keeps the answer with its first path, time and TTL', async (t) => {
    const { server, wrap, wrapping } = await start(t)
    const { token } = await wrap()
    const first = dataOf(await wrapping('lookup', '', { token }))
    server.clock.advance(30_000)
    const reply = await wrapping('rewrap', token)
    const fresh = wrapOf(reply)
    assert.ok(!JSON.stringify(reply).includes('"v"'))
    assert.notEqual(fresh.token, token)
    assert.equal(fresh.ttl, 60)
    refused(await wrapping('unwrap', server.root, { token }), invalid)
    server.clock.advance(45_000)
    assert.deepEqual(dataOf(await wrapping('lookup', '', { token: fresh.token })), first)
    assert.deepEqual(dataOf(await wrapping('unwrap', fresh.token)), { k: 'v' })
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { refused, tokenMethod } from '../../../test/support/token-method.ts'
import { type JsonObject, parseJson } from '../../base/json/json.ts'

const creates = 'path "auth/token/create*" { capabilities = ["update"] }'
const createsAll = 'path "auth/token/create*" { capabilities = ["update", "sudo"] }'

describe('a new token', () => {
  it('of root that never ends and asks for no time never ends; of anybody else it has the default', async (t) => {
    const { auth, withPolicy, lookup } = await tokenMethod(t)
    const eternal = await auth('create')
    assert.deepEqual([eternal.lease_duration, eternal.renewable, eternal.policies], [0, false, ['root']])
    assert.equal((await lookup(eternal.client_token)).expire_time, null)
    const mortal = await auth('create', { ttl: '1h' })
    const child = await auth('create', {}, mortal.client_token)
    assert.deepEqual([child.policies, child.lease_duration], [['root'], 2_764_800])
    const other = await auth('create', {}, await withPolicy(creates))
    assert.deepEqual([other.lease_duration, other.renewable, other.orphan], [2_764_800, true, false])
  })

  it('begins with hvs. and has an accessor that is not the token', async (t) => {
    const { auth } = await tokenMethod(t)
    const { client_token, accessor, token_type } = await auth('create')
    assert.match(client_token, /^hvs\.[A-Za-z0-9_-]{24,}$/)
    assert.match(accessor, /^[A-Za-z0-9]{24}$/)
    assert.equal(token_type, 'service')
  })

  it('takes its time as seconds and as a duration, and by its older name', async (t) => {
    const { auth } = await tokenMethod(t)
    for (const fields of [{ ttl: 90 }, { ttl: '90' }, { ttl: '1m30s' }, { lease: '90s' }]) {
      assert.equal((await auth('create', fields)).lease_duration, 90, JSON.stringify(fields))
    }
  })

  it('lives whole seconds, never fewer than it asks for', async (t) => {
    const { auth, lookup } = await tokenMethod(t)
    const made = await auth('create', { ttl: '1500ms', explicit_max_ttl: '2500ms', period: '0.5s' })
    const shown = await lookup(made.client_token)
    assert.deepEqual([made.lease_duration, shown.explicit_max_ttl, shown.period], [1, 3, 1])
  })

  it('has its parent’s policies, or some of them, and never more', async (t) => {
    const { auth, ask, withPolicy } = await tokenMethod(t)
    const parent = await withPolicy(creates)
    assert.deepEqual((await auth('create', {}, parent)).policies, ['default', 'made-1'])
    const plain = await auth('create', { policies: ['default'] }, parent)
    assert.deepEqual([plain.policies, plain.orphan], [['default'], false])
    for (const policies of [['other'], ['made-1', 'root'], ['ROOT'], [' root']]) {
      refused(await ask('create', { policies }, parent), 'child policies must be subset of parent')
    }
  })

  it('of a parent with sudo may have any policies but root', async (t) => {
    const { auth, ask, withPolicy } = await tokenMethod(t)
    const parent = await withPolicy(createsAll)
    assert.deepEqual((await auth('create', { policies: ['other'] }, parent)).policies, ['default', 'other'])
    for (const root of ['root', 'ROOT', ' Root ']) {
      refused(
        await ask('create', { policies: [root] }, parent),
        'root tokens may not be created without parent token being root',
      )
    }
  })

  it('has the policy default unless it asks not to, and each policy once, folded and sorted', async (t) => {
    const { auth } = await tokenMethod(t)
    const policiesOf = async (fields: JsonObject) => (await auth('create', fields)).policies
    assert.deepEqual(await policiesOf({ policies: ['b', 'A', 'a', 'B '] }), ['a', 'b', 'default'])
    assert.deepEqual(await policiesOf({ policies: ['a'], no_default_policy: true }), ['a'])
    assert.deepEqual(await policiesOf({ policies: ['a', 'root'] }), ['root'])
  })

  it('never has the policy of wrapping tokens', async (t) => {
    const { ask } = await tokenMethod(t)
    refused(
      await ask('create', { policies: ['Response-Wrapping'] }),
      'cannot assign policy "response-wrapping"',
    )
  })

  it('is made with a warning for a policy that does not exist', async (t) => {
    const { ask } = await tokenMethod(t)
    const reply = await ask('create', { policies: ['none'], ttl: '1h' })
    assert.ok('warnings' in reply)
    assert.deepEqual(reply.warnings, ['Policy "none" does not exist'])
  })

  it('without root or sudo has no chosen id, no period and a parent', async (t) => {
    const { ask, withPolicy } = await tokenMethod(t)
    const parent = await withPolicy(creates)
    const needs = (what: string) => `root or sudo privileges required to ${what}`
    refused(await ask('create', { id: 'x' }, parent), needs('specify token id'))
    refused(await ask('create', { period: '1h' }, parent), needs('create periodic token'))
    refused(await ask('create', { no_parent: true }, parent), needs('create orphan token'))
  })

  it('may have an id of printable ASCII without dots', async (t) => {
    const { ask, auth, alive } = await tokenMethod(t)
    const { client_token } = await auth('create', { id: 'my-own_id/1', ttl: '1h' })
    assert.equal(client_token, 'my-own_id/1')
    assert.equal(await alive('my-own_id/1'), true)
    refused(await ask('create', { id: 'my-own_id/1' }), 'cannot create a token with a duplicate ID')
    refused(await ask('create', { id: 's.x' }), "custom token ID cannot have the 's.' prefix")
    refused(await ask('create', { id: 'hvs.AAAA' }), "custom token ID cannot have a '.' in the value")
    for (const id of ['', 'a b', 'ä', 'a\n']) refused(await ask('create', { id }), /printable ASCII/)
    refused(await ask('create', { id: 'x'.repeat(513) }), /field "id"/)
  })

  it('is refused with numbers below zero', async (t) => {
    const { ask } = await tokenMethod(t)
    refused(await ask('create', { ttl: -1 }), 'ttl must be positive')
    refused(await ask('create', { ttl: '-1h' }), 'ttl must be positive')
    refused(await ask('create', { explicit_max_ttl: -1 }), 'explicit_max_ttl must be positive')
    refused(await ask('create', { period: -1 }), 'period must be positive')
    refused(await ask('create', { num_uses: -1 }), 'number of uses cannot be negative')
  })

  it('is not made by a token that counts its uses', async (t) => {
    const { ask, create } = await tokenMethod(t)
    const counted = await create({ num_uses: 5, policies: ['root'] })
    refused(await ask('create', {}, counted), 'restricted use token cannot generate child tokens')
  })

  it('ends with its parent, unless it is an orphan', async (t) => {
    const { ask, create, alive, lookup, auth } = await tokenMethod(t)
    const parent = await create()
    const child = await create({}, parent)
    const least = await create({ policies: ['default'] }, parent)
    const orphan = await create({ no_parent: true }, parent)
    const other = (await auth('create-orphan', { ttl: '1h' }, parent)).client_token
    for (const token of [child, least]) assert.equal((await lookup(token)).orphan, false)
    for (const token of [orphan, other]) assert.equal((await lookup(token)).orphan, true)
    assert.equal((await lookup(other)).path, 'auth/token/create-orphan')
    await ask('revoke', { token: parent })
    const living = await Promise.all([child, least, orphan, other].map(alive))
    assert.deepEqual(living, [false, false, true, true])
  })
})

describe('what a token tells of itself', () => {
  it('is a display name of letters, digits and dashes', async (t) => {
    const { create, lookup } = await tokenMethod(t)
    const named = async (name: string) => (await lookup(await create({ display_name: name }))).display_name
    assert.equal(await named('My Disp!'), 'token-My-Disp')
    assert.equal(await named(''), 'token')
    assert.equal(await named('a\n"b"/é😀c'), 'token-a--b----c')
    assert.equal((await named('x'.repeat(512)))?.valueOf(), `token-${'x'.repeat(512)}`)
  })

  it('is bounded in its name', async (t) => {
    const { ask } = await tokenMethod(t)
    refused(await ask('create', { display_name: 'x'.repeat(513) }), /field "display_name"/)
  })

  it('is metadata of texts, also where numbers and truths were sent', async (t) => {
    const { create, lookup } = await tokenMethod(t)
    const fields = JSON.parse('{"meta":{"a":"ä","n":5,"yes":true,"no":false,"__proto__":"p","":"empty"}}')
    const { meta } = await lookup(await create(fields))
    assert.equal(JSON.stringify(meta), '{"a":"ä","n":"5","yes":"1","no":"0","__proto__":"p","":"empty"}')
    assert.deepEqual((await lookup(await create({ metadata: { a: 'b' } }))).meta, { a: 'b' })
    assert.equal((await lookup(await create({ meta: {} }))).meta, null)
  })

  it('is metadata whose numbers keep their spelling', async (t) => {
    const { create, lookup } = await tokenMethod(t)
    const meta = parseJson('{"id":12345678901234567890,"rate":1.50}')
    assert.deepEqual((await lookup(await create({ meta }))).meta, {
      id: '12345678901234567890',
      rate: '1.50',
    })
  })

  it('is bounded in its metadata, counted in bytes', async (t) => {
    const { ask, create } = await tokenMethod(t)
    await create({ meta: { text: 'x'.repeat(16_000) } })
    for (const text of ['x'.repeat(16_400), '語'.repeat(6_000)]) {
      refused(await ask('create', { meta: { text } }), 'metadata is limited to 16384 bytes')
    }
    refused(
      await ask('create', { meta: { list: ['a'] } }),
      'metadata "list" must be a string, a number or a boolean',
    )
  })
})

describe('a new batch token', () => {
  it('begins with hvb., has no accessor and cannot be renewed', async (t) => {
    const { auth } = await tokenMethod(t)
    const made = await auth('create', { type: 'batch', policies: ['a'], ttl: '1h' })
    assert.match(made.client_token, /^hvb\./)
    assert.deepEqual([made.accessor, made.renewable, made.token_type], ['', false, 'batch'])
  })

  it('is refused where it asks for what it cannot have', async (t) => {
    const { ask } = await tokenMethod(t)
    const batch = (fields: JsonObject) =>
      ask('create', { type: 'batch', policies: ['a'], ttl: '1h', ...fields })
    refused(await batch({ num_uses: 1 }), 'batch tokens cannot have "num_uses" set')
    refused(await batch({ period: '1h' }), 'batch tokens cannot have "period" set')
    refused(await batch({ explicit_max_ttl: '1h' }), 'batch tokens cannot have "explicit_max_ttl" set')
    refused(await batch({ policies: ['root'] }), 'batch tokens cannot be root tokens')
    refused(await ask('create', { type: 'other' }), "invalid 'token_type' value")
  })

  it('makes no tokens and cannot be revoked or renewed', async (t) => {
    const { ask, create } = await tokenMethod(t)
    const batch = await create({ type: 'batch', policies: ['default'] })
    refused(await ask('revoke', { token: batch }), 'batch tokens cannot be revoked')
    refused(await ask('revoke-self', {}, batch), 'batch tokens cannot be revoked')
    refused(await ask('renew', { token: batch }), 'batch tokens cannot be renewed')
    refused(await ask('renew-self', {}, batch), 'batch tokens cannot be renewed')
  })

  it('makes no tokens, whatever its policies', async (t) => {
    const { ask, withPolicy } = await tokenMethod(t)
    const batch = await withPolicy(createsAll, { type: 'batch' })
    refused(await ask('create', {}, batch), 'batch tokens cannot create more tokens')
  })

  it('works without anything stored for it, also on another node', async (t) => {
    const { create, server } = await tokenMethod(t)
    const batch = await create({ type: 'batch', policies: ['default'], ttl: '10s' })
    const other = await server.another()
    const own = () => other.ask('read', 'auth/token/lookup-self', { token: batch })
    assert.ok('data' in (await own()))
    server.clock.advance(10_000)
    refused(await own(), '', 'permission_denied')
  })
})

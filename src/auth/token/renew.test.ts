import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { codeOf } from '../../../test/support/node.ts'
import { refused, tokenMethod } from '../../../test/support/token-method.ts'

const second = 1000

describe('a renewal', () => {
  it('gives the time that it asks for, or that of the last time, from now on', async (t) => {
    const { auth, create, lookup, server } = await tokenMethod(t)
    const token = await create({ ttl: 100 })
    server.clock.advance(60 * second)
    assert.equal((await auth('renew', { token })).lease_duration, 100)
    assert.equal((await lookup(token)).ttl, 100)
    assert.equal((await auth('renew', { token, increment: '30s' })).lease_duration, 30)
    assert.equal((await lookup(token)).ttl, 30)
    assert.equal((await auth('renew-self', {}, token)).lease_duration, 30)
  })

  it('by the accessor does the same and does not show the token', async (t) => {
    const { auth, create, lookup } = await tokenMethod(t)
    const token = await create({ ttl: 100 })
    const { accessor } = await lookup(token)
    const made = await auth('renew-accessor', { accessor: accessor ?? '', increment: 50 })
    assert.deepEqual([made.client_token, made.lease_duration], ['', 50])
  })

  it('gives a periodic token its period again, without an end', async (t) => {
    const { auth, create, server } = await tokenMethod(t)
    const token = await create({ period: '10m' })
    for (let i = 0; i < 50; i++) {
      server.clock.advance(9 * 60 * second)
      assert.equal((await auth('renew', { token, increment: '1h' })).lease_duration, 600)
    }
  })

  it('never goes beyond the explicit maximum, also of a periodic token', async (t) => {
    const { ask, auth, create, alive, server } = await tokenMethod(t)
    const plain = await create({ ttl: 60, explicit_max_ttl: 100 })
    const periodic = await create({ period: 60, explicit_max_ttl: 100 })
    server.clock.advance(50 * second)
    const reply = await ask('renew', { token: plain, increment: 60 })
    assert.ok('auth' in reply)
    assert.equal(reply.auth?.lease_duration, 50)
    assert.match(reply.warnings?.join() ?? '', /TTL of "1m0s" exceeded the effective max_ttl of "50s"/)
    const unasked = await ask('renew', { token: plain })
    assert.ok('auth' in unasked)
    assert.equal(unasked.auth?.lease_duration, 50)
    assert.deepEqual(unasked.warnings ?? [], [], 'who asks for no time gets what is left')
    assert.equal((await auth('renew', { token: periodic })).lease_duration, 50)
    server.clock.advance(50 * second)
    assert.deepEqual([await alive(plain), await alive(periodic)], [false, false])
    for (const token of [plain, periodic]) refused(await ask('renew', { token }), 'token not found')
  })

  it('never goes beyond the maximum of the mount, counted from the making of the token', async (t) => {
    const { auth, create, alive, server } = await tokenMethod(t)
    await server.ask('write', 'sys/auth/token/tune', {
      fields: { max_lease_ttl: 200, default_lease_ttl: 100 },
    })
    const token = await create({ ttl: 100 })
    server.clock.advance(90 * second)
    assert.equal((await auth('renew', { token, increment: 1000 })).lease_duration, 110)
    server.clock.advance(100 * second)
    assert.equal((await auth('renew', { token })).lease_duration, 10)
    server.clock.advance(10 * second)
    assert.equal(await alive(token), false)
  })

  it('of a token that is older than the maximum by now is refused, and takes nothing from it', async (t) => {
    const { ask, create, alive, lookup, server } = await tokenMethod(t)
    const token = await create({ ttl: 1000 })
    server.clock.advance(500 * second)
    await server.ask('write', 'sys/auth/token/tune', {
      fields: { max_lease_ttl: 200, default_lease_ttl: 100 },
    })
    refused(await ask('renew', { token }), 'the token is past its maximum TTL and cannot be renewed')
    assert.equal(await alive(token), true)
    assert.equal((await lookup(token)).ttl, 500)
  })

  it('is refused for what cannot be renewed, in clear words', async (t) => {
    const { ask, create, server } = await tokenMethod(t)
    const fixed = await create({ renewable: false })
    refused(await ask('renew', { token: fixed }), 'lease is not renewable')
    refused(await ask('renew', { token: server.root }), 'lease is not renewable')
    refused(await ask('renew', { token: 'hvs.none' }), 'token not found')
    refused(await ask('renew', {}), 'missing token ID')
    refused(await ask('renew', { token: await create(), increment: -1 }), 'increment must be positive')
    refused(await ask('renew-accessor', { accessor: 'none' }), 'invalid accessor', 'invalid_request_wrapped')
    refused(await ask('renew-accessor', {}), 'missing accessor', 'invalid_request_wrapped')
  })

  it('does not bring back what is over or revoked', async (t) => {
    const { ask, create, alive, server } = await tokenMethod(t)
    const short = await create({ ttl: 10 })
    const gone = await create()
    await ask('revoke', { token: gone })
    server.clock.advance(10 * second)
    for (const token of [short, gone]) {
      refused(await ask('renew', { token }), 'token not found')
      assert.equal(codeOf(await ask('renew-self', {}, token)), 'permission_denied')
      assert.equal(await alive(token), false)
    }
  })

  it('as the last use of a counted token finds nothing to renew', async (t) => {
    const { ask, create } = await tokenMethod(t)
    const token = await create({ num_uses: 1, policies: ['root'] })
    refused(await ask('renew-self', {}, token), 'token not found')
  })

  it('of a token with a role goes by what the role says now, and ends with the role', async (t) => {
    const { ask, auth, server } = await tokenMethod(t)
    const role = (fields: object) => server.ask('write', 'auth/token/roles/r', { fields: { ...fields } })
    await role({ token_period: '10m' })
    const { client_token: token } = await auth('create/r', {})
    await role({ token_period: '20m' })
    assert.equal((await auth('renew', { token })).lease_duration, 1200)
    await server.ask('delete', 'auth/token/roles/r')
    refused(await ask('renew', { token }), /^the role "r" of this token does not exist any more/)
  })

  it('leaves a token alive exactly as long as the plainest reading of its limits says', async (t) => {
    const { ask, create, alive, server } = await tokenMethod(t)
    await server.ask('write', 'sys/auth/token/tune', {
      fields: { max_lease_ttl: 1000, default_lease_ttl: 300 },
    })
    const span = fc.constantFrom(0, 50, 200, 700, 2000)
    const step = fc.record({
      wait: fc.integer({ min: 1, max: 300 }),
      increment: fc.constantFrom(0, 30, 400, 5000),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.record({ ttl: span, period: span, explicit: span }),
        fc.array(step, { maxLength: 6 }),
        async ({ ttl, period, explicit }, steps) => {
          const token = await create({ ttl, period, explicit_max_ttl: explicit, policies: ['default'] })
          const last = Math.min(
            period > 0 ? Infinity : 1000,
            explicit > 0 ? Math.min(explicit, 1000) : Infinity,
          )
          let age = 0
          let given = Math.min(period || ttl || 300, 1000)
          let end = Math.min(given, last)
          given = end
          for (const { wait, increment } of steps) {
            server.clock.advance(wait * second)
            age += wait
            assert.equal(await alive(token), age < end, `at ${age} of ${end}`)
            if (age >= end) return
            await ask('renew', { token, increment })
            end = Math.min(age + Math.min(period || increment || given, period > 0 ? 1000 : Infinity), last)
            given = end - age
          }
          server.clock.advance((end - age) * second - 1)
          assert.equal(await alive(token), true)
          server.clock.advance(1)
          assert.equal(await alive(token), false)
        },
      ),
      { numRuns: 40 },
    )
  })
})

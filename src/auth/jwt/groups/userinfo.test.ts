import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { manualClock } from '../../../base/clock.ts'
import { startHostileProvider } from '../../../demo/provider/hostile.ts'
import { type FetchJson, fetchJson } from '../keys/fetch.ts'
import type { VerifiedToken } from '../token/verify.ts'
import { createUserInfo, type UserInfoOptions } from './userinfo.ts'

const url = new URL('https://aai.example.org/userinfo')

function setUp(answer: FetchJson, options: Partial<UserInfoOptions> = {}) {
  const clock = manualClock()
  const asked: (string | undefined)[] = []
  const fetch: FetchJson = (address, fetchOptions) => {
    asked.push(fetchOptions?.bearer)
    return answer(address, fetchOptions)
  }
  const userInfo = createUserInfo({ clock, fetch, ...options })
  const token = (text: string, sub: string | undefined = 'alice'): VerifiedToken => ({
    text,
    claims: sub === undefined ? {} : { sub },
    expires: clock.now() + 3_600_000,
  })
  const ask = (asked: VerifiedToken, claim = 'groups', ca?: string) =>
    userInfo.ask({ url, ca, token: asked, claim })
  return { clock, asked, token, ask }
}

describe('UserInfo', () => {
  it('is asked with the token that was presented', async () => {
    const { ask, token, asked } = setUp(async () => ({ sub: 'alice', groups: ['a'] }))
    assert.deepEqual(await ask(token('t1')), { ok: true, value: ['a'] })
    assert.deepEqual(asked, ['t1'])
  })
  it('is not asked again with the same token until the token ends', async () => {
    const { ask, token, asked, clock } = setUp(async () => ({ sub: 'alice', groups: ['a'] }))
    const t1 = token('t1')
    await ask(t1)
    clock.advance(3_599_999)
    assert.deepEqual(await ask(t1), { ok: true, value: ['a'] })
    assert.equal(asked.length, 1)
    clock.advance(1)
    await ask(t1)
    assert.equal(asked.length, 2)
    await ask(token('t2'))
    assert.deepEqual(asked, ['t1', 't1', 't2'])
  })
  it('is asked anew for another claim, and where another authority vouches for it', async () => {
    const { ask, token, asked } = setUp(async (_, { ca } = {}) => ({
      sub: 'alice',
      groups: ca ?? 'a',
      roles: 'r',
    }))
    const t1 = token('t1')
    for (const [value, ...rest] of [['a'], ['r', 'roles'], ['CA', 'groups', 'CA'], ['a']] as const)
      assert.deepEqual(await ask(t1, ...rest), { ok: true, value })
    assert.equal(asked.length, 3)
  })
  it('is asked once by logins that come together', async () => {
    const gate = Promise.withResolvers<void>()
    const { ask, token, asked } = setUp(async () => {
      await gate.promise
      return { sub: 'alice', groups: ['a'] }
    })
    const both = [ask(token('t1')), ask(token('t1'))]
    gate.resolve()
    assert.deepEqual(await Promise.all(both), [
      { ok: true, value: ['a'] },
      { ok: true, value: ['a'] },
    ])
    assert.equal(asked.length, 1)
  })
  it('must speak of the subject of the token', async () => {
    const wrong = { ok: false, reason: 'the answer is about another subject' }
    for (const sub of ['bob', 'ALICE', '', undefined, 5]) {
      const { ask, token } = setUp(async () => ({ groups: ['a'], ...(sub === undefined ? {} : { sub }) }))
      assert.deepEqual(await ask(token('t1')), wrong)
    }
    const { ask, token } = setUp(async () => ({ groups: ['a'] }))
    assert.deepEqual(await ask({ ...token('t1'), claims: {} }), wrong)
  })
  it('may not know the claim', async () => {
    const { ask, token } = setUp(async () => ({ sub: 'alice' }))
    assert.deepEqual(await ask(token('t1')), { ok: true, value: undefined })
  })
  it('is asked again after a failure', async () => {
    let broken = true
    const { ask, token, asked } = setUp(async () => {
      if (broken) throw new Error('secret inside')
      return { sub: 'alice', groups: ['a'] }
    })
    assert.deepEqual(await ask(token('t1')), { ok: false, reason: 'the question failed' })
    broken = false
    assert.deepEqual(await ask(token('t1')), { ok: true, value: ['a'] })
    assert.equal(asked.length, 2)
  })
  it('is asked by a bounded number of logins at once', async () => {
    const gate = Promise.withResolvers<void>()
    const answer = async () => {
      await gate.promise
      return { sub: 'alice', groups: [] }
    }
    const { ask, token } = setUp(answer, { places: 1 })
    const first = ask(token('t1'))
    assert.deepEqual(await ask(token('t2')), { ok: false, reason: 'too many logins wait for it' })
    gate.resolve()
    assert.deepEqual(await first, { ok: true, value: [] })
  })
  it('of a slow provider takes no places of another one', async () => {
    const gate = Promise.withResolvers<void>()
    const clock = manualClock()
    const fetch: FetchJson = async ({ host }) => {
      if (host === 'slow.example.org') await gate.promise
      return { sub: 'alice', groups: [host] }
    }
    const userInfo = createUserInfo({ clock, fetch, places: 1 })
    const ask = (host: string) =>
      userInfo.ask({
        url: new URL(`https://${host}/userinfo`),
        ca: undefined,
        token: { text: 't', claims: { sub: 'alice' }, expires: clock.now() + 1000 },
        claim: 'groups',
      })
    const slow = ask('slow.example.org')
    assert.deepEqual(await ask('aai.example.org'), { ok: true, value: ['aai.example.org'] })
    gate.resolve()
    assert.deepEqual(await slow, { ok: true, value: ['slow.example.org'] })
  })
  it('has its answers kept within a bound', async () => {
    const { ask, token, asked } = setUp(async () => ({ sub: 'alice', groups: ['x'.repeat(100)] }), {
      cacheBytes: 1_000,
    })
    for (let i = 0; i < 4; i++) await ask(token(`t${i}`))
    await ask(token('t3'))
    assert.equal(asked.length, 4)
    await ask(token('t0'))
    assert.equal(asked.length, 5)
  })
  it('that hangs, redirects, is too large or answers nonsense is a failure with its reason', async (t) => {
    const provider = await startHostileProvider()
    t.after(() => provider.stop())
    const clock = manualClock()
    const token = { text: 't1', claims: { sub: 'alice' }, expires: clock.now() + 1 }
    const reason = async (path: string, timeout = 60_000) => {
      const answer = await createUserInfo({ clock, fetch: fetchJson, timeout }).ask({
        url: new URL(provider.url + path),
        ca: undefined,
        token,
        claim: 'groups',
      })
      return answer.ok ? 'none' : answer.reason
    }
    provider.answer('/hang', { kind: 'hang' })
    provider.answer('/endless', { kind: 'endless' })
    provider.answer('/away', { kind: 'redirect', to: '/hang' })
    provider.answer('/junk', { kind: 'text', body: 'eyJ.jwt.' })
    assert.match(await reason('/hang', 50), /did not answer in time$/)
    assert.match(await reason('/endless'), /more than \d+ bytes$/)
    assert.match(await reason('/away'), /redirects elsewhere/)
    assert.match(await reason('/junk'), /did not answer with a JSON object$/)
    assert.match(await reason('/missing'), /answered with status 404$/)
  })
})

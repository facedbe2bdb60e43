import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkAuthenticationAge, checkTimes, type Leeways } from './times.ts'

const now = 1_900_000_000
const usual: Leeways = { expiration: 0, notBefore: 0, clockSkew: 0 }
const none: Leeways = { expiration: -1, notBefore: -1, clockSkew: -1 }

const check = (claims: Record<string, never>, leeways = usual) => checkTimes(claims, leeways, now * 1000)
const passes = (claims: object, leeways?: Leeways) => check(claims as Record<string, never>, leeways)
const refused = (claims: object, text: string, leeways?: Leeways) =>
  assert.throws(() => passes(claims, leeways), { message: `error validating token: ${text}` })

const expired = 'invalid expiration time (exp) claim: token is expired'
const early = 'invalid not before (nbf) claim: token not yet valid'

describe("a token's times", () => {
  it('pass between start and end', () => {
    assert.equal(passes({ nbf: now - 5, exp: now + 5 }), now + 65)
  })
  it('are refused when none is there', () => {
    refused({}, 'no issued at (iat), not before (nbf), or expiration time (exp) claims in token')
    refused({ exp: null }, 'no issued at (iat), not before (nbf), or expiration time (exp) claims in token')
  })
  it('may have ended a minute ago by default', () => {
    passes({ iat: now - 500, exp: now - 60 })
    refused({ iat: now - 500, exp: now - 61 }, expired)
  })
  it('may begin a minute from now by default', () => {
    passes({ nbf: now + 60, exp: now + 900 })
    refused({ nbf: now + 61, exp: now + 900 }, early)
  })
  it('begin with iat where nbf is missing', () => {
    passes({ iat: now + 60, exp: now + 900 })
    refused({ iat: now + 61, exp: now + 900 }, early)
  })
  it('are refused when issued in the future though already valid', () => {
    const text = 'invalid issued at (iat) claim: token issued in the future'
    passes({ nbf: now, iat: now + 60, exp: now + 900 })
    refused({ nbf: now, iat: now + 61, exp: now + 900 }, text)
  })
  it('begin 150 seconds before the end where only exp is there', () => {
    passes({ exp: now + 210 })
    refused({ exp: now + 211 }, early)
    refused({ exp: 4_070_908_800 }, early)
  })
  it('begin as much earlier as the role says where only exp is there', () => {
    passes({ exp: 4_070_908_800 }, { ...usual, notBefore: 4_000_000_000 })
    refused({ exp: now + 1 }, early, none)
    passes({ exp: now }, none)
  })
  it('end 150 seconds after the later start where exp is missing', () => {
    passes({ iat: now - 210 })
    refused({ iat: now - 211 }, expired)
    passes({ iat: now - 900, nbf: now - 210 })
  })
  it('end as much later as the role says where exp is missing', () => {
    passes({ iat: 1_700_000_000 }, { ...usual, expiration: 4_000_000_000 })
    refused({ iat: now - 1 }, expired, none)
  })
  it('are compared exactly when the leeways are negative', () => {
    passes({ iat: now, exp: now }, none)
    refused({ iat: now - 9, exp: now - 1 }, expired, none)
    refused({ nbf: now + 1, exp: now + 9 }, early, none)
  })
  it('are stretched by the clock skew of the role', () => {
    passes({ iat: 1_700_000_000, exp: 1_700_000_600 }, { ...usual, clockSkew: 4_000_000_000 })
  })
  it('are refused when they are no numbers', () => {
    refused({ exp: 'soon' }, 'invalid expiration time (exp) claim: not a number of seconds')
    refused({ exp: now + 9, nbf: [] }, 'invalid not before (nbf) claim: not a number of seconds')
    refused({ exp: now + 9, iat: true }, 'invalid issued at (iat) claim: not a number of seconds')
  })
  it('take an exp of zero for the year 1970', () => {
    refused({ iat: now, exp: 0 }, expired)
  })
})

describe('the age of an authentication', () => {
  const check = (claims: object, maxAge: number) =>
    checkAuthenticationAge(claims as Record<string, never>, maxAge, usual, now * 1000)
  it('is of no interest unless the role bounds it', () => {
    check({}, 0)
  })
  it('is bounded by the role, with the clock skew added', () => {
    check({ auth_time: now - 360 }, 300)
    assert.throws(() => check({ auth_time: now - 361 }, 300), {
      message:
        'error validating token: invalid authentication time (auth_time) claim: the authentication is too old',
    })
  })
  it('must be known to be bounded', () => {
    assert.throws(() => check({ iat: now }, 300), /has no auth_time claim/)
  })
})

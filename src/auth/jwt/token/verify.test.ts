import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createSlots } from '../../../backend/logins/slots.ts'
import { manualClock } from '../../../base/clock.ts'
import { fail } from '../../../base/errors.ts'
import { staticSource } from '../keys/static.ts'
import { ecKey, edKey, jwkOf, otherRsaKey, rsaKey, signToken } from '../tokens-for-tests.ts'
import { maxTokenBytes } from './compact.ts'
import { type Expected, type Verifier, verifyToken } from './verify.ts'

const now = 1_900_000_000
const claims = { iss: 'https://issuer.example', sub: 'alice', aud: 'coffer', iat: now, exp: now + 600 }
const anything: Expected = {
  algorithms: [],
  issuer: '',
  subject: '',
  anyAudience: false,
  audiences: ['coffer'],
  leeways: { expiration: 0, notBefore: 0, clockSkew: 0 },
  maxAge: 0,
}
const verifier: Verifier = {
  sources: [staticSource([rsaKey.pem, ecKey.pem, edKey.pem])],
  clock: manualClock(now * 1000),
  slots: createSlots(4),
}
const rsaOnly: Verifier = { ...verifier, sources: [staticSource([rsaKey.pem])] }

const verify = (token: string, expected: Partial<Expected> = {}, by = verifier) =>
  verifyToken(token, { ...anything, ...expected }, by)
const refused = async (token: string, text: string, expected: Partial<Expected> = {}, by = verifier) => {
  await assert.rejects(verify(token, expected, by), {
    code: 'invalid_request',
    message: `error validating token: ${text}`,
  })
}
const unknownSignature =
  'error verifying token signature: no known key successfully validated the token signature'

describe('a token that is right', () => {
  it('passes with RSA, EC and Ed25519 keys', async () => {
    for (const algorithm of ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const) {
      assert.deepEqual((await verify(signToken(claims, { algorithm }))).claims, claims, algorithm)
    }
    assert.deepEqual((await verify(signToken(claims, { key: ecKey, algorithm: 'ES256' }))).claims, claims)
    assert.deepEqual((await verify(signToken(claims, { key: edKey, algorithm: 'EdDSA' }))).claims, claims)
    assert.deepEqual((await verify(signToken(claims, { key: edKey, algorithm: 'Ed25519' }))).claims, claims)
  })
  it('says when it ends', async () => {
    assert.equal((await verify(signToken(claims))).expires, (now + 660) * 1000)
  })
})

describe('a token with a wrong signature is refused', () => {
  it('when another key made it', async () => {
    await refused(signToken(claims, { key: otherRsaKey }), unknownSignature)
  })
  it('when its payload was changed', async () => {
    const [header, , signature] = signToken(claims).split('.')
    const payload = Buffer.from(JSON.stringify({ ...claims, sub: 'mallory' })).toString('base64url')
    await refused(`${header}.${payload}.${signature}`, unknownSignature)
  })
  it('when its header was changed to another algorithm of the same key', async () => {
    const [, payload, signature] = signToken(claims).split('.')
    const header = Buffer.from('{"alg":"PS256"}').toString('base64url')
    await refused(`${header}.${payload}.${signature}`, unknownSignature)
  })
  it('when its algorithm is none, in any case of letters', async () => {
    for (const alg of ['none', 'None', 'nOnE', 'NONE']) {
      const unsigned = signToken(claims, { header: { alg } }).replace(/[^.]*$/, '')
      await refused(unsigned, 'error verifying token signature: the token is not signed (alg none)')
      await refused(
        signToken(claims, { header: { alg } }),
        'error verifying token signature: the token is not signed (alg none)',
      )
    }
  })
  it('when its signature is empty', async () => {
    await refused(
      signToken(claims).replace(/[^.]*$/, ''),
      'error verifying token signature: the token is not signed',
    )
  })
  it('when it was made with HMAC over the public key', async () => {
    const text = 'error verifying token signature: algorithms with a shared key (HMAC) are not accepted'
    for (const bits of [256, 384, 512]) {
      const [header, payload] = signToken(claims, { header: { alg: `HS${bits}` } }).split('.')
      const mac = createHmac(`sha${bits}`, rsaKey.pem).update(`${header}.${payload}`).digest('base64url')
      await refused(`${header}.${payload}.${mac}`, text)
    }
  })
  it('when its algorithm is unknown or missing', async () => {
    await refused(
      signToken(claims, { header: { alg: 'XX1' } }),
      'error verifying token signature: the algorithm (alg) is not supported',
    )
    await refused(
      signToken(claims, { header: '{}' }),
      'error verifying token signature: the header names no algorithm (alg)',
    )
  })
  it('when its algorithm is not among those that the configuration supports', async () => {
    const text = 'invalid algorithm (alg) header parameter: token signed with unexpected algorithm'
    await refused(signToken(claims), text, { algorithms: ['ES256'] })
    await refused(signToken(claims, { algorithm: 'RS384' }), text, { algorithms: ['RS256', 'RS512'] })
    await verify(signToken(claims, { algorithm: 'RS512' }), { algorithms: ['RS256', 'RS512'] })
  })
  it('when its algorithm does not belong to the key', async () => {
    await refused(signToken(claims, { key: ecKey, algorithm: 'ES256' }), unknownSignature, {}, rsaOnly)
  })
  it('when it brings its own key or says where to fetch one', async () => {
    const jwk = await jwkOf(otherRsaKey, 'mine')
    const headers = [{ jwk }, { jku: 'https://evil.example/keys' }, { x5u: 'https://evil.example/cert' }]
    for (const header of headers) {
      await refused(signToken(claims, { key: otherRsaKey, header }), unknownSignature)
      // They are ignored, not held against a token that a known key signed.
      await verify(signToken(claims, { header }))
    }
  })
  it('when its header demands extensions', async () => {
    const text =
      'error verifying token signature: the header lists critical extensions (crit), which are not supported'
    await refused(signToken(claims, { header: { crit: ['b64'], b64: true } }), text)
    await refused(signToken(claims, { header: { crit: [] } }), text)
  })
})

describe('a token that is no token is refused', () => {
  it('when it is too large', async () => {
    const large = signToken({ ...claims, filler: 'x'.repeat(maxTokenBytes) })
    await refused(large, `the token is larger than ${maxTokenBytes} bytes`)
  })
  it('when it has not three parts', async () => {
    const text = 'error verifying token signature: a signed JWT has three parts joined by dots'
    for (const token of ['', 'abc', 'a.b', 'a.b.c.d', '......']) await refused(token, text)
  })
  it('when it is encrypted', async () => {
    await refused('a.b.c.d.e', 'error verifying token signature: encrypted tokens are not supported')
  })
  it('when a part is no base64url or no JSON object', async () => {
    const header = "error verifying token signature: the token's header is no JSON object"
    for (const part of ['a', 'e30=', 'e3 0', '', 'W10', 'bnVsbA', 'ew', 'gA']) {
      await refused(`${part}.e30.AA`, header)
    }
    const payload = "error verifying token signature: the token's payload is no JSON object"
    for (const text of ['[]', 'null', '"x"', '{', `{"a":"${'['.repeat(3)}`])
      await refused(signToken(text), payload)
  })
  it('when it nests without end', async () => {
    const deep = `${'{"a":'.repeat(1_500)}1${'}'.repeat(1_500)}`
    await refused(signToken(deep), "error verifying token signature: the token's payload is no JSON object")
  })
  it('when a name stands twice in its header', async () => {
    const header = '{"alg":"RS256","kid":"a","kid":"b"}'
    await refused(signToken(claims, { header }), 'the token\'s header holds "kid" more than once')
  })
  it('when a claim stands twice in its payload', async () => {
    const text = `{"sub":"alice","aud":"coffer","iat":${now},"sub":"bob"}`
    await refused(signToken(text), 'the token\'s payload holds "sub" more than once')
    const escaped = `{"sub":"alice","aud":"coffer","iat":${now},"s\\u0075b":"bob"}`
    await refused(signToken(escaped), 'the token\'s payload holds "sub" more than once')
  })
  it('whatever it is made of', async () => {
    const junk = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.string().map((s) => `${s}.${s}.${s}`),
    )
    await fc.assert(
      fc.asyncProperty(junk, async (token) => {
        await assert.rejects(verify(token), { code: 'invalid_request' })
      }),
    )
  })
})

describe('a token with wrong claims is refused', () => {
  it('when its issuer is another', async () => {
    await verify(signToken(claims), { issuer: 'https://issuer.example' })
    for (const iss of [
      'https://issuer.example/',
      'https://evil.example',
      ['https://issuer.example'],
      undefined,
    ]) {
      const token = signToken({ ...claims, iss })
      await refused(token, 'invalid issuer (iss) claim', { issuer: 'https://issuer.example' })
    }
  })
  it('when its subject is another', async () => {
    await verify(signToken(claims), { subject: 'alice' })
    for (const sub of ['bob', 5, undefined]) {
      await refused(signToken({ ...claims, sub }), 'invalid subject (sub) claim', { subject: 'alice' })
    }
  })
  it('when no audience fits', async () => {
    const text = 'invalid audience (aud) claim: audience claim does not match any expected audience'
    const audiences = ['one', 'two']
    await verify(signToken({ ...claims, aud: 'two' }), { audiences })
    await verify(signToken({ ...claims, aud: ['x', 'one'] }), { audiences })
    for (const aud of ['three', 'one,two', [], ['x'], undefined, null]) {
      await refused(signToken({ ...claims, aud }), text, { audiences })
    }
  })
  it('when it has an audience and the role binds none', async () => {
    const message = 'audience claim found in JWT but no audiences bound to the role'
    for (const aud of ['coffer', ['coffer'], '']) {
      await assert.rejects(verify(signToken({ ...claims, aud }), { audiences: [] }), { message })
    }
    await verify(signToken({ ...claims, aud: undefined }), { audiences: [] })
    await verify(signToken({ ...claims, aud: [] }), { audiences: [] })
  })
  it('when its audience is neither text nor list of texts', async () => {
    const text = 'invalid audience (aud) claim: neither a string nor a list of strings'
    for (const aud of [5, { coffer: true }, ['coffer', 5]]) await refused(signToken({ ...claims, aud }), text)
  })
  it('when it is expired, not yet valid, from the future or without time', async () => {
    const { iat: _iat, exp: _exp, ...timeless } = claims
    await refused(
      signToken({ ...claims, exp: now - 61 }),
      'invalid expiration time (exp) claim: token is expired',
    )
    await refused(
      signToken({ ...claims, nbf: now + 61 }),
      'invalid not before (nbf) claim: token not yet valid',
    )
    await refused(
      signToken({ ...claims, nbf: now, iat: now + 61 }),
      'invalid issued at (iat) claim: token issued in the future',
    )
    await refused(
      signToken(timeless),
      'no issued at (iat), not before (nbf), or expiration time (exp) claims in token',
    )
    await refused(
      signToken('{"aud":"coffer","exp":1e999}'),
      'invalid expiration time (exp) claim: not a number of seconds',
    )
  })
  it('when the person authenticated too long ago for the role', async () => {
    await verify(signToken({ ...claims, auth_time: now - 100 }), { maxAge: 60 })
    await refused(
      signToken({ ...claims, auth_time: now - 200 }),
      'invalid authentication time (auth_time) claim: the authentication is too old',
      { maxAge: 60 },
    )
  })
  it('only after its signature was found right', async () => {
    const forged = signToken({ ...claims, exp: 1, iss: 'x' }, { key: otherRsaKey })
    await refused(forged, unknownSignature, { issuer: 'https://issuer.example' })
  })
})

describe('verification', () => {
  it('refuses with rate_limited when all its slots are taken', async () => {
    const stuck = Promise.withResolvers<'valid'>()
    const ring = { check: () => stuck.promise }
    const busy: Verifier = {
      ...verifier,
      slots: createSlots(1),
      sources: [{ current: async () => ring, newer: async () => undefined }],
    }
    const first = verify(signToken(claims), {}, busy)
    await assert.rejects(verify(signToken(claims), {}, busy), { code: 'rate_limited' })
    stuck.resolve('valid')
    await first
    await verify(signToken(claims), {}, busy)
  })
  it('goes on with the other sources of keys when one does not answer', async () => {
    const down = {
      current: async () => fail('provider_failed', 'https://down.example did not answer in time'),
      newer: async () => undefined,
    }
    const [known] = verifier.sources
    if (known === undefined) throw new Error('no source')
    await verify(signToken(claims), {}, { ...verifier, sources: [down, known] })
    await assert.rejects(
      verify(signToken(claims, { key: otherRsaKey }), {}, { ...verifier, sources: [down, known] }),
      {
        code: 'provider_failed',
        message:
          "error validating token: the provider's keys cannot be had: https://down.example did not answer in time",
      },
    )
  })
})

describe('public keys in PEM', () => {
  it('are refused when they are private, weak, of another kind or no keys', () => {
    const refusedKey = (text: string, message: RegExp) =>
      assert.throws(
        () => staticSource([text]),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, 'invalid_request')
          assert.match(error.message, message)
          return true
        },
      )
    const pem = { type: 'spki', format: 'pem' } as const
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export(pem) as string
    const koblitz = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export(pem) as string
    const agreement = generateKeyPairSync('x25519').publicKey.export(pem) as string
    refusedKey('not a key', /^error parsing public key: data does not contain any valid public keys$/)
    refusedKey('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----', /any valid public keys/)
    refusedKey(rsaKey.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, /holds a private key/)
    refusedKey(weak, /RSA keys need at least 2048 bits/)
    refusedKey(koblitz, /EC keys must be on/)
    refusedKey(agreement, /only RSA, EC/)
  })
  it('may stand several in one text', async () => {
    const both: Verifier = { ...verifier, sources: [staticSource([rsaKey.pem + ecKey.pem])] }
    await verify(signToken(claims, { key: ecKey, algorithm: 'ES256' }), {}, both)
  })
})

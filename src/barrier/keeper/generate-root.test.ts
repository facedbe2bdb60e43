import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { fail, isFailure } from '../../base/errors.ts'
import { sealKey } from '../rows.ts'
import { shamirBench, unsealedNode, wrongShare } from './keeper-for-tests.ts'
import { decodeToken, encodeToken } from './token-coding.ts'

const refuses = (text: string) => (error: unknown) => {
  assert.ok(isFailure(error, 'invalid_request'), String(error))
  assert.equal(error.message, text)
  return true
}
const token = `hvs.another${'2'.repeat(17)}`
const idle = {
  nonce: '',
  started: false,
  progress: 0,
  required: 3,
  complete: false,
  encoded_token: '',
  encoded_root_token: '',
  pgp_fingerprint: '',
  otp: '',
  otp_length: 28,
}

describe('the making of a root token', () => {
  it('gives it to whoever has the one-time password, for a threshold of shares', async (t) => {
    const { keeper, shares } = await unsealedNode(await shamirBench(t))
    const { generateRoot } = keeper
    assert.deepEqual(await generateRoot.status(), idle)
    const { nonce, otp } = await generateRoot.start('')
    assert.match(otp, /^[A-Za-z0-9]{28}$/)
    assert.deepEqual(await generateRoot.status(), { ...idle, nonce, started: true })
    assert.deepEqual(await generateRoot.update(shares[0] as string, nonce), {
      ...idle,
      nonce,
      started: true,
      progress: 1,
    })
    await generateRoot.update(shares[1] as string, nonce)
    const done = await generateRoot.update(shares[2] as string, nonce)
    const { encoded_root_token: encoded } = done
    assert.deepEqual(done, {
      ...idle,
      nonce,
      started: true,
      progress: 3,
      complete: true,
      encoded_token: encoded,
      encoded_root_token: encoded,
      otp_length: 0,
    })
    assert.match(encoded, /^[A-Za-z0-9+/]{38}$/)
    assert.equal(decodeToken(encoded, otp), token)
    assert.deepEqual(await generateRoot.status(), idle)
  })

  it('takes a one-time password of the right length, and does not repeat it', async (t) => {
    const { keeper, shares } = await unsealedNode(await shamirBench(t), { shares: 1, threshold: 1 })
    for (const otp of ['short', 'x'.repeat(27), 'x'.repeat(29), 'é'.repeat(28)]) {
      await assert.rejects(() => keeper.generateRoot.start(otp), refuses('OTP string has incorrect length'))
    }
    const own = 'é'.repeat(14)
    const { otp, nonce } = await keeper.generateRoot.start(own)
    assert.equal(otp, '')
    const { encoded_token } = await keeper.generateRoot.update(shares[0] as string, nonce)
    assert.equal(decodeToken(encoded_token, own), token)
  })

  it('refuses what does not fit', async (t) => {
    const { keeper, shares } = await unsealedNode(await shamirBench(t))
    const { generateRoot } = keeper
    const share = shares[0] as string
    await assert.rejects(() => generateRoot.update(share, 'x'), refuses('no root generation in progress'))
    const { nonce } = await generateRoot.start('')
    await assert.rejects(() => generateRoot.start(''), refuses('root generation already in progress'))
    await assert.rejects(
      () => generateRoot.update(share, ''),
      refuses(`incorrect nonce supplied; nonce for this root generation operation is "${nonce}"`),
    )
    await assert.rejects(
      () => generateRoot.update('zz', nonce),
      refuses("'key' must be a valid hex or base64 string"),
    )
    await assert.rejects(
      () => generateRoot.update('11'.repeat(40), nonce),
      refuses('invalid key: key is longer than maximum 33 bytes'),
    )
    await generateRoot.update(share, nonce)
    await assert.rejects(
      () => generateRoot.update(share, nonce),
      refuses('given key has already been provided during this generation operation'),
    )
    await generateRoot.update(shares[1] as string, nonce)
    await assert.rejects(
      () => generateRoot.update(wrongShare(shares), nonce),
      refuses(
        'root generation aborted: unable to authenticate: unable to retrieve stored keys: invalid key: failed to decrypt keys from storage: cipher: message authentication failed',
      ),
    )
    assert.deepEqual(await generateRoot.status(), { ...idle, nonce, started: true })
    await generateRoot.cancel()
    assert.deepEqual(await generateRoot.status(), idle)
  })

  it('believes no shares of a seal that was put in the place of the server’s', async (t) => {
    const [bench, other] = [await shamirBench(t), await shamirBench(t)]
    const { keeper } = await unsealedNode(bench, { makeRootToken: async () => assert.fail('made') })
    const { shares } = await unsealedNode(other, { shares: 1, threshold: 1 })
    const [foreign] = await other.store.read([sealKey])
    assert.ok(typeof foreign === 'object')
    await bench.store.commit({ put: [{ key: sealKey, value: foreign.value }] })
    const { nonce } = await keeper.generateRoot.start('')
    await assert.rejects(
      () => keeper.generateRoot.update(shares[0] as string, nonce),
      (error) => isFailure(error, 'invalid_request', 'sealed'),
    )
  })

  it('makes one token when the last shares come in together', async (t) => {
    let made = 0
    const makeRootToken = async () => {
      made++
      return token
    }
    const { keeper, shares } = await unsealedNode(await shamirBench(t), { makeRootToken })
    const { nonce } = await keeper.generateRoot.start('')
    await Promise.allSettled(shares.map((share) => keeper.generateRoot.update(share, nonce)))
    assert.equal(made, 1)
  })

  it('can be tried again when the token could not be made', async (t) => {
    let broken = true
    const makeRootToken = async () => (broken ? fail('storage_failed') : token)
    const { keeper, shares } = await unsealedNode(await shamirBench(t), {
      shares: 1,
      threshold: 1,
      makeRootToken,
    })
    const { nonce, otp } = await keeper.generateRoot.start('')
    await assert.rejects(
      () => keeper.generateRoot.update(shares[0] as string, nonce),
      (error) => isFailure(error, 'storage_failed'),
    )
    broken = false
    const { encoded_token } = await keeper.generateRoot.update(shares[0] as string, nonce)
    assert.equal(decodeToken(encoded_token, otp), token)
  })

  it('needs an unsealed node, and is forgotten when it is sealed', async (t) => {
    const { keeper, shares } = await unsealedNode(await shamirBench(t), { shares: 1, threshold: 1 })
    await keeper.generateRoot.start('')
    await keeper.seal()
    const isSealed = (error: unknown) => isFailure(error, 'sealed')
    await assert.rejects(() => keeper.generateRoot.status(), isSealed)
    await assert.rejects(() => keeper.generateRoot.start(''), isSealed)
    await assert.rejects(() => keeper.generateRoot.update(shares[0] as string, 'x'), isSealed)
    await assert.rejects(() => keeper.generateRoot.cancel(), isSealed)
    await keeper.unseal(shares[0] as string)
    assert.equal((await keeper.generateRoot.status()).started, false)
  })
})

describe('an encoded token', () => {
  it('decodes with its one-time password', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9.]{1,40}$/), (text) => {
        const otp = 'k'.repeat(text.length)
        assert.equal(decodeToken(encodeToken(text, otp), otp), text)
      }),
    )
    assert.equal(encodeToken('hvs.AAAA', 'abcdefgh'), 'CRQQSiQnJik')
  })

  it('is refused when it cannot be one', () => {
    const empty = refuses("provided 'encoded_token' or 'otp' is empty")
    assert.throws(() => decodeToken('', 'x'), empty)
    assert.throws(() => decodeToken('x', ''), empty)
    assert.throws(() => decodeToken('!!', 'x'), refuses("error decoding base64'd token: illegal base64 data"))
    assert.throws(
      () => decodeToken('AAAA', 'x'),
      refuses('error xoring token: length of byte slices is not equivalent: 3 != 1'),
    )
  })
})

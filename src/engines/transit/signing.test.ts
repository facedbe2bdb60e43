import assert from 'node:assert/strict'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { base64, startTransit } from '../../../test/support/transit-mount.ts'
import type { JsonObject } from '../../base/json/json.ts'

const signing = ['ed25519', 'ecdsa-p256', 'ecdsa-p384', 'ecdsa-p521', 'rsa-2048']
const hashes = ['sha1', 'sha2-224', 'sha2-256', 'sha2-384', 'sha2-512', 'sha3-224', 'sha3-512']
const nodeName = (hash: string) => hash.replace('sha2-', 'sha')

describe('a signature of transit', () => {
  it('is valid for its input, version and way of signing, and for no other input', async (t) => {
    const { write } = await startTransit(t)
    for (const type of signing) {
      await write(`keys/${type}`, { type })
      await write(`keys/${type}/rotate`)
    }
    const options = fc.record({
      hash_algorithm: fc.constantFrom(...hashes),
      signature_algorithm: fc.constantFrom('pss', 'pkcs1v15'),
      marshaling_algorithm: fc.constantFrom('asn1', 'jws'),
      salt_length: fc.constantFrom('auto', 'hash', '7', '-1', '0'),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...signing),
        fc.constantFrom(1, 2),
        fc.uint8Array({ maxLength: 60 }),
        options,
        fc.boolean(),
        async (name, version, message, how, prehashed) => {
          const input = base64(message)
          const digest = createHash(nodeName(how.hash_algorithm)).update(message).digest('base64')
          const signs =
            prehashed && name !== 'ed25519' ? { ...how, prehashed, input: digest } : { ...how, input }
          const { signature, key_version } = await write(`sign/${name}`, { ...signs, key_version: version })
          assert.equal(key_version, version)
          assert.ok(String(signature).startsWith(`vault:v${version}:`))
          const valid = async (fields: JsonObject) =>
            (await write(`verify/${name}`, { signature: signature ?? '', ...how, ...fields })).valid
          assert.equal(await valid({ input }), true)
          if (name !== 'ed25519') assert.equal(await valid({ input: digest, prehashed: true }), true)
          assert.equal(await valid({ input: base64([...message, 1] as unknown as Uint8Array) }), false)
        },
      ),
      { numRuns: 120 },
    )
  })

  it('is checked by others with the public key that the key shows', async (t) => {
    const { read, write } = await startTransit(t)
    const message = Buffer.from('hello')
    for (const type of signing) {
      await write(`keys/${type}`, { type })
      const { signature } = await write(`sign/${type}`, {
        input: base64('hello'),
        signature_algorithm: 'pkcs1v15',
      })
      const { keys } = await read(`export/public-key/${type}`, { format: 'pem' })
      const key = createPublicKey((keys as Record<string, string>)['1'] ?? '')
      const bytes = Buffer.from(String(signature).slice('vault:v1:'.length), 'base64')
      assert.equal(verify(type === 'ed25519' ? null : 'sha256', message, key, bytes), true, type)
    }
  })

  it('of a derived key is one of its context, whose public key the key shows', async (t) => {
    const { read, refusal, write } = await startTransit(t)
    await write('keys/k', { type: 'ed25519', derived: true })
    const context = base64('c')
    const signed = await write('sign/k', { input: 'AA==', context })
    const { keys } = await read('keys/k', { context })
    assert.equal((keys as Record<string, JsonObject>)['1']?.public_key, signed.public_key)
    assert.match(await refusal('sign/k', { input: 'AA==' }), /missing 'context'/)
    const { keys: bare } = await read('keys/k')
    assert.equal((bare as Record<string, JsonObject>)['1']?.public_key, '')
  })

  it('that has no form of one is refused, and one that is wrong is not valid', async (t) => {
    const { refusal, write } = await startTransit(t)
    await write('keys/k', { type: 'ecdsa-p256' })
    await write('keys/e', { type: 'ed25519' })
    const input = 'AA=='
    for (const [signature, text] of [
      ['x', /invalid signature: no prefix/],
      ['vault:v1', /invalid signature: wrong number of fields/],
      ['vault:vx:', /version number could not be decoded/],
      ['vault:v2:AAAA', /version is too new/],
      ['vault:v0:AAAA', /too old/],
      ['vault:v1:!', /invalid base64 signature value/],
      ['vault:v1:AAAA', /supplied signature is invalid/],
      [`vault:v1:${base64(Buffer.from('3006020101020101ff', 'hex'))}`, /contains extra data/],
    ] as const) {
      assert.match(await refusal('verify/k', { input, signature }), text, signature)
    }
    const wrong = [
      base64(Buffer.from('3006020101020101', 'hex')),
      base64(Buffer.from('3006020100020100', 'hex')),
    ]
    for (const text of wrong) {
      assert.equal((await write('verify/k', { input, signature: `vault:v1:${text}` })).valid, false)
    }
    assert.equal((await write('verify/e', { input, signature: 'vault:v1:AAAA' })).valid, false)
    const jws = { input, marshaling_algorithm: 'jws' }
    assert.equal((await write('verify/k', { ...jws, signature: 'vault:v1:AAAA' })).valid, false)
    assert.match(await refusal('verify/k', { ...jws, signature: 'vault:v1:A+==' }), /invalid base64/)
  })

  it('needs ways of signing that there are', async (t) => {
    const { refusal, write } = await startTransit(t)
    await write('keys/r', { type: 'rsa-2048' })
    const input = base64('x')
    for (const [fields, text] of [
      [{ hash_algorithm: 'none' }, /requires both prehashed=true/],
      [{ hash_algorithm: '__proto__' }, /invalid hash algorithm/],
      [{ signature_algorithm: 'raw' }, /unsupported rsa signature algorithm/],
      [{ salt_length: 'much' }, /neither 'auto', 'hash', nor an int/],
      [{ salt_length: '-2' }, /salt length is invalid/],
      [{ salt_length: '223' }, /requested salt length 223 is invalid/],
      [{ prehashed: true }, /input must be hashed message/],
      [{ key_version: 2 }, /higher than the latest key version/],
      [{ key_version: -1 }, /is negative/],
    ] as const) {
      assert.match(await refusal('sign/r', { input, ...fields }), text)
    }
    await write('sign/r', { input, salt_length: '222' })
    await write('sign/r', { input, hash_algorithm: 'none', prehashed: true, signature_algorithm: 'pkcs1v15' })
  })

  it('or an HMAC is checked, one kind in a request', async (t) => {
    const { refusal, write } = await startTransit(t)
    await write('keys/k', { type: 'ecdsa-p256' })
    const input = 'AA=='
    const signature = 'vault:v1:AAAA'
    const hmac = 'vault:v1:AAAA'
    for (const [fields, text] of [
      [{ input }, /neither a 'signature' nor an 'hmac'/],
      [{ input, signature, hmac }, /provide one of/],
      [{ batch_input: [{ input }] }, /no batch_input elements have/],
      [
        {
          batch_input: [
            { input, signature },
            { input, hmac },
          ],
        },
        /must all provide/,
      ],
      [{ batch_input: [{ input, signature }, { input }] }, /are missing 'signature'/],
      [{ batch_input: [{ input, hmac }, { input }] }, /are missing 'hmac'/],
    ] as const) {
      assert.match(await refusal('verify/k', fields as unknown as JsonObject), text)
    }
  })
})

describe('an HMAC of transit', () => {
  it('is that of its version and hash, for every type of key', async (t) => {
    const { write } = await startTransit(t)
    const types = ['hmac', 'aes256-gcm96', 'ed25519', 'rsa-2048']
    for (const type of types) {
      await write(`keys/${type}`, { type })
      await write(`keys/${type}/rotate`)
    }
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...types),
        fc.constantFrom(1, 2),
        fc.constantFrom(...hashes),
        fc.uint8Array({ maxLength: 40 }),
        async (name, version, algorithm, message) => {
          const input = base64(message)
          const { hmac } = await write(`hmac/${name}`, { input, algorithm, key_version: version })
          const valid = async (fields: JsonObject) => (await write(`verify/${name}`, fields)).valid
          assert.equal(await valid({ input, hmac: hmac ?? '', algorithm }), true)
          const other = String(hmac).replace(`v${version}`, `v${3 - version}`)
          assert.equal(await valid({ input, hmac: other, algorithm }), false)
          assert.equal(await valid({ input, hmac: `vault:v${version}:`, algorithm }), false)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is neither made nor checked by versions that are too old', async (t) => {
    const { refusal, write } = await startTransit(t)
    await write('keys/k')
    const { hmac } = await write('hmac/k', { input: '' })
    await write('keys/k/rotate')
    await write('keys/k/config', { min_encryption_version: 2 })
    assert.match(await refusal('hmac/k', { input: '', key_version: 1 }), /version is too old/)
    await write('keys/k/config', { min_decryption_version: 2 })
    assert.match(await refusal('verify/k', { input: '', hmac: hmac ?? '' }), /version is too old/)
    assert.match(await refusal('hmac/k', { input: '', key_version: 3 }), /latest key version is 2/)
    assert.match(await refusal('hmac/k', { input: '', algorithm: 'md5' }), /unsupported algorithm "md5"/)
  })
})

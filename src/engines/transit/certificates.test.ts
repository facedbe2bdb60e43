import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import { describe, it } from 'node:test'
import { certificateOf } from '../../../test/support/transit.ts'
import { startTransit } from '../../../test/support/transit-mount.ts'
import type { JsonObject } from '../../base/json/json.ts'

const parse = async (pem: unknown) => {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  return new x509.Pkcs10CertificateRequest(String(pem))
}

describe('a certificate request', () => {
  it('is signed by the key, for every type that signs, with the subject and extensions of a template', async (t) => {
    const { read, write } = await startTransit(t)
    await import('reflect-metadata')
    const x509 = await import('@peculiar/x509')
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
    const template = await x509.Pkcs10CertificateRequestGenerator.create({
      name: 'CN=alice',
      keys: await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']),
      signingAlgorithm: algorithm,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'alice.example.org' }])],
    })
    for (const type of ['ecdsa-p256', 'ecdsa-p384', 'ecdsa-p521', 'ed25519', 'rsa-2048']) {
      await write(`keys/${type}`, { type })
      const empty = await parse((await write(`keys/${type}/csr`)).csr)
      assert.equal(empty.subject, '')
      const request = await parse((await write(`keys/${type}/csr`, { csr: template.toString('pem') })).csr)
      assert.equal(await request.verify(), true, type)
      assert.equal(request.subject, 'CN=alice')
      assert.equal(request.extensions.length, 1)
      const { keys } = await read(`export/public-key/${type}`, { format: 'der' })
      assert.equal(
        Buffer.from(request.publicKey.rawData).toString('base64'),
        (keys as Record<string, string>)['1'],
      )
    }
  })

  it('is made by no other key, and from no other text', async (t) => {
    const { refusal, write } = await startTransit(t)
    await write('keys/k')
    await write('keys/d', { type: 'ed25519', derived: true })
    await write('keys/e', { type: 'ed25519' })
    assert.match(await refusal('keys/k/csr'), /does not support signing/)
    assert.match(await refusal('keys/d/csr'), /derivation enabled/)
    assert.match(await refusal('keys/none/csr'), /not found/)
    assert.match(await refusal('keys/e/csr', { version: 2 }), /no such key version/)
    for (const csr of ['x', '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----']) {
      assert.match(await refusal('keys/e/csr', { csr }), /could not decode PEM CSR/)
    }
  })
})

describe('the certificates of a key', () => {
  it('are kept with it when the first is its own', async (t) => {
    const { read, refusal, write } = await startTransit(t)
    for (const name of ['a', 'b']) await write(`keys/${name}`, { type: 'ecdsa-p256' })
    const { keys } = await read('export/public-key/a')
    const pem = await certificateOf('P-256', (keys as Record<string, string>)['1'] ?? '')
    await write('keys/a/set-certificate', { certificate_chain: pem })
    const view = ((await read('keys/a')).keys as Record<string, JsonObject>)['1']
    assert.equal(view?.certificate_chain, pem.trim())
    assert.deepEqual((await read('export/certificate-chain/a')).keys, { '1': pem.trim() })
    for (const [name, chain, text] of [
      ['b', pem, /does not match/],
      ['a', pem + pem, /no certificate of an authority/],
      ['a', 'x', /did not contain any valid PEM/],
      ['a', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', /could not parse/],
    ] as const) {
      assert.match(await refusal(`keys/${name}/set-certificate`, { certificate_chain: chain }), text)
    }
  })
})

describe('a key of two sides', () => {
  it('is the same on both', async (t) => {
    const { read, write } = await startTransit(t)
    for (const type of ['ecdsa-p256', 'ecdsa-p384', 'ecdsa-p521']) {
      for (const [own, other] of [
        ['a', 'b'],
        ['b', 'a'],
      ]) {
        for (const name of [own, other]) await write(`keys/${name}-${type}`, { type })
        const { keys } = await read(`export/public-key/${other}-${type}`)
        await write(`derive-key/by-${own}-${type}`, {
          base_key_name: `${own}-${type}`,
          peer_public_key: (keys as Record<string, string>)['1'] ?? '',
        })
      }
      const { ciphertext = '' } = await write(`encrypt/by-a-${type}`, { plaintext: 'AA==' })
      assert.equal((await write(`decrypt/by-b-${type}`, { ciphertext })).plaintext, 'AA==')
    }
  })

  it('needs a base and a peer on one curve, and a name that is free', async (t) => {
    const { read, refusal, write } = await startTransit(t)
    await write('keys/p', { type: 'ecdsa-p256' })
    await write('keys/q', { type: 'ecdsa-p384' })
    await write('keys/k')
    const publicOf = async (name: string) =>
      ((await read(`export/public-key/${name}`)).keys as Record<string, string>)['1'] ?? ''
    const peer_public_key = await publicOf('p')
    for (const [fields, text] of [
      [{ base_key_name: 'p' }, /peer public key not provided/],
      [{ base_key_name: 'p', peer_public_key: 'x' }, /failed to parse/],
      [{ base_key_name: 'q', peer_public_key }, /does not match peer public key curve/],
      [{ base_key_name: 'k', peer_public_key }, /does not support key agreement/],
      [{ base_key_name: 'none', peer_public_key }, /base key not found/],
      [{ base_key_name: '../p', peer_public_key }, /base key not found/],
      [{ base_key_name: 'p', peer_public_key, base_key_version: 2 }, /higher than/],
      [{ base_key_name: 'p', peer_public_key, derived_key_type: 'rsa-2048' }, /unknown key type/],
      [{ base_key_name: 'p', peer_public_key, key_derivation_algorithm: 'x' }, /not supported/],
    ] as const) {
      assert.match(await refusal('derive-key/new', fields), text)
    }
    assert.match(await refusal('derive-key/k', { base_key_name: 'p', peer_public_key }), /already exists/)
  })
})

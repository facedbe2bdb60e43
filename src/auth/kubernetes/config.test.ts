import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { mountForTests } from '../../backend/mount-for-tests.ts'
import { manualClock } from '../../base/clock.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { kubernetes } from './backend.ts'

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = String(publicKey.export({ type: 'spki', format: 'pem' })).trim()
// Node's type names more than what an EC key has, and all of it is JSON.
const jwk = publicKey.export({ format: 'jwk' }) as JsonObject
const host = { kubernetes_host: 'https://k8s.example.org:6443' }

function setUp() {
  const mount = mountForTests(kubernetes(), manualClock())
  const read = async () => (await mount.call('read', 'config')).data as JsonObject
  const write = (fields: JsonObject) => mount.write('config', { ...host, ...fields })
  const refused = async (fields: JsonObject, message: string | RegExp) => {
    await assert.rejects(write(fields), { code: 'invalid_request', message })
    await assert.rejects(read(), { code: 'not_found' }, 'something was stored')
  }
  return { read, write, refused }
}

describe('the configuration of an API server', () => {
  it('is read back with its defaults', async () => {
    const { read, write } = setUp()
    await assert.rejects(read(), { code: 'not_found' })
    assert.deepEqual(await write({}), {})
    assert.deepEqual(await read(), {
      kubernetes_host: host.kubernetes_host,
      kubernetes_ca_cert: '',
      pem_keys: [],
      issuer: '',
      disable_iss_validation: true,
      disable_local_ca_jwt: false,
      token_reviewer_jwt_set: false,
      use_annotations_as_alias_metadata: false,
    })
  })
  it('never shows the token of the reviewer', async () => {
    const { read, write } = setUp()
    await write({ token_reviewer_jwt: ' very-secret\n' })
    assert.equal((await read()).token_reviewer_jwt_set, true)
    assert.doesNotMatch(JSON.stringify(await read()), /very-secret/)
  })
  it('is replaced as a whole by a write', async () => {
    const { read, write } = setUp()
    await write({ token_reviewer_jwt: 'x', pem_keys: pem, issuer: 'me', disable_iss_validation: false })
    const { pem_keys: keys, issuer, disable_iss_validation: anyIssuer } = await read()
    assert.deepEqual([keys, issuer, anyIssuer], [[pem], 'me', false])
    await write({})
    assert.deepEqual(
      [(await read()).pem_keys, (await read()).issuer, (await read()).token_reviewer_jwt_set],
      [[], '', false],
    )
  })
  it('takes a URL or a host, over https unless it is this machine', async () => {
    const { read, write } = setUp()
    for (const good of [
      'k8s.example.org',
      'k8s.example.org:6443',
      'https://k8s.example.org/prefix',
      'http://localhost:8001',
      'http://127.0.0.1',
      'http://[::1]:8001',
    ]) {
      await write({ kubernetes_host: good })
      assert.equal((await read()).kubernetes_host, good)
    }
  })
  it('refuses what is no address, has credentials or sends tokens in clear', async () => {
    const { refused } = setUp()
    await refused({ kubernetes_host: '' }, 'no host provided')
    for (const bad of ['https://', 'https://u:p@k8s', 'https://k8s?a=b', 'https://k8s#a', 'a b']) {
      await refused({ kubernetes_host: bad }, "'kubernetes_host' is no host and no URL of an API server")
    }
    for (const bad of ['http://k8s', 'http://127.0.0.1.example.org', 'ftp://localhost', 'file:///etc']) {
      await refused({ kubernetes_host: bad }, /'kubernetes_host' must be https/)
    }
    await refused({ kubernetes_host: `https://${'a'.repeat(2048)}` }, /kubernetes_host/)
  })
  it('takes public keys, as PEM and as a key set, an object or a text', async () => {
    const { read, write } = setUp()
    await write({ pem_keys: [`${pem}\n`] })
    assert.deepEqual((await read()).pem_keys, [pem])
    for (const set of [{ keys: [jwk] }, JSON.stringify({ keys: [jwk] })]) {
      await write({ local_jwks: set })
      assert.equal((await read()).local_jwks, JSON.stringify({ keys: [jwk] }))
    }
  })
  it('refuses keys that are none, secret or weak', async () => {
    const { refused } = setUp()
    const secret = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
    const other = generateKeyPairSync('ed25519').publicKey
    const text = (key: typeof publicKey) => String(key.export({ type: 'spki', format: 'pem' }))
    await refused({ pem_keys: 'x' }, /does not contain any valid public keys/)
    await refused({ pem_keys: [pem, pem.replace('MFk', 'MFx')] }, /does not contain any valid public keys/)
    await refused({ pem_keys: secret }, /holds a private key/)
    await refused({ pem_keys: text(weak) }, /only RSA keys of at least 2048 bits/)
    await refused({ pem_keys: text(other) }, /only RSA keys of at least 2048 bits/)
    for (const set of [{}, [], { keys: [] }, { keys: {} }]) {
      await refused({ local_jwks: set }, /'local_jwks' is no JSON Web Key Set with keys/)
    }
    await refused({ local_jwks: { keys: ['x'] } }, /holds something that is no key/)
    await refused({ local_jwks: { keys: [{ ...jwk, d: 'x' }] } }, /holds a secret key/)
    await refused({ local_jwks: { keys: [{ kty: 'EC' }] } }, /does not contain any valid public keys/)
    await refused({ local_jwks: { keys: Array(101).fill(jwk) } }, /there are more than 100/)
  })
  it('refuses settings that leave nothing to trust', async () => {
    const { read, write, refused } = setUp()
    await refused({ disable_local_ca_jwt: true }, /kubernetes_ca_cert must be given/)
    await refused({ token_reviewer_jwt: 'a b' }, "'token_reviewer_jwt' is no token")
    await refused({ disable_token_review: true }, "'disable_token_review' needs 'pem_keys' or 'local_jwks'")
    const alone = { disable_token_review: true, pem_keys: pem }
    await refused({ ...alone, use_annotations_as_alias_metadata: true }, /needs the API server/)
    await write(alone)
    assert.equal((await read()).disable_token_review, true)
  })
  it('warns of an authority that is no certificate', async () => {
    const { write } = setUp()
    const { warnings } = await write({ kubernetes_ca_cert: 'x', disable_local_ca_jwt: true })
    assert.match(String(warnings), /kubernetes_ca_cert holds no PEM certificate/)
  })
})

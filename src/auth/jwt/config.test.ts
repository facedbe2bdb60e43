import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { manualClock } from '../../base/clock.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { mountForTests } from './mount-for-tests.ts'
import { ecKey, jwkOf, rsaKey } from './tokens-for-tests.ts'

const oneSource =
  "exactly one of 'jwt_validation_pubkeys', 'jwks_url', 'jwks_pairs', 'oidc_discovery_url', or 'provider_config' must be set"

async function setUp() {
  const issuer = 'https://aai.example.org/realms/x'
  const keySet = { keys: [await jwkOf(rsaKey, 'one')] } as unknown as JsonObject
  const documents = new Map<string, JsonObject>([
    [`${issuer}/.well-known/openid-configuration`, { issuer, jwks_uri: `${issuer}/keys` }],
    [`${issuer}/keys`, keySet],
  ])
  const fetch = async (url: URL) => documents.get(url.href) ?? fail('provider_failed', `${url.href} is down`)
  const mount = mountForTests(manualClock(), { fetch })
  const refused = (fields: JsonObject, message: string | RegExp) =>
    assert.rejects(mount.write('config', fields), { code: 'invalid_request', message })
  return { mount, issuer, documents, refused }
}

const keys = [rsaKey.pem]

describe('the configuration', () => {
  it('is not found before it was written', async () => {
    const { mount } = await setUp()
    await assert.rejects(mount.call('read', 'config'), { code: 'not_found' })
  })
  it('is read back with its defaults', async () => {
    const { mount } = await setUp()
    assert.deepEqual(await mount.write('config', { jwt_validation_pubkeys: keys }), {})
    assert.deepEqual((await mount.call('read', 'config')).data, {
      bound_issuer: '',
      default_role: '',
      groups_from_userinfo: false,
      jwks_ca_pem: '',
      jwks_pairs: [],
      jwks_url: '',
      jwt_supported_algs: [],
      jwt_validation_pubkeys: [rsaKey.pem.trim()],
      namespace_in_state: true,
      oidc_client_id: '',
      oidc_discovery_ca_pem: '',
      oidc_discovery_url: '',
      oidc_response_mode: '',
      oidc_response_types: [],
      provider_config: {},
      status: 'valid',
    })
  })
  it('never shows the client secret', async () => {
    const { mount, issuer } = await setUp()
    const secret = { oidc_client_id: 'me', oidc_client_secret: 'very-secret' }
    await mount.write('config', { oidc_discovery_url: issuer, ...secret })
    assert.doesNotMatch(JSON.stringify(await mount.call('read', 'config')), /very-secret/)
  })
  it('is replaced as a whole by a write', async () => {
    const { mount } = await setUp()
    await mount.write('config', {
      jwt_validation_pubkeys: keys,
      default_role: 'R',
      namespace_in_state: false,
    })
    await mount.write('config', { jwt_validation_pubkeys: [ecKey.pem], bound_issuer: 'x' })
    const { data } = await mount.call('read', 'config')
    const { default_role, bound_issuer, namespace_in_state } = data as JsonObject
    assert.deepEqual([default_role, bound_issuer, namespace_in_state], ['', 'x', false])
  })
  it('needs exactly one source of keys', async () => {
    const { refused } = await setUp()
    await refused({}, oneSource)
    await refused({ jwt_validation_pubkeys: keys, jwks_url: 'http://127.0.0.1:1/keys' }, oneSource)
    await refused({ jwt_validation_pubkeys: [], oidc_discovery_url: '' }, oneSource)
  })
  it('is refused when a key cannot be read', async () => {
    const { refused } = await setUp()
    const message = 'error parsing public key: data does not contain any valid public keys'
    await refused({ jwt_validation_pubkeys: ['not a key'] }, message)
  })
  it('asks the provider before it is stored', async () => {
    const { mount, issuer, documents, refused } = await setUp()
    await mount.write('config', { oidc_discovery_url: issuer })
    await mount.write('config', { jwks_url: `${issuer}/keys` })
    documents.clear()
    await refused({ oidc_discovery_url: issuer }, /^error checking oidc discovery URL: .* is down$/)
    await refused({ jwks_url: `${issuer}/keys` }, /^error checking jwks URL: .* is down$/)
    const { data } = await mount.call('read', 'config')
    assert.equal((data as JsonObject).jwks_url, `${issuer}/keys`, 'the one before stays')
  })
  it('is stored without the provider where the operator says so', async () => {
    const { mount, issuer } = await setUp()
    const sent = { jwks_url: `${issuer}/elsewhere`, skip_jwks_validation: true }
    const { warnings } = await mount.write('config', sent)
    assert.match(warnings?.[0] ?? '', /^error checking jwks URL: .* is down$/)
    const reply = await mount.call('read', 'config')
    assert.equal((reply.data as JsonObject).status, 'invalid')
    assert.match(reply.warnings?.[0] ?? '', /^the keys cannot be had/)
  })
  it('takes several key sets', async () => {
    const { mount, issuer, refused } = await setUp()
    const pairs = [{ jwks_url: `${issuer}/keys` }]
    await mount.write('config', { jwks_pairs: pairs })
    const { data } = await mount.call('read', 'config')
    assert.deepEqual((data as JsonObject).jwks_pairs, [{ jwks_url: `${issuer}/keys`, jwks_ca_pem: '' }])
    await refused({ jwks_pairs: 'x' }, /must be a list/)
    await refused({ jwks_pairs: [{}] }, /must hold jwks_url/)
    await refused({ jwks_pairs: Array(21).fill(pairs[0]) }, /at most 20/)
  })
  it('is refused when its parts do not go together', async () => {
    const { refused, issuer } = await setUp()
    const plain = { jwt_validation_pubkeys: keys }
    const cases: [JsonObject, string | RegExp][] = [
      [
        { ...plain, jwt_supported_algs: ['HS256'] },
        'invalid jwt_supported_algs: unsupported signing algorithm "HS256"',
      ],
      [
        { ...plain, jwt_supported_algs: 'none' },
        'invalid jwt_supported_algs: unsupported signing algorithm "none"',
      ],
      [
        { ...plain, oidc_client_id: 'x' },
        "both 'oidc_client_id' and 'oidc_client_secret' must be set for OIDC",
      ],
      [
        { ...plain, oidc_client_id: 'x', oidc_client_secret: 'y' },
        "'oidc_discovery_url' must be set for OIDC",
      ],
      [
        { ...plain, groups_from_userinfo: true },
        "'oidc_discovery_url' must be set for 'groups_from_userinfo'",
      ],
      [{ ...plain, oidc_response_mode: 'x' }, 'invalid response_mode: "x"'],
      [
        { ...plain, oidc_response_types: 'x' },
        "invalid response_types [x]. 'code' and 'id_token' are allowed",
      ],
      [{ ...plain, oidc_response_types: 'id_token' }, /^query response_mode may not be used/],
      [
        { ...plain, provider_config: { provider: 'odd' } },
        'invalid provider_config: provider "odd" not found in custom providers',
      ],
      [
        { oidc_discovery_url: `${issuer}/.well-known/openid-configuration` },
        "'oidc_discovery_url' contains '.well-known' component",
      ],
      [{ oidc_discovery_url: 'http://aai.example.org' }, /^'oidc_discovery_url' must begin with https:/],
      [{ jwks_url: 'file:///etc/passwd' }, /^'jwks_url' must begin with https:/],
      [{ jwks_url: `${issuer}/keys`, jwks_ca_pem: 'junk' }, /^error checking jwks_ca_pem/],
      [
        { oidc_discovery_url: issuer, oidc_discovery_ca_pem: rsaKey.pem },
        /^error checking oidc_discovery_ca_pem/,
      ],
    ]
    for (const [fields, message] of cases) await refused(fields, message)
  })
})

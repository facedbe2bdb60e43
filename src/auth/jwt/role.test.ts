import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { manualClock } from '../../base/clock.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { mountForTests } from './mount-for-tests.ts'

const plain = { role_type: 'jwt', user_claim: 'sub', bound_audiences: ['coffer'] }

function setUp() {
  const mount = mountForTests(manualClock())
  const read = async (name: string) => (await mount.call('read', `role/${name}`)).data as JsonObject
  const refused = (fields: JsonObject, message: string | RegExp) =>
    assert.rejects(mount.write('role/r', fields), { code: 'invalid_request', message })
  return { mount, read, refused }
}

describe('a role', () => {
  it('is read back with its defaults', async () => {
    const { mount, read } = setUp()
    assert.deepEqual(
      await mount.write('role/r', { ...plain, bound_audiences: 'one,two', token_policies: 'p1' }),
      {},
    )
    assert.deepEqual(await read('r'), {
      allowed_redirect_uris: null,
      bound_audiences: ['one', 'two'],
      bound_claims: null,
      bound_claims_type: 'string',
      bound_subject: '',
      claim_mappings: null,
      clock_skew_leeway: 0,
      entitlement_authorities: [],
      entitlement_namespaces: [],
      expiration_leeway: 0,
      groups_claim: '',
      groups_format: 'plain',
      max_age: 0,
      not_before_leeway: 0,
      oidc_scopes: null,
      role_type: 'jwt',
      token_bound_cidrs: [],
      token_explicit_max_ttl: 0,
      token_max_ttl: 0,
      token_no_default_policy: false,
      token_num_uses: 0,
      token_period: 0,
      token_policies: ['p1'],
      token_ttl: 0,
      token_type: 'default',
      user_claim: 'sub',
      user_claim_json_pointer: false,
      verbose_oidc_logging: false,
    })
  })
  it('keeps what a later write does not give', async () => {
    const { mount, read } = setUp()
    const first = { bound_subject: 'alice', token_ttl: '5m', not_before_leeway: '1h', expiration_leeway: -1 }
    await mount.write('role/r', { ...plain, ...first })
    await mount.write('role/r', { role_type: 'jwt', token_ttl: '6m' })
    const role = await read('r')
    assert.deepEqual(
      [
        role.bound_subject,
        role.bound_audiences,
        role.token_ttl,
        role.not_before_leeway,
        role.expiration_leeway,
      ],
      ['alice', ['coffer'], 360, 3_600, -1],
    )
  })
  it('is listed, read and deleted by name, whatever the case of its letters', async () => {
    const { mount } = setUp()
    await assert.rejects(mount.call('list', 'role'), { code: 'not_found' })
    await mount.write('role/bee', plain)
    await mount.write('role/ANT', plain)
    assert.deepEqual((await mount.call('list', 'role')).data, { keys: ['ant', 'bee'] })
    assert.ok((await mount.call('read', 'role/Ant')).data)
    await mount.call('delete', 'role/ant')
    await mount.call('delete', 'role/ant')
    await assert.rejects(mount.call('read', 'role/ant'), { code: 'not_found' })
  })
  it('has a name of letters, digits and a few marks', async () => {
    const { mount } = setUp()
    for (const name of ['a', 'a.b-c_d', 'x'.repeat(128)]) await mount.write(`role/${name}`, plain)
    for (const name of ['a b', 'a%2F', '-a', 'a.', 'é', 'x'.repeat(129)]) {
      await assert.rejects(mount.write(`role/${name}`, plain), { code: 'unsupported_path' }, name)
    }
  })
  it('shows older names of token settings where they were written', async () => {
    const { mount, read } = setUp()
    await mount.write('role/r', { ...plain, policies: ['old'], ttl: '5m', num_uses: 2 })
    const role = await read('r')
    assert.deepEqual([role.policies, role.ttl, role.num_uses, role.period], [['old'], 300, 2, undefined])
    assert.deepEqual([role.token_policies, role.token_ttl, role.token_num_uses], [['old'], 300, 2])
    await mount.write('role/r', { role_type: 'jwt', token_ttl: '6m' })
    assert.deepEqual([(await read('r')).ttl, (await read('r')).policies], [undefined, ['old']])
  })
  it('needs a user claim and at least one bound', async () => {
    const { mount, refused } = setUp()
    await refused({ role_type: 'jwt', bound_audiences: 'x' }, 'a user claim must be defined on the role')
    const unbound = 'must have at least one bound constraint when creating/updating a role'
    await refused({ role_type: 'jwt', user_claim: 'sub' }, unbound)
    await refused({ role_type: 'jwt', user_claim: 'sub', bound_claims: {} }, unbound)
    for (const bound of [
      { bound_subject: 'a' },
      { bound_claims: { a: 'b' } },
      { token_bound_cidrs: '127.0.0.1' },
    ]) {
      await mount.write('role/r', { role_type: 'jwt', user_claim: 'sub', ...bound, bound_audiences: [] })
      await mount.call('delete', 'role/r')
    }
  })
  it('is for logins in a browser unless it says otherwise, and then needs to know where they come back to', async () => {
    const { mount, refused } = setUp()
    const { role_type: _type, ...untyped } = plain
    await refused(untyped, "'allowed_redirect_uris' must be set if 'role_type' is 'oidc' or unspecified.")
    await mount.write('role/r', { ...untyped, allowed_redirect_uris: 'https://x.example/callback' })
  })
  it('is refused when a setting is unknown or does not fit', async () => {
    const { refused } = setUp()
    const cases: [JsonObject, string | RegExp][] = [
      [{ role_type: 'strange' }, "invalid 'role_type': strange"],
      [{ bound_claims_type: 'odd' }, "invalid 'bound_claims_type': odd"],
      [{ bound_claims_type: 'glob', bound_claims: { x: 5 } }, 'claim is not a string: 5'],
      [{ bound_claims_type: 'glob', bound_claims: { x: ['a', true] } }, 'claim is not a string: true'],
      [{ bound_claims: 'x' }, /"bound_claims"/],
      [
        { claim_mappings: { a: 'role' } },
        'metadata key "role" is reserved and may not be a mapping destination',
      ],
      [{ claim_mappings: { a: 'b', c: 'b' } }, 'multiple keys are mapped to metadata key "b"'],
      [{ expiration_leeway: 'x' }, /parsing "x": invalid syntax/],
      [{ max_age: -1 }, "'max_age' cannot be negative"],
      [{ token_ttl: '2h', token_max_ttl: '1h' }, "'token_ttl' cannot be greater than 'token_max_ttl'"],
      [
        { token_period: '9999h' },
        `'period' of '"9999h0m0s"' is greater than the backend's maximum lease TTL of '"768h0m0s"'`,
      ],
      [{ groups_format: 'odd' }, "invalid 'groups_format': odd"],
      [
        { groups_format: 'entitlements' },
        "'entitlement_namespaces' must be set if 'groups_format' is 'entitlements'",
      ],
      [{ entitlement_namespaces: 'egi.eu' }, /holds "egi.eu", which is no URN namespace/],
    ]
    for (const [fields, message] of cases) await refused({ ...plain, ...fields }, message)
  })
  it('stays refused when a later write makes an earlier setting wrong', async () => {
    const { mount, refused } = setUp()
    await mount.write('role/r', { ...plain, bound_claims: { n: 5 } })
    await refused({ role_type: 'jwt', bound_claims_type: 'glob' }, 'claim is not a string: 5')
  })
  it('warns of what has no effect', async () => {
    const { mount } = setUp()
    const long = await mount.write('role/r', { ...plain, token_max_ttl: '9999h' })
    assert.match(long.warnings?.[0] ?? '', /^token max ttl is greater than/)
    const verbose = await mount.write('role/s', { ...plain, verbose_oidc_logging: true })
    assert.match(verbose.warnings?.[0] ?? '', /^verbose_oidc_logging has no effect/)
  })
  it('bounds the renewals of its tokens as long as it is there', async () => {
    const { mount } = setUp()
    await mount.write('role/r', { ...plain, token_ttl: 600, token_max_ttl: 1_200 })
    assert.deepEqual(await mount.renew('r'), { ttl: 600, maxTtl: 1_200, period: 0 })
    await mount.call('delete', 'role/r')
    await assert.rejects(mount.renew('r'), {
      message: 'failed to renew entry: role r does not exist during renewal',
    })
  })
})

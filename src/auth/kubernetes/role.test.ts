import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mountForTests } from '../../backend/mount-for-tests.ts'
import { manualClock } from '../../base/clock.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { kubernetes } from './backend.ts'

const bound = { bound_service_account_names: 'web,job-*', bound_service_account_namespaces: 'shop' }

function setUp() {
  const mount = mountForTests(kubernetes(), manualClock())
  const read = async (name = 'r') => (await mount.call('read', `role/${name}`)).data as JsonObject
  const refused = async (fields: JsonObject, message: string | RegExp) => {
    await assert.rejects(mount.write('role/r', fields), { code: 'invalid_request', message })
    await assert.rejects(read(), { code: 'not_found' }, 'something was stored')
  }
  return { mount, read, refused }
}

describe('a role for service accounts', () => {
  it('is read back with its defaults', async () => {
    const { mount, read } = setUp()
    assert.deepEqual(await mount.write('role/r', { ...bound, token_policies: 'p1' }), {})
    assert.deepEqual(await read(), {
      alias_name_source: 'serviceaccount_uid',
      bound_service_account_names: ['web', 'job-*'],
      bound_service_account_namespace_selector: '',
      bound_service_account_namespaces: ['shop'],
      token_bound_cidrs: [],
      token_explicit_max_ttl: 0,
      token_max_ttl: 0,
      token_no_default_policy: false,
      token_num_uses: 0,
      token_period: 0,
      token_policies: ['p1'],
      token_ttl: 0,
      token_type: 'default',
    })
  })
  it('keeps what a later write does not give', async () => {
    const { mount, read } = setUp()
    const selector = '{"matchLabels":{"team":"a"}}'
    await mount.write('role/r', {
      ...bound,
      audience: 'coffer',
      alias_name_source: 'serviceaccount_name',
      bound_service_account_namespace_selector: selector,
      token_ttl: '5m',
    })
    await mount.write('role/r', { bound_service_account_names: ['other'] })
    const role = await read()
    assert.deepEqual(role.bound_service_account_names, ['other'])
    assert.deepEqual(role.bound_service_account_namespaces, ['shop'])
    assert.deepEqual(
      [role.audience, role.alias_name_source, role.bound_service_account_namespace_selector, role.token_ttl],
      ['coffer', 'serviceaccount_name', selector, 300],
    )
  })
  it('is listed, read and deleted by name, whatever the case of its letters', async () => {
    const { mount, read } = setUp()
    await assert.rejects(mount.call('list', 'role'), { code: 'not_found' })
    await mount.write('role/bee', bound)
    await mount.write('role/ANT', bound)
    assert.deepEqual((await mount.call('list', 'role')).data, { keys: ['ant', 'bee'] })
    assert.ok(await read('Ant'))
    await mount.call('delete', 'role/aNT')
    await mount.call('delete', 'role/ant')
    await assert.rejects(read('ant'), { code: 'not_found' })
  })
  it('has a name of letters, digits and a few marks', async () => {
    const { mount } = setUp()
    for (const name of ['a', 'a.b-c_d', 'x'.repeat(128)]) await mount.write(`role/${name}`, bound)
    for (const name of ['a b', '-a', 'a.', 'é', 'x'.repeat(129)]) {
      await assert.rejects(mount.write(`role/${name}`, bound), { code: 'unsupported_path' }, name)
    }
  })
  it('shows older names of token settings where they were written', async () => {
    const { mount, read } = setUp()
    await mount.write('role/r', { ...bound, policies: ['old'], ttl: '5m', num_uses: 2 })
    const role = await read()
    assert.deepEqual([role.policies, role.ttl, role.num_uses, role.period], [['old'], 300, 2, undefined])
    assert.deepEqual([role.token_policies, role.token_ttl, role.token_num_uses], [['old'], 300, 2])
  })
  it('needs names of accounts, and namespaces or a selector of them', async () => {
    const { mount, read, refused } = setUp()
    const names = { bound_service_account_names: 'web' }
    await refused(
      { bound_service_account_namespaces: 'shop' },
      /"bound_service_account_names" can not be empty/,
    )
    await refused(
      { ...bound, bound_service_account_names: '' },
      /"bound_service_account_names" can not be empty/,
    )
    await refused(names, /"bound_service_account_namespaces" can not be empty if/)
    await mount.write('role/r', {
      ...names,
      bound_service_account_namespace_selector: 'matchLabels:\n  team: a',
    })
    assert.deepEqual((await read()).bound_service_account_namespaces, [])
  })
  it('takes all names or all namespaces, and no others beside them', async () => {
    const { mount, refused } = setUp()
    for (const name of ['bound_service_account_names', 'bound_service_account_namespaces']) {
      await refused({ ...bound, [name]: '*,web' }, 'can not mix "*" with values')
    }
    await mount.write('role/r', { bound_service_account_names: '*', bound_service_account_namespaces: '*' })
  })
  it('refuses a selector that is none, or would select everything', async () => {
    const { refused } = setUp()
    for (const selector of [
      '{}',
      '[]',
      'x',
      '{"matchLabels":{}}',
      '{"matchLabels":{"a":1}}',
      '{"matchExpressions":[{"key":"a","operator":"Like","values":["b"]}]}',
      '{"matchExpressions":[{"key":"a","operator":"In","values":[]}]}',
      '{"matchLabels":{"a":"b"},"other":1}',
      '{"matchLabels":',
    ]) {
      const fields = { ...bound, bound_service_account_namespace_selector: selector }
      await refused(fields, 'invalid "bound_service_account_namespace_selector" configured')
    }
    const long = { ...bound, bound_service_account_namespace_selector: 'x'.repeat(16_385) }
    await refused(long, /bound_service_account_namespace_selector/)
  })
  it('names its aliases by the uid or the name of the account', async () => {
    const { mount, read, refused } = setUp()
    await refused(
      { ...bound, alias_name_source: 'serviceaccount' },
      /invalid alias_name_source, must be one of/,
    )
    await mount.write('role/r', { ...bound, alias_name_source: 'serviceaccount_name' })
    await mount.write('role/r', { alias_name_source: '' })
    assert.equal((await read()).alias_name_source, 'serviceaccount_name')
  })
  it('refuses a period beyond the longest TTL of the mount, and warns of a TTL beyond it', async () => {
    const { mount, refused } = setUp()
    await refused(
      { ...bound, token_period: '800h' },
      /token period of '"800h0m0s"' is greater than .* '"768h0m0s"'/,
    )
    const { warnings } = await mount.write('role/r', { ...bound, token_max_ttl: '800h' })
    assert.match(String(warnings), /^max_ttl is greater than/)
  })
  it('refuses what is of another type', async () => {
    const { refused } = setUp()
    for (const [name, value] of [
      ['bound_service_account_names', { a: 1 }],
      ['bound_service_account_namespaces', [['shop']]],
      ['bound_service_account_namespace_selector', { matchLabels: { team: 'a' } }],
      ['audience', ['coffer']],
      ['alias_name_source', { a: 1 }],
      ['token_ttl', 'soon'],
    ] as const) {
      await refused({ ...bound, [name]: value }, /./)
    }
  })
})

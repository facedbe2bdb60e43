// Uses a server through node-vault, as its documentation shows, and prints a line of JSON for each check.
// Installed and run by itself, so that it is the client that its users get. Plain JavaScript for Node 20.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

// The folder that the packages were installed into, beside which no source lies.
const { INSTALLED = '', VAULT_ADDR, VAULT_TOKEN, VAULT_CACERT = '' } = process.env
const nodeVault = createRequire(pathToFileURL(join(INSTALLED, 'package.json')))('node-vault')

const connect = (token = VAULT_TOKEN) =>
  nodeVault({
    endpoint: VAULT_ADDR,
    token,
    requestOptions: { agentOptions: { ca: readFileSync(VAULT_CACERT, 'utf8') } },
  })

/** The status of a refusal. */
async function statusOf(work) {
  try {
    await work
  } catch (error) {
    return error.response?.statusCode
  }
  return undefined
}

const checks = {
  async 'health tells that the server is unsealed'() {
    const health = await connect().health()
    assert.equal(health.sealed, false)
    assert.equal((await connect().initialized()).initialized, true)
  },

  async 'KV version 1 keeps a secret, lists it and deletes it'() {
    const vault = connect()
    await vault.write('kv1/node/a', { value: 'hello', port: 5432 })
    assert.deepEqual((await vault.read('kv1/node/a')).data, { value: 'hello', port: 5432 })
    assert.deepEqual((await vault.list('kv1/node')).data.keys, ['a'])
    await vault.delete('kv1/node/a')
    assert.equal(await statusOf(vault.read('kv1/node/a')), 404)
  },

  async 'KV version 2 keeps versions, and refuses a write for another version'() {
    const vault = connect()
    await vault.write('secret/data/node/a', { data: { v: 'one' } })
    const second = await vault.write('secret/data/node/a', { data: { v: 'two' }, options: { cas: 1 } })
    assert.equal(second.data.version, 2)
    assert.deepEqual((await vault.read('secret/data/node/a')).data.data, { v: 'two' })
    assert.deepEqual((await vault.read('secret/data/node/a?version=1')).data.data, { v: 'one' })
    const late = vault.write('secret/data/node/a', { data: { v: 'late' }, options: { cas: 1 } })
    assert.equal(await statusOf(late), 400)
    await vault.delete('secret/metadata/node/a')
    assert.equal(await statusOf(vault.read('secret/data/node/a')), 404)
  },

  async 'a token is made, looked up, renewed and revoked'() {
    const made = await connect().tokenCreate({ policies: ['default'], ttl: '1h' })
    const vault = connect(made.auth.client_token)
    const { ttl } = (await vault.tokenLookupSelf()).data
    assert.ok(ttl > 3500 && ttl <= 3600, `it lives for ${ttl}`)
    assert.equal((await vault.tokenRenewSelf({ increment: '2h' })).auth.lease_duration, 7200)
    await vault.tokenRevokeSelf()
    assert.equal(await statusOf(vault.tokenLookupSelf()), 403)
  },

  async 'a wrapped answer is opened once'() {
    const vault = connect()
    const wrapped = await vault.write(
      'sys/wrapping/wrap',
      { v: 'x' },
      { headers: { 'X-Vault-Wrap-TTL': '1m' } },
    )
    const open = () => connect(wrapped.wrap_info.token).unwrap()
    assert.deepEqual((await open()).data, { v: 'x' })
    assert.equal(await statusOf(open()), 400)
  },

  async 'AppRole logs a service in'() {
    const vault = connect()
    await vault.addApproleRole({ role_name: 'node', policies: 'reader' })
    const { role_id } = (await vault.getApproleRoleId({ role_name: 'node' })).data
    const { secret_id } = (await vault.getApproleRoleSecret({ role_name: 'node' })).data
    const login = await connect('').approleLogin({ role_id, secret_id })
    assert.deepEqual(login.auth.policies, ['default', 'reader'])
  },

  async 'a user name and a password log a person in'() {
    const password = 'correct horse'
    await connect().write('auth/userpass/users/node', { password, token_policies: 'reader' })
    const login = await connect('').userpassLogin({ username: 'node', password })
    assert.deepEqual(login.auth.policies, ['default', 'reader'])
  },

  async 'transit encrypts and decrypts'() {
    const vault = connect()
    await vault.write('transit/keys/node', {})
    const plaintext = Buffer.from('hello').toString('base64')
    const name = 'node'
    const { ciphertext } = (await vault.encryptData({ name, plaintext })).data
    assert.equal((await vault.decryptData({ name, ciphertext })).data.plaintext, plaintext)
  },

  async 'an engine and a policy are made, seen and removed'() {
    const vault = connect()
    await vault.mount({ mount_point: 'node-made', type: 'kv', description: 'for a moment' })
    assert.equal((await vault.mounts())['node-made/'].description, 'for a moment')
    await vault.unmount({ mount_point: 'node-made' })
    const rules = 'path "kv1/*" { capabilities = ["read"] }'
    await vault.addPolicy({ name: 'node-made', rules })
    assert.equal((await vault.getPolicy({ name: 'node-made' })).rules, rules)
    await vault.removePolicy({ name: 'node-made' })
  },

  async 'a refusal is an error with its status'() {
    assert.equal(await statusOf(connect().write('kv1/node/empty', {})), 400)
    assert.equal(await statusOf(connect('hvs.none').read('kv1/node/none')), 403)
  },
}

for (const [name, check] of Object.entries(checks)) {
  const error = await check().then(
    () => null,
    (failure) => String(failure?.stack ?? failure),
  )
  console.log(JSON.stringify({ name, error }))
}

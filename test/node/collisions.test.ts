import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, type TestContext, test } from 'node:test'
import { rsaKey, signToken } from '../../src/auth/jwt/tokens-for-tests.ts'
import type { Verb } from '../../src/backend/message.ts'
import { chaosStore, type Mischief } from '../../src/storage/contract/chaos.ts'
import { useBrowserLogins, useServiceAccounts } from '../support/federated.ts'
import { type Ask, codeOf, dataOf, startTestNode, type TestNode, tokenOf } from '../support/node.ts'
import { keysOf, sweepAll } from '../support/rows.ts'
import { useTransit } from '../support/transit.ts'

/** Every commit collides twice before it lands, late. */
function colliding(): () => Mischief {
  let at = 0
  return () => (++at % 3 === 0 ? 'delay' : 'conflict')
}

type Visit = { readonly verb: Verb; readonly path: string }

/**
 * Uses every route that changes something, each in a way that succeeds.
 *
 * @param afterwards called with each request that was answered
 * @returns what it asked
 */
async function useEverything(
  server: TestNode,
  afterwards: (verb: Verb, path: string, options: Ask) => Promise<void> = async () => {},
): Promise<Visit[]> {
  const visits: Visit[] = []
  const ask = async (verb: Verb, path: string, options: Ask = {}) => {
    visits.push({ verb, path })
    const reply = await server.ask(verb, path, options)
    assert.equal(codeOf(reply), undefined, `${verb} ${path}: ${String(reply)}`)
    await afterwards(verb, path, options)
    return reply
  }
  const write = (path: string, fields: Ask['fields'] = {}, token?: string) =>
    ask('write', path, { fields, ...(token === undefined ? {} : { token }) })
  const create = async (fields: Ask['fields'] = {}, path = 'auth/token/create') =>
    tokenOf(await write(path, { ttl: '1h', ...fields }))
  const idOf = async (path: string, fields: Ask['fields']) => String(dataOf(await write(path, fields)).id)
  const accessorOf = async (token: string) =>
    String(dataOf(await write('auth/token/lookup', { token })).accessor)
  const leaseOf = async () => {
    const { keys } = dataOf(await server.ask('list', 'sys/leases/lookup/auth/token/create-orphan'))
    return `auth/token/create-orphan/${(keys as string[])[0]}`
  }

  await write('sys/mounts/kv', { type: 'kv' })
  await write('sys/mounts/kv/tune', { description: 'x' })
  await write('kv/a', { v: 1 })
  await write('kv/a', { v: 2 })
  await write('kv/b', { v: 1 })
  await ask('delete', 'kv/b')
  await write('sys/remount', { from: 'kv', to: 'moved' })
  await write('sys/mounts/kv2', { type: 'kv' })
  await write('kv2/a', { v: 1 })
  await write('sys/mounts/kv2/tune', { options: { version: '2' } })
  await write('kv2/config', { max_versions: 3 })
  for (const v of [1, 2]) await write('kv2/data/a', { data: { v } })
  await ask('patch', 'kv2/data/a', { fields: { data: { w: 3 } } })
  for (const change of ['delete', 'undelete', 'destroy']) await write(`kv2/${change}/a`, { versions: [2] })
  await write('kv2/metadata/a', { max_versions: 4 })
  await ask('patch', 'kv2/metadata/a', { fields: { custom_metadata: { owner: 'alice' } } })
  for (const verb of ['write', 'patch', 'delete'] as const) await ask(verb, 'kv2/a')
  await ask('delete', 'kv2/data/a')
  await ask('delete', 'kv2/metadata/a')
  const batch = [{ operation: 'write', path: 'kv2/data/b', data: { data: { v: 1 } } }]
  await write('sys/kv/batch', { requests: batch, atomic: true })
  await write('sys/kv/search', { name: 'b' })
  await write('sys/kv/move', { from: 'kv2/b', to: 'kv2/c' })
  await write('sys/mounts/kv2/tune', { deleted_secrets_ttl: '1h' })
  await ask('delete', 'kv2/metadata/c')
  await write('sys/kv/restore/kv2/c')
  await ask('delete', 'kv2/metadata/c')
  await ask('delete', 'sys/kv/deleted/kv2/c')
  await write('sys/mounts/gone', { type: 'kv' })
  await ask('delete', 'sys/mounts/gone')
  const policy = 'path "kv/*" { capabilities = ["read"] }'
  for (const path of ['sys/policies/acl', 'sys/policy']) {
    await write(`${path}/kept`, { policy })
    await write(`${path}/p`, { policy })
    await ask('delete', `${path}/p`)
  }
  await useTransit(write, ask)
  const passwords = 'length = 12\nrule "charset" { charset = "ab" }'
  for (const name of ['kept', 'p']) await write(`sys/policies/password/${name}`, { policy: passwords })
  await ask('delete', 'sys/policies/password/p')
  for (const name of ['kept', 'q']) {
    const path = name === 'kept' ? 'sys/' : ''
    await write(`sys/quotas/rate-limit/${name}`, { rate: 1_000_000, path })
  }
  await ask('delete', 'sys/quotas/rate-limit/q')
  await write('sys/quotas/config', { enable_rate_limit_response_headers: true })
  await write('sys/config/cors', { allowed_origins: 'https://a.example' })
  await ask('delete', 'sys/config/cors')
  for (const name of ['X-Kept', 'X-P']) {
    await write(`sys/config/ui/headers/${name}`, { values: ['a'] })
    await write(`sys/config/auditing/request-headers/${name}`, { hmac: true })
  }
  await ask('delete', 'sys/config/ui/headers/X-P')
  await ask('delete', 'sys/config/auditing/request-headers/X-P')
  await write('sys/auth/jwt', { type: 'jwt' })
  await write('sys/auth/gone', { type: 'jwt' })
  await ask('delete', 'sys/auth/gone')
  await write('auth/jwt/config', { jwt_validation_pubkeys: [rsaKey.pem] })
  const loginRole = {
    role_type: 'jwt',
    user_claim: 'sub',
    groups_claim: 'groups',
    bound_audiences: ['coffer'],
  }
  for (const name of ['r', 'gone']) await write(`auth/jwt/role/${name}`, loginRole)
  await ask('delete', 'auth/jwt/role/gone')

  const { accessor } = dataOf(await server.ask('read', 'sys/auth/jwt'))
  const vo = await idOf('identity/group', { name: 'vo', type: 'external', policies: ['kept'] })
  const alias = await idOf('identity/group-alias', {
    name: 'urn:vo',
    mount_accessor: accessor ?? '',
    canonical_id: vo,
  })
  await write(`identity/group-alias/id/${alias}`, { name: 'urn:vo:new' })
  const now = Math.floor(server.clock.now() / 1000)
  const login = (sub: string) => {
    const claims = { sub, aud: 'coffer', iat: now, exp: now + 600, groups: ['urn:vo:new'] }
    return write('auth/jwt/login', { role: 'r', jwt: signToken(claims) }, '')
  }
  await login('alice')
  tokenOf(await login('alice'))
  assert.equal(
    (dataOf(await server.ask('read', `identity/group/id/${vo}`)).member_entity_ids as string[]).length,
    1,
  )
  await ask('delete', `identity/group-alias/id/${alias}`)
  await useServiceAccounts(ask, server.clock.now())
  await useBrowserLogins(ask)

  const one = await idOf('identity/entity', { name: 'one' })
  const two = await idOf('identity/entity', { name: 'two' })
  await write(`identity/entity/id/${one}`, { policies: ['kept'] })
  await write('identity/entity/name/three', {})
  await write('identity/lookup/entity', { id: one })
  for (const kind of ['entity-alias', 'alias', 'persona']) {
    const id = await idOf(`identity/${kind}`, {
      name: kind,
      mount_accessor: accessor ?? '',
      canonical_id: two,
    })
    await write(`identity/${kind}/id/${id}`, { name: `${kind}-new` })
    await ask('delete', `identity/${kind}/id/${id}`)
  }
  const inner = await idOf('identity/group', { name: 'inner', member_entity_ids: [two] })
  await write('identity/group/name/outer', { member_group_ids: [inner] })
  await write(`identity/group/id/${inner}`, { policies: ['kept'] })
  await write('identity/lookup/group', { id: inner })
  await write('identity/entity/merge', { from_entity_ids: [two], to_entity_id: one })
  await ask('delete', 'identity/group/name/outer')
  await ask('delete', `identity/group/id/${inner}`)
  await ask('delete', 'identity/entity/name/three')
  await write('identity/entity/batch-delete', { entity_ids: [one] })
  await ask('delete', `identity/entity/id/${await idOf('identity/entity', { name: 'four' })}`)

  for (const name of ['ci', 'gone']) await write(`auth/token/roles/${name}`, { token_period: '1h' })
  await ask('delete', 'auth/token/roles/gone')
  const token = await create({ num_uses: 3, policies: ['root'] })
  await write('cubbyhole/x', { k: 'v' }, token)
  await write('cubbyhole/x', { k: 'w' }, token)
  await ask('delete', 'cubbyhole/x', { token })
  assert.equal(codeOf(await server.ask('read', 'cubbyhole/x', { token })), 'permission_denied')
  const kept = await create({ id: 'chosen', policies: ['root'] }, 'auth/token/create/ci')
  for (const path of ['lookup-self', 'renew-self']) await write(`auth/token/${path}`, {}, kept)
  await write('auth/token/renew', { token: kept, increment: '10m' })
  const keptAccessor = await accessorOf(kept)
  for (const path of ['renew-accessor', 'lookup-accessor'])
    await write(`auth/token/${path}`, { accessor: keptAccessor })
  await write('auth/token/create', { ttl: '1h' }, kept)
  await write('auth/token/revoke-orphan', { token: kept })
  await write('auth/token/revoke-self', {}, await create({ policies: ['root'] }))
  await write('auth/token/revoke', { token: await create() })
  await write('auth/token/revoke-accessor', { accessor: await accessorOf(await create()) })

  for (const path of ['sys/leases/revoke', 'sys/revoke']) {
    await create({}, 'auth/token/create-orphan')
    const lease_id = await leaseOf()
    await write('sys/leases/lookup', { lease_id })
    await write(path, { lease_id })
    await create({}, 'auth/token/create-orphan')
    await write(`${path}/${await leaseOf()}`)
  }
  for (const path of ['sys/leases/revoke-prefix', 'sys/leases/revoke-force', 'sys/revoke-prefix']) {
    for (let i = 0; i < 3; i++) await create({}, 'auth/token/create-orphan')
    await write(`${path}/auth/token/create-orphan`)
  }

  const wrapped = await ask('write', 'sys/wrapping/wrap', { fields: { a: 'b' }, wrapTtl: 60 })
  const first = 'wrap' in wrapped ? (wrapped.wrap?.token ?? '') : ''
  await write('sys/wrapping/lookup', { token: first })
  const again = await write('sys/wrapping/rewrap', { token: first })
  const second = 'wrap' in again ? (again.wrap?.token ?? '') : ''
  assert.deepEqual(dataOf(await write('sys/wrapping/unwrap', { token: second })), { a: 'b' })
  assert.equal(
    codeOf(await server.ask('write', 'sys/wrapping/unwrap', { fields: { token: second } })),
    'invalid_request',
  )

  await write('sys/auth/userpass', { type: 'userpass' })
  await write('auth/userpass/users/bob', { password: 'x' })
  await write('auth/userpass/users/bob', { token_ttl: 60 })
  await write('auth/userpass/users/bob/password', { password: 'y' })
  await write('auth/userpass/users/bob/policies', { policies: 'kept' })
  const wrong = await server.ask('write', 'auth/userpass/login/bob', { token: '', fields: { password: 'x' } })
  assert.equal(codeOf(wrong), 'invalid_request')
  await write('auth/userpass/login/bob', { password: 'y' }, '')
  const users = dataOf(await server.ask('read', 'sys/auth/userpass')).accessor
  await write(`sys/locked-users/${users}/unlock/bob`)
  await ask('delete', 'auth/userpass/users/bob')

  await write('sys/auth/approle', { type: 'approle' })
  const appRole = 'auth/approle/role/ci'
  await write(appRole, { secret_id_num_uses: 1, secret_id_ttl: '30m' })
  const settings = {
    policies: { token_policies: 'kept' },
    'bound-cidr-list': { bound_cidr_list: '127.0.0.0/8' },
    'secret-id-bound-cidrs': { secret_id_bound_cidrs: '127.0.0.0/8' },
    'token-bound-cidrs': { token_bound_cidrs: '127.0.0.0/8' },
    'bind-secret-id': { bind_secret_id: true },
    'secret-id-num-uses': { secret_id_num_uses: 2 },
    'secret-id-ttl': { secret_id_ttl: '20m' },
    period: { token_period: '1h' },
    'token-num-uses': { token_num_uses: 2 },
    'token-ttl': { token_ttl: '1h' },
    'token-max-ttl': { token_max_ttl: '1h' },
  }
  for (const [path, fields] of Object.entries(settings)) {
    await write(`${appRole}/${path}`, fields)
    await ask('delete', `${appRole}/${path}`)
  }
  await write(`${appRole}/role-id`, { role_id: 'ci' })
  await write(`${appRole}/secret-id-num-uses`, { secret_id_num_uses: 1 })
  for (const [path, fields] of [
    ['secret-id', { ttl: '10m' }],
    ['custom-secret-id', { secret_id: 'chosen' }],
  ] as const) {
    const secret_id = String(dataOf(await write(`${appRole}/${path}`, fields)).secret_id)
    await write(`${appRole}/secret-id/lookup`, { secret_id })
    await write('auth/approle/login', { role_id: 'ci', secret_id }, '')
  }
  for (const verb of ['write', 'delete'] as const) {
    const made = dataOf(await write(`${appRole}/secret-id`))
    const secret_id_accessor = String(made.secret_id_accessor)
    await write(`${appRole}/secret-id-accessor/lookup`, { secret_id_accessor })
    await ask(verb, `${appRole}/secret-id-accessor/destroy`, { fields: { secret_id_accessor } })
    const { secret_id } = dataOf(await write(`${appRole}/secret-id`))
    await ask(verb, `${appRole}/secret-id/destroy`, { fields: { secret_id: String(secret_id) } })
  }
  await write('auth/approle/tidy/secret-id')
  await ask('delete', appRole)

  for (const path of ['rotate', 'rotate/keyring']) await write(`sys/${path}`)
  for (const path of ['rotate/config', 'rotate/keyring/config']) await write(`sys/${path}`, { enabled: true })
  return visits
}

/** What is in the store, with all that is drawn or depends on the time taken out. */
async function shapes(server: TestNode): Promise<string[]> {
  const keys = await keysOf(server.store)
  return (
    keys
      // Usage is written every ten seconds, wherever a run has come to by then.
      .filter((key) => !key.startsWith('ns/root/usage'))
      .map((key) =>
        key
          .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>')
          .replaceAll(/h?[0-9a-f]{64}/g, '<hash>')
          .replaceAll(/\/[A-Za-z0-9]{24}$/g, '/<accessor>')
          .replaceAll(/\/[\w-]{43}(?=\/|$)/g, '/<digest>')
          .replaceAll(/_[0-9a-f]{8}/g, '_<id>')
          .replaceAll(/\/\d{12}\//g, '/<time>/'),
      )
      .sort()
  )
}

/** Routes that are not used here, and why. */
const elsewhere = [
  // the ceremonies of operators hold their own state: src/barrier/keeper
  /^\/sys\/(init|unseal|seal|decode-token|rekey\/.*|generate-root.*)$/,
  // needs spaces: src/sys/spaces/open.test.ts
  /^\/sys\/spaces\/open/,
  // a file on the disk: src/audit
  /^\/sys\/audit(-hash)?\//,
  // store nothing
  /^\/sys\/(tools\/.*|capabilities.*|policies\/explain.*|step-down)$/,
  // change nothing that is stored: src/sys/process, src/sys/plugins
  /^\/sys\/(loggers|plugins)(\/|$)/,
  // always refuses
  /^\/sys\/quotas\/lease-count\//,
  // always refuse, as no engine has leases of its own yet
  /^\/sys\/(leases\/)?renew(\/\{lease\})?$/,
  // start the sweep
  /\/tidy$/,
]

describe('a server whose every commit collides twice', () => {
  test('does what every route says, once, and leaves what a server without collisions leaves', async (t) => {
    const calm = await startTestNode()
    t.after(() => calm.stop())
    await useEverything(calm)
    let difficult = false
    const next = colliding()
    const server = await startTestNode({
      wrap: (store) => chaosStore(store, () => (difficult ? next() : 'none')),
    })
    t.after(() => server.stop())
    difficult = true
    await useEverything(server)
    // The nodes sweep too, when they come to it.
    for (const each of [calm, server]) await sweepAll(each)
    assert.deepEqual(await shapes(server), await shapes(calm))
    for (const each of [calm, server]) {
      each.clock.advance(2 * 3_600_000)
      await sweepAll(each)
    }
    assert.deepEqual(await shapes(server), await shapes(calm))
  })

  test('is asked at every route that changes something', async (t) => {
    const server = await startTestNode()
    t.after(() => server.stop())
    const visits = await useEverything(server)
    await server.ask('write', 'sys/remount', { fields: { from: 'moved', to: 'kv' } })
    const { bare } = (await server.ask('read', 'sys/internal/specs/openapi')) as { bare: { paths: object } }
    // A parameter may stand for several segments, so the path with most of its own comes first.
    const rank = (path: string) => path.split('{').length - 100 * path.split('/').length
    const routes = Object.entries(bare.paths).sort(([a], [b]) => rank(a) - rank(b) || b.length - a.length)
    const patterns = routes.map(([path]) => {
      const source = path
        .slice(1)
        .split(/\{\w+\}/)
        .map(RegExp.escape)
      return { path, pattern: new RegExp(`^${source.join('.+')}$`) }
    })
    const used = new Set(
      visits.map(({ verb, path }) => {
        const found = patterns.find(({ pattern }) => pattern.test(path))
        return `${verb === 'write' ? 'post' : verb} ${found?.path}`
      }),
    )
    const missing = routes.flatMap(([path, operations]) =>
      ['post', 'put', 'patch', 'delete']
        .filter((method) => method in operations && !used.has(`${method} ${path}`))
        .map((method) => `${method} ${path}`),
    )
    assert.deepEqual(
      missing.filter((name) => !elsewhere.some((pattern) => pattern.test(name.split(' ')[1] ?? ''))),
      [],
    )
  })
})

describe('a server that does not hear whether a commit has landed', () => {
  /** A server, and a way to ask it so that the answers to its commits are lost: of this request, and of nothing beside. */
  async function start(t: TestContext) {
    const lost = new AsyncLocalStorage<{ commits: number }>()
    const server = await startTestNode({
      wrap: (store) =>
        chaosStore(store, () => {
          const request = lost.getStore()
          if (request !== undefined) request.commits++
          return request === undefined ? 'none' : 'lost answer'
        }),
    })
    t.after(() => server.stop())
    const askAndLose = async (verb: Verb, path: string, options: Ask = {}) => {
      const request = { commits: 0 }
      const code = codeOf(await lost.run(request, () => server.ask(verb, path, options)))
      return { code, commits: request.commits }
    }
    return { server, askAndLose }
  }

  test('says so at every route, and never that all is well', async (t) => {
    const { server, askAndLose } = await start(t)
    const told = new Set<string>()
    await useEverything(server, async (verb, path, options) => {
      // The token of these counts its uses, and none is left for a repetition.
      if (path.startsWith('cubbyhole/')) return
      const { code, commits } = await askAndLose(verb, path, options)
      // A repetition that asks for what is there already writes nothing, or is refused.
      if (commits === 0) return
      assert.equal(code, 'storage_failed', `${verb} ${path}`)
      told.add(path)
    })
    assert.ok(told.size > 30, `${told.size} paths`)
  })

  test('has done what it could not answer for, once, and knows it', async (t) => {
    const { server, askAndLose } = await start(t)
    const code = async (...args: Parameters<TestNode['ask']>) => codeOf(await server.ask(...args))
    const look = (token: string) => code('read', 'auth/token/lookup-self', { token })
    const loses = async (...args: Parameters<typeof askAndLose>) =>
      assert.equal((await askAndLose(...args)).code, 'storage_failed', args[1])

    await loses('write', 'sys/mounts/kv', { fields: { type: 'kv' } })
    assert.equal(await code('write', 'sys/mounts/kv', { fields: { type: 'kv' } }), 'invalid_request')
    await loses('write', 'kv/a', { fields: { v: 1 } })
    await loses('write', 'sys/remount', { fields: { from: 'kv', to: 'moved' } })
    assert.deepEqual(dataOf(await server.ask('read', 'moved/a')), { v: 1 })
    await loses('delete', 'sys/mounts/moved')
    assert.equal(await code('read', 'moved/a'), 'no_handler')

    const fields = { id: 'chosen', ttl: '1h', num_uses: 3 }
    await loses('write', 'auth/token/create', { fields })
    await loses('read', 'auth/token/lookup-self', { token: 'chosen' })
    assert.equal(await look('chosen'), undefined)
    assert.equal(await look('chosen'), undefined)
    assert.equal(await look('chosen'), 'permission_denied', 'what was lost has taken its use')
    await loses('write', 'auth/token/create', { fields: { id: 'other', ttl: '1h' } })
    await loses('write', 'auth/token/revoke', { fields: { token: 'other' } })
    assert.equal(await look('other'), 'permission_denied')

    const wrapped = await server.ask('write', 'sys/wrapping/wrap', { fields: { a: 'b' }, wrapTtl: 60 })
    const token = 'wrap' in wrapped ? (wrapped.wrap?.token ?? '') : ''
    await loses('write', 'sys/wrapping/unwrap', { token })
    assert.equal(await code('write', 'sys/wrapping/unwrap', { token }), 'invalid_request')
  })
})

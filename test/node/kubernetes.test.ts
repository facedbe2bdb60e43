import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { after, before, beforeEach, describe, test } from 'node:test'
import { jwkOf, otherRsaKey, rsaKey, signToken } from '../../src/auth/jwt/tokens-for-tests.ts'
import type { Reply } from '../../src/backend/message.ts'
import { CofferError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json/json.ts'
import { type ApiServer, startApiServer } from '../support/api-server.ts'
import { dataOf, startTestNode, type TestNode, tokenOf } from '../support/node.ts'

const account = { name: 'web', namespace: 'shop', uid: '6d0c8e8a-1111-4a4a-9a9a-000000000001' }
const bound = { bound_service_account_names: 'web', bound_service_account_namespaces: 'shop' }

let server: TestNode
let api: ApiServer
before(async () => {
  server = await startTestNode()
  api = await startApiServer(rsaKey, () => server.clock.now())
  await write('sys/auth/kubernetes', { type: 'kubernetes' })
})
after(async () => {
  await api?.stop()
  await server?.stop()
})
beforeEach(async () => {
  api.misbehave(undefined)
  await configure({ token_reviewer_jwt: api.reviewer })
  await write('auth/kubernetes/role/r', { ...bound, token_policies: 'p1', audience: '' })
})

async function write(path: string, fields: JsonObject) {
  const reply = await server.ask('write', path, { fields })
  if (reply instanceof CofferError) throw reply
  return reply
}

const configure = (fields: JsonObject) =>
  write('auth/kubernetes/config', {
    kubernetes_host: api.url,
    kubernetes_ca_cert: api.ca,
    disable_local_ca_jwt: true,
    ...fields,
  })

const logIn = (jwt: string, role = 'r') =>
  server.ask('write', 'auth/kubernetes/login', { fields: { role, jwt }, token: '' })

function refusal(reply: Reply | CofferError): string {
  assert.ok(reply instanceof CofferError, 'it was not refused')
  return `${reply.code}: ${reply.message}`.trim()
}

describe('a login of a service account', () => {
  test('is reviewed by the API server, and gets a token', async () => {
    const reply = await logIn(api.tokenFor(account), 'R')
    const data = dataOf(await server.ask('read', 'auth/token/lookup-self', { token: tokenOf(reply) }))
    assert.equal(data.display_name, 'kubernetes-shop-web')
    assert.deepEqual(data.policies, ['default', 'p1'])
    assert.deepEqual(data.meta, {
      role: 'r',
      service_account_name: 'web',
      service_account_namespace: 'shop',
      service_account_secret_name: '',
      service_account_uid: account.uid,
    })
    assert.deepEqual(api.asked.at(-1), {
      path: '/apis/authentication.k8s.io/v1/tokenreviews',
      bearer: api.reviewer,
    })
    const entity = dataOf(await server.ask('read', `identity/entity/id/${String(data.entity_id)}`))
    assert.equal((entity.aliases as JsonObject[])[0]?.name, account.uid)
  })

  test('asks with the token itself where there is no reviewer', async () => {
    await configure({})
    const token = api.tokenFor(account)
    tokenOf(await logIn(token))
    assert.equal(api.asked.at(-1)?.bearer, token)
  })

  test('takes tokens of the older kind', async () => {
    const old = {
      'kubernetes.io': null,
      aud: null,
      exp: null,
      'kubernetes.io/serviceaccount/namespace': 'shop',
      'kubernetes.io/serviceaccount/service-account.name': 'web',
      'kubernetes.io/serviceaccount/service-account.uid': account.uid,
      'kubernetes.io/serviceaccount/secret.name': 'web-token-1',
    }
    const reply = await logIn(api.tokenFor(account, old))
    const data = dataOf(await server.ask('read', 'auth/token/lookup-self', { token: tokenOf(reply) }))
    assert.equal((data.meta as JsonObject).service_account_secret_name, 'web-token-1')
  })

  test('is refused when the account is gone, or never was', async () => {
    const brief = { ...account, name: 'web', namespace: 'shop', uid: 'other-uid' }
    assert.equal(refusal(await logIn(api.tokenFor(brief))), 'permission_denied:')
    const token = api.tokenFor(account)
    api.remove(account)
    assert.equal(refusal(await logIn(token)), 'permission_denied:')
    const forged = signToken(
      {
        exp: Math.floor(server.clock.now() / 1000) + 60,
        'kubernetes.io': { namespace: 'shop', serviceaccount: { name: 'web', uid: account.uid } },
      },
      { key: otherRsaKey },
    )
    assert.equal(refusal(await logIn(forged)), 'permission_denied:')
  })

  test('is held to the names, the namespaces and the audience of the role', async () => {
    const db = { ...account, name: 'db', namespace: 'back', uid: 'u-2' }
    const token = api.tokenFor(db)
    const role = (fields: JsonObject) => write('auth/kubernetes/role/r', { ...bound, ...fields })
    const cases: [JsonObject, string][] = [
      [{}, 'forbidden: service account name not authorized'],
      [{ bound_service_account_names: 'd*' }, 'forbidden: namespace not authorized'],
      [
        { bound_service_account_names: 'db', bound_service_account_namespaces: 'back', audience: 'coffer' },
        'forbidden: invalid audience (aud) claim: audience claim does not match any expected audience',
      ],
    ]
    for (const [fields, text] of cases) {
      await role(fields)
      const before = api.asked.length
      assert.equal(refusal(await logIn(token)), text)
      assert.equal(api.asked.length, before, 'and the API server is not asked')
    }
    await role({ bound_service_account_names: '*', bound_service_account_namespaces: '*ck', audience: '' })
    tokenOf(await logIn(token))
    await role({
      bound_service_account_names: '*',
      bound_service_account_namespaces: '*',
      audience: 'coffer',
    })
    tokenOf(await logIn(api.tokenFor(db, { aud: ['other', 'coffer'] })))
  })

  test('can be let in by the labels of its namespace', async () => {
    const selector =
      '{"matchLabels":{"team":"blue"},"matchExpressions":[{"key":"old","operator":"DoesNotExist"}]}'
    await write('auth/kubernetes/role/r', {
      bound_service_account_names: '*',
      bound_service_account_namespaces: '',
      bound_service_account_namespace_selector: selector,
    })
    const token = api.tokenFor({ ...account, namespace: 'labelled', uid: 'u-3' })
    assert.equal(refusal(await logIn(token)), 'forbidden: namespace not authorized')
    api.label('labelled', { team: 'blue' })
    tokenOf(await logIn(token))
    api.label('labelled', { team: 'blue', old: '' })
    assert.equal(refusal(await logIn(token)), 'forbidden: namespace not authorized')
    await write('auth/kubernetes/role/r', { bound_service_account_namespace_selector: '', ...bound })
  })

  test('can be known by its name, with metadata of its annotations', async () => {
    await configure({ token_reviewer_jwt: api.reviewer, use_annotations_as_alias_metadata: true })
    await write('auth/kubernetes/role/r', {
      bound_service_account_names: 'noted',
      bound_service_account_namespaces: 'shop',
      alias_name_source: 'serviceaccount_name',
    })
    const annotations = {
      'vault.hashicorp.com/alias-metadata-team': 'blue',
      'vault.hashicorp.com/alias-metadata-service_account_name': 'root',
      other: 'x',
    }
    const reply = await logIn(api.tokenFor({ ...account, name: 'noted', uid: 'u-4', annotations }))
    const data = dataOf(await server.ask('read', 'auth/token/lookup-self', { token: tokenOf(reply) }))
    const entity = dataOf(await server.ask('read', `identity/entity/id/${String(data.entity_id)}`))
    const alias = (entity.aliases as JsonObject[])[0]
    assert.equal(alias?.name, 'shop/noted')
    const metadata = alias?.metadata as JsonObject
    assert.deepEqual(
      [metadata.team, metadata.service_account_name, metadata.other],
      ['blue', 'noted', undefined],
    )
  })

  test('is checked by local keys too, where there are some', async () => {
    const token = api.tokenFor({ ...account, uid: 'u-5', name: 'keyed' })
    await write('auth/kubernetes/role/r', { ...bound, bound_service_account_names: 'keyed' })
    await configure({ token_reviewer_jwt: api.reviewer, pem_keys: [otherRsaKey.pem] })
    const before = api.asked.length
    assert.equal(refusal(await logIn(token)), 'permission_denied:')
    assert.equal(api.asked.length, before)
    await configure({ token_reviewer_jwt: api.reviewer, pem_keys: [otherRsaKey.pem, rsaKey.pem] })
    tokenOf(await logIn(token))
  })

  test('can be checked by local keys alone', async () => {
    for (const keys of [
      { pem_keys: [rsaKey.pem] },
      { local_jwks: { keys: [(await jwkOf(rsaKey, 'k')) as JsonObject] } },
    ]) {
      await configure({ ...keys, disable_token_review: true })
      await write('auth/kubernetes/role/r', { ...bound, audience: 'coffer' })
      const before = api.asked.length
      const good = { aud: ['coffer'] }
      tokenOf(await logIn(api.tokenFor(account, good)))
      assert.equal(
        refusal(await logIn(`${api.tokenFor(account, good).slice(0, -8)}AAAAAAAA`)),
        'permission_denied:',
      )
      assert.match(refusal(await logIn(api.tokenFor(account, { ...good, exp: null }))), /never expires/)
      await write('auth/kubernetes/role/r', { audience: '' })
      assert.match(refusal(await logIn(api.tokenFor(account, good))), /binds no audience/)
      assert.equal(api.asked.length, before)
    }
  })

  test('takes no token before or after its time, or of another issuer', async () => {
    const now = Math.floor(server.clock.now() / 1000)
    assert.match(refusal(await logIn(api.tokenFor(account, { exp: now - 100 }))), /is expired/)
    assert.match(refusal(await logIn(api.tokenFor(account, { nbf: now + 100 }))), /not yet valid/)
    await configure({ token_reviewer_jwt: api.reviewer, disable_iss_validation: false, issuer: 'me' })
    assert.match(refusal(await logIn(api.tokenFor(account))), /invalid issuer/)
  })

  test('has its texts for what is missing', async () => {
    assert.equal(refusal(await logIn('x', '')), 'invalid_request: missing role')
    assert.equal(refusal(await logIn('')), 'invalid_request: missing jwt')
    assert.equal(refusal(await logIn('x', '../config')), 'invalid_request: invalid role name "../config"')
    assert.match(refusal(await logIn('x')), /it is no signed JWT/)
  })

  test('shows no token of the reviewer', async () => {
    const shown = dataOf(await server.ask('read', 'auth/kubernetes/config'))
    assert.ok(!JSON.stringify(shown).includes(api.reviewer))
    assert.equal(shown.token_reviewer_jwt_set, true)
  })
})

describe('an API server that misbehaves', () => {
  const cases: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
    'redirects elsewhere': (_, response) =>
      response.writeHead(307, { location: 'https://127.0.0.1:1/' }).end(),
    'more than 1048576 bytes': (_, response) => response.end(Buffer.alloc(2_000_000, 0x20)),
    'did not answer with JSON': (_, response) => response.end('<html>'),
    'answered with status 503': (_, response) => response.writeHead(503).end(),
    'could not be reached': (request) => request.socket.destroy(),
    'needs system:auth-delegator': (_, response) => response.writeHead(403).end('{}'),
  }
  for (const [text, how] of Object.entries(cases)) {
    test(`is told at once: ${text}`, async () => {
      api.misbehave(how)
      const reply = refusal(await logIn(api.tokenFor(account)))
      assert.ok(reply.startsWith('provider_failed') && reply.includes(text), reply)
    })
  }

  test('lets nobody in by an answer about somebody else, or by none', async () => {
    const answers: JsonObject[] = [
      {},
      {
        status: {
          authenticated: 'true',
          user: { username: 'system:serviceaccount:shop:web', uid: account.uid },
        },
      },
      {
        status: {
          authenticated: false,
          user: { username: 'system:serviceaccount:shop:web', uid: account.uid },
        },
      },
      { status: { user: { username: 'system:serviceaccount:shop:web', uid: account.uid } } },
      { status: { authenticated: true } },
      { status: { authenticated: true, user: { username: 'admin', uid: account.uid } } },
      {
        status: {
          authenticated: true,
          user: { username: 'system:serviceaccount:shop:db', uid: account.uid },
        },
      },
      { status: { authenticated: true, user: { username: 'system:serviceaccount:shop:web', uid: 'other' } } },
      {
        status: {
          authenticated: true,
          user: { username: 'system:serviceaccount:shop:web:x', uid: account.uid },
        },
      },
    ]
    await write('auth/kubernetes/role/r', bound)
    for (const body of answers) {
      api.misbehave((_, response) => response.end(JSON.stringify(body)))
      const token = api.tokenFor(account, { aud: null })
      assert.equal(refusal(await logIn(token)), 'permission_denied:', JSON.stringify(body))
    }
    const user = { username: 'system:serviceaccount:shop:web', uid: account.uid }
    api.misbehave((_, response) => response.end(JSON.stringify({ status: { authenticated: true, user } })))
    assert.equal(
      refusal(await logIn(api.tokenFor(account))),
      'permission_denied:',
      'an audience was asked for',
    )
    tokenOf(await logIn(api.tokenFor(account, { aud: null })))
  })

  test('cannot hold up the logins of another cluster', async () => {
    const other = await startApiServer(rsaKey, () => server.clock.now())
    const gate = Promise.withResolvers<void>()
    let held = 0
    const all = Promise.withResolvers<void>()
    api.misbehave((_, response) => {
      if (++held === 64) all.resolve()
      gate.promise.then(() => response.destroy())
    })
    try {
      await write('sys/auth/k2', { type: 'kubernetes' })
      await write('auth/k2/config', {
        kubernetes_host: other.url,
        kubernetes_ca_cert: other.ca,
        disable_local_ca_jwt: true,
        token_reviewer_jwt: other.reviewer,
      })
      await write('auth/k2/role/r', bound)
      const waiting = Array.from({ length: 64 }, () => logIn(api.tokenFor(account)))
      await all.promise
      assert.match(refusal(await logIn(api.tokenFor(account))), /^rate_limited/)
      const fields = { role: 'r', jwt: other.tokenFor(account) }
      tokenOf(await server.ask('write', 'auth/k2/login', { fields, token: '' }))
      gate.resolve()
      await Promise.all(waiting)
    } finally {
      gate.resolve()
      await other.stop()
    }
  })

  test('is not believed under another certificate', async () => {
    const other = await startApiServer(rsaKey, () => server.clock.now())
    try {
      await configure({ kubernetes_ca_cert: other.ca, token_reviewer_jwt: api.reviewer })
      const before = api.asked.length
      assert.match(refusal(await logIn(api.tokenFor(account))), /provider_failed: .*could not be reached/)
      assert.equal(api.asked.length, before)
    } finally {
      await other.stop()
    }
  })
})

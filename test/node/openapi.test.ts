import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { isJsonObject, type Json, type JsonObject } from '../../src/base/json/json.ts'
import { startTestNode, type TestNode, tokenOf } from '../support/node.ts'
import { declaredRoutes, mountsOfAll } from '../support/routes.ts'

const verbs = ['get', 'post', 'patch', 'delete']

/** The object at some names, each inside the one before; fails where there is none. */
function at(json: Json | undefined, ...names: string[]): JsonObject {
  let here: unknown = json
  for (const name of names) here = isJsonObject(here) ? here[name] : undefined
  assert.ok(isJsonObject(here), `nothing at ${names.join(' › ')}`)
  return here
}

const listOf = (json: Json | undefined): JsonObject[] =>
  Array.isArray(json) ? json.filter(isJsonObject) : []

const operationsOf = (document: JsonObject) =>
  Object.entries(at(document, 'paths')).flatMap(([path, item]) =>
    Object.entries(at(item)).flatMap(([verb, operation]) =>
      verbs.includes(verb) ? [{ path, verb, item: at(item), operation: at(operation) }] : [],
    ),
  )

/** Every object in a document, with what leads to it. */
function* objectsOf(json: Json, where = ''): Generator<{ where: string; object: JsonObject }> {
  if (Array.isArray(json)) for (const [i, part] of json.entries()) yield* objectsOf(part, `${where}/${i}`)
  if (!isJsonObject(json)) return
  yield { where, object: json }
  for (const [name, part] of Object.entries(json)) yield* objectsOf(part, `${where}/${name}`)
}

async function documentOf(server: TestNode, options: Parameters<TestNode['ask']>[2] = {}) {
  const reply = await server.ask('read', 'sys/internal/specs/openapi', options)
  assert.ok('bare' in reply)
  return at(reply.bare)
}

const propertiesOf = (schema: Json): JsonObject => {
  const { properties = {} } = at(schema)
  return isJsonObject(properties) ? properties : {}
}

const generic = { fields: { generic_mount_paths: 'true' } }

describe('the OpenAPI document', () => {
  let server: TestNode
  const documents: Record<string, JsonObject> = {}
  before(async () => {
    server = await startTestNode()
    for (const { path, fields } of mountsOfAll()) await server.ask('write', path, { fields })
    // A second mount of a type, and two whose names differ in what names of operations have not.
    for (const path of ['team-a', 'team_a']) {
      await server.ask('write', `sys/mounts/${path}`, { fields: { type: 'kv', options: { version: '2' } } })
    }
    documents['of the mounts'] = await documentOf(server)
    documents['of mounts wherever they are'] = await documentOf(server, generic)
  })
  after(() => server.stop())
  const mounted = () => at(documents['of the mounts'])

  for (const which of ['of the mounts', 'of mounts wherever they are']) {
    describe(which, () => {
      const document = () => at(documents[which])

      it('has nothing behind a reference that it has not', () => {
        let seen = 0
        for (const { where, object } of objectsOf(document())) {
          if (typeof object.$ref !== 'string') continue
          assert.match(object.$ref, /^#\//, where)
          at(document(), ...object.$ref.slice(2).split('/'))
          seen++
        }
        assert.ok(seen > 300)
      })

      it('declares each parameter of a path once, and no other', () => {
        for (const [path, item] of Object.entries(at(document(), 'paths'))) {
          const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
          const declared = listOf(at(item).parameters).filter((one) => one.in === 'path')
          assert.deepEqual(declared.map(({ name }) => name).sort(), inPath.sort(), path)
          assert.ok(declared.every(({ required }) => required === true))
        }
      })

      it('has a name for each operation that no other has, fit for a function', () => {
        const names = operationsOf(document()).map(({ operation }) => String(operation.operationId))
        assert.equal(new Set(names).size, names.length)
        for (const name of names) assert.match(name, /^[a-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$/)
        for (const name of Object.keys(at(document(), 'components', 'schemas')))
          assert.match(name, /^[A-Z]\w*$/)
      })

      it('says of each operation what it answers, and what when it fails', () => {
        for (const { path, verb, operation } of operationsOf(document())) {
          const { default: failed, ...good } = at(operation.responses)
          assert.ok(failed !== undefined && Object.keys(good).length > 0, `${verb} ${path}`)
          for (const [status, response] of Object.entries(good)) {
            assert.match(status, /^20[0-9]$/)
            assert.equal(typeof at(response).description, 'string')
            assert.equal('content' in at(response), status !== '204', `${verb} ${path}`)
          }
        }
      })

      it('is written in the words of OpenAPI 3.0', () => {
        assert.match(String(document().openapi), /^3\.0\./)
        for (const { where, object } of objectsOf(document())) {
          const isSchema = /\/(schema|schemas\/\w+|items|additionalProperties)$|\/properties\/\w+$/.test(
            where,
          )
          if (!isSchema) continue
          assert.ok(object.type === undefined || typeof object.type === 'string', where)
          assert.ok(object.type !== 'null', where)
          assert.ok(typeof object.exclusiveMinimum !== 'number' && !('const' in object), where)
          assert.ok(object.type !== 'array' || 'items' in object, where)
        }
      })

      it('describes every route but those that only refuse', () => {
        const has = new Set(Object.keys(at(document(), 'paths')).map((path) => path.replace(/\{\w+\}/g, '*')))
        const missing = declaredRoutes()
          .filter(({ path }) => !path.startsWith('<mount>/') && !path.startsWith('auth/<mount>/'))
          .map(({ path }) => `/${path.replace(/\{\w+\+?\}/g, '*')}`)
          .filter((path) => !has.has(path) && !has.has(`${path}/`))
        assert.deepEqual(
          [...new Set(missing)],
          [
            '/sys/quotas/lease-count/*',
            '/sys/internal/counters/activity/export',
            '/sys/internal/counters/config',
            '/sys/plugins/reload/backend',
          ],
        )
      })
    })
  }

  it('shows what is asked in the query of a read, and what is sent in the body of a write', () => {
    const { get, post } = at(mounted(), 'paths', '/kv-2/data/{path}')
    assert.deepEqual(
      listOf(at(get).parameters).map(({ name, in: where }) => `${where} ${name}`),
      ['query version'],
    )
    const sent = at(mounted(), 'components', 'schemas', 'KvV2WriteDataPathRequest', 'properties')
    assert.deepEqual(Object.keys(sent), ['data', 'options'])
    assert.ok(at(post).requestBody !== undefined)
  })

  it('has lists at a path of their own, which ends in a slash', () => {
    for (const path of [
      '/kv-2/metadata/{path}/',
      '/kv-2/metadata/',
      '/kv-1/',
      '/kv-1/{path}/',
      '/cubbyhole/',
    ]) {
      const [list] = listOf(at(mounted(), 'paths', path, 'get').parameters)
      assert.deepEqual(list, {
        name: 'list',
        in: 'query',
        required: true,
        schema: { type: 'string', enum: ['true'] },
      })
    }
    const { properties } = at(mounted(), 'components', 'schemas', 'KvV2ListMetadataPathResponse')
    assert.equal(at(properties, 'keys').type, 'array')
  })

  it('leaves out what is there to say that a path is wrong', () => {
    const paths = Object.keys(at(mounted(), 'paths'))
    assert.deepEqual(
      ['/kv-2/{path}', '/kv-2/metadata', '/kv-2/data'].filter((path) => paths.includes(path)),
      [],
    )
  })

  it('shows the data of an answer in its envelope, under a name of its own', () => {
    const { schema } = at(
      mounted(),
      'paths',
      '/kv-2/data/{path}',
      'get',
      'responses',
      '200',
      'content',
      'application/json',
    )
    assert.deepEqual(schema, {
      allOf: [
        { $ref: '#/components/schemas/Envelope' },
        { type: 'object', properties: { data: { $ref: '#/components/schemas/KvV2ReadDataPathResponse' } } },
      ],
    })
    const { properties, required } = at(mounted(), 'components', 'schemas', 'KvV2ReadDataPathResponse')
    assert.deepEqual(required, ['data', 'metadata'])
    assert.deepEqual(at(properties, 'data'), { type: 'object', additionalProperties: {}, nullable: true })
    assert.equal(at(properties, 'metadata', 'properties', 'version').type, 'integer')
  })

  it('asks for a token, but where none is needed', () => {
    assert.deepEqual(mounted().security, [{ token: [] }, { bearer: [] }])
    assert.deepEqual(at(mounted(), 'components', 'securitySchemes'), {
      token: { type: 'apiKey', in: 'header', name: 'X-Vault-Token' },
      bearer: { type: 'http', scheme: 'bearer' },
    })
    const open = new Set<string>()
    for (const { path, item, operation } of operationsOf(mounted())) {
      assert.equal(operation.security !== undefined, item['x-vault-unauthenticated'] === true, path)
      if (JSON.stringify(operation.security) === '[]') open.add(path)
    }
    for (const path of [
      '/auth/userpass/login/{username}',
      '/auth/approle/login',
      '/auth/jwt/login',
      '/auth/kubernetes/login',
      '/sys/health',
      '/sys/seal-status',
    ]) {
      assert.ok(open.has(path), path)
    }
    const login = at(mounted(), 'paths', '/auth/userpass/login/{username}', 'post')
    assert.equal(login.operationId, 'userpass-login')
    assert.match(JSON.stringify(login.responses), /AuthEnvelope/)
  })

  it('stands for mounts wherever they are, each type once, when it is asked to', async () => {
    const paths = at(documents['of mounts wherever they are'], 'paths')
    assert.deepEqual(listOf(at(paths, '/{kv_v2_mount_path}/data/{path}').parameters)[0], {
      name: 'kv_v2_mount_path',
      in: 'path',
      required: true,
      schema: { type: 'string', default: 'kv-v2' },
      description: 'Where it is mounted.',
    })
    assert.ok('/auth/{userpass_mount_path}/login/{username}' in paths)
    assert.ok('/auth/token/lookup-self' in paths)
    assert.ok('/sys/mounts' in paths)
    // No two routes of a type would have the same name.
    const names = operationsOf(at(documents['of mounts wherever they are'])).map(({ operation }) =>
      String(operation.operationId),
    )
    assert.deepEqual(
      names.filter((name) => name.includes('-at-')),
      [],
    )
    assert.deepEqual(
      Object.keys(paths).filter((path) => /team|kv-2/.test(path)),
      [],
    )
  })

  it('shows a caller the mounts that it can use, and nothing without a token', async () => {
    const policy = 'path "team-a/data/x" { capabilities = ["read"] }'
    await server.ask('write', 'sys/policies/acl/one', { fields: { policy } })
    const fields = { policies: ['one'], no_default_policy: true }
    const token = tokenOf(await server.ask('write', 'auth/token/create', { fields }))
    const paths = Object.keys(at(await documentOf(server, { token }), 'paths'))
    assert.ok(paths.includes('/team-a/data/{path}'))
    assert.deepEqual(
      paths.filter((path) => !path.startsWith('/team-a/')),
      [],
    )
    const refused = await server.ask('read', 'sys/internal/specs/openapi', { token: '', ...generic })
    assert.ok(!('bare' in refused))
  })

  it('says of each secret that it is one, so that no page shows it by the way', () => {
    const named =
      /^(token|client_token|root_token|encoded_token|encoded_root_token|password|secret_id|jwt|otp|plaintext|random_bytes|keys_base64|recovery_keys)$/
    const open = Object.entries(at(mounted(), 'components', 'schemas')).flatMap(([schema, declaredSchema]) =>
      Object.entries(propertiesOf(declaredSchema)).flatMap(([name, declared]) => {
        const { type, sensitive, description } = at(declared)
        const isText = type === 'string' || type === 'array'
        return named.test(name) && isText && sensitive !== true && description !== 'Ignored.'
          ? [`${schema}.${name}`]
          : []
      }),
    )
    assert.deepEqual(open, [])
    for (const [schema, name] of [
      ['SysWriteUnsealRequest', 'key'],
      ['SysWriteInitResponse', 'keys'],
      ['TransitReadExportTypeNameResponse', 'keys'],
      ['TokenReadLookupSelfResponse', 'id'],
    ] as const) {
      assert.equal(at(mounted(), 'components', 'schemas', schema, 'properties', name).sensitive, true, schema)
    }
  })
})

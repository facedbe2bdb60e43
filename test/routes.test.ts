import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { answerOf } from '../src/backend/answers/answer.ts'
import { auditTo } from './support/audit.ts'
import { startTestNode, type TestNode, tokenOf } from './support/node.ts'
import { declaredRoutes, installedRoutes, mountsOfAll, verbs } from './support/routes.ts'

const writes = ['create', 'update', 'patch']

/** Store or give back what they are sent, whatever it is. */
const takeAnything = ['<mount>/{path+}', 'cubbyhole/{path+}', 'sys/wrapping/wrap']

/** Are told all by their path, if there is anything to tell. */
const takeNothing = [
  'auth/<mount>/tidy/secret-id',
  'sys/plugins/catalog/{type}/{name}',
  'sys/plugins/reload/backend',
  'sys/quotas/lease-count/{name}',
  'auth/token/tidy',
  'sys/leases/renew/{lease+}',
  'sys/leases/revoke-force/{prefix+}',
  'sys/leases/revoke-prefix/{prefix+}',
  'sys/leases/revoke/{lease+}',
  'sys/leases/tidy',
  'sys/locked-users/{accessor}/unlock/{alias}',
  'sys/renew/{lease+}',
  'sys/revoke-prefix/{prefix+}',
  'sys/revoke/{lease+}',
  'sys/rotate',
  'sys/rotate/keyring',
  'sys/seal',
  'sys/step-down',
]

describe('every route', () => {
  const routes = declaredRoutes()

  it('says in a line what it is for', () => {
    assert.ok(routes.length > 100)
    const unclear = routes.filter(({ summary }) => !/^[A-Z][^\n]{5,100}\.$/.test(summary))
    assert.deepEqual(unclear, [])
  })

  it('that is written to says what it takes', () => {
    const shapeless = routes
      .filter(
        ({ operations, fields }) => fields === undefined && operations.some((one) => writes.includes(one)),
      )
      .map(({ path }) => path)
    assert.deepEqual([...new Set(shapeless)].sort(), [...takeAnything, ...takeNothing].sort())
  })

  it('that is read says what it answers', () => {
    const silent = installedRoutes().filter(({ route, asked }) => answerOf(route, asked) === undefined)
    assert.deepEqual(silent, [])
  })

  it('asks in the query of its reads for fields that it declares', () => {
    for (const { path, query = [], fields = {} } of routes) {
      for (const name of query) assert.ok(name in fields, `${name} of ${path}`)
    }
  })

  it('says what each thing is that it takes, of which shape, and of which bounds', () => {
    for (const { path, fields = {} } of routes) {
      for (const [name, field] of Object.entries(fields)) {
        const where = `${name} of ${path}`
        assert.match(name, /^[a-z][a-zA-Z0-9_]*$/, where)
        assert.match(String(field.description), /^[^\n]{3,}[.]$/, where)
        assert.ok(field['x-coffer-kind'] === 'any' || typeof field.type === 'string', where)
      }
    }
  })

  it('answers to something', () => {
    assert.deepEqual(
      routes.filter(({ operations }) => operations.length === 0),
      [],
    )
  })
})

describe('the audit log', () => {
  let server: TestNode
  before(async () => {
    server = await startTestNode({ prometheus: true })
    for (const { path, fields } of mountsOfAll()) await server.ask('write', path, { fields })
  })
  after(() => server.stop())

  const make = async (policies: string[]) =>
    tokenOf(await server.ask('write', 'auth/token/create', { fields: { policies, ttl: '1h' } }))
  const callers: Record<string, () => Promise<string>> = {
    'of somebody without a token': async () => '',
    'of somebody with a token that is not good': async () => 'hvs.AAAAAAAAAAAAAAAAAAAAAAAA',
    'of somebody who may do nothing': () => make(['default']),
    // A new one each time, since some routes end the token that comes to them.
    'of somebody who may do everything': () => make(['root']),
  }

  for (const [whose, caller] of Object.entries(callers)) {
    it(`has two lines for each request ${whose}, at every route`, async (t) => {
      const { linesOf } = await auditTo(t, server)
      const unlike: string[] = []
      for (const route of declaredRoutes()) {
        const path = route.at
        const sealing = path === 'sys/seal' && whose.endsWith('everything')
        for (const operation of sealing ? [] : route.operations) {
          const token = await caller()
          const lines = await linesOf(() => server.ask(verbs[operation], path, { token }))
          // What asks for more on behalf of its caller has lines for each of that, too.
          const own = lines.filter(({ request }) => !path.startsWith('sys/kv/') || request?.path === path)
          const seen = own.map(({ type, request }) => `${type} ${request?.path}`).join()
          const wanted = route.unrecorded === true ? '' : `request ${path},response ${path}`
          if (seen !== wanted) unlike.push(`${operation} ${path}: ${seen}`)
        }
      }
      assert.deepEqual(unlike, [])
      await server.ask('delete', 'sys/audit/file')
    })
  }

  it('leaves out nothing but what tells where the node stands', () => {
    const unrecorded = declaredRoutes().filter((route) => route.unrecorded === true)
    assert.deepEqual(unrecorded.map(({ path }) => path).sort(), [
      'sys/health',
      'sys/leader',
      'sys/seal-status',
    ])
    for (const { operations } of unrecorded) assert.deepEqual(operations, ['read'])
  })
})

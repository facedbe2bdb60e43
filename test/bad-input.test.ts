import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { errorTable } from '../src/base/error-table.ts'
import { CofferError } from '../src/base/errors.ts'
import type { Json, JsonObject } from '../src/base/json/json.ts'
import { type Call, client, serve } from '../src/http/testing/client.ts'
import { startTestNode, type TestNode, tokenOf } from './support/node.ts'
import { type Declared, declaredRoutes, methods, mountsOfAll, verbs } from './support/routes.ts'

/** Would end what the other requests need. */
const endings = ['sys/seal', 'sys/step-down']
/** Takes the statuses that it is to answer from its request. */
const obedient = ['sys/health']

const routes = declaredRoutes().filter(({ at }) => !endings.includes(at) && !obedient.includes(at))
const writes = ['create', 'update', 'patch']

const deep = (levels: number): Json => (levels === 0 ? 1 : [deep(levels - 1)])
const long = 'x'.repeat(100_000)

/** Values of every shape, the worst of each. */
const values: readonly Json[] = [
  null,
  true,
  -1,
  0,
  1.5,
  2 ** 53,
  1e308,
  '',
  ' ',
  'x',
  '../../x',
  '\u0000',
  '"\\\n\u2028',
  '1h1h',
  '-1s',
  '99999999999999h',
  '{{identity.entity.id}}/*+',
  long,
  [],
  [null],
  ['x', 1, {}],
  [long],
  {},
  { x: null },
  { '': [], __proto__x: 1, constructor: 'x' },
  { x: { y: { z: [1] } } },
  deep(200),
]

/** What no route may answer, however it was asked. */
function isFault(reply: unknown): boolean {
  return reply instanceof CofferError && errorTable[reply.code].status >= 500
}

async function start(): Promise<TestNode> {
  const server = await startTestNode({ prometheus: true })
  for (const { path, fields } of mountsOfAll()) await server.ask('write', path, { fields })
  return server
}

/** A new one for each request, since some routes end the token that comes to them. */
const rootOf = async (server: TestNode) =>
  tokenOf(await server.ask('write', 'auth/token/create', { fields: { policies: ['root'], ttl: '1h' } }))

/** Requests that send a route's every field in every wrong way. */
function* wrongFields({ fields = {} }: Declared): Generator<JsonObject> {
  const names = [...Object.keys(fields), 'undeclared']
  for (const name of names) for (const value of values) yield { [name]: value }
  for (const value of values) yield Object.fromEntries(names.map((name) => [name, value]))
}

describe('fields of every wrong shape', () => {
  it('are refused or taken at every route, and never a fault of the server', async () => {
    const server = await start()
    try {
      let asked = 0
      const faults: string[] = []
      let token = await rootOf(server)
      for (const route of routes) {
        for (const operation of route.operations) {
          for (const fields of wrongFields(route)) {
            asked++
            const reply = await server
              .ask(verbs[operation], route.at, { token, fields })
              .catch((error) => error)
            const code = reply instanceof CofferError ? reply.code : ''
            if (code === 'permission_denied') token = await rootOf(server)
            if (isFault(reply) || (reply instanceof Error && code === '')) {
              faults.push(`${operation} ${route.at} ${JSON.stringify(fields).slice(0, 80)}: ${code} ${reply}`)
            }
          }
        }
      }
      assert.deepEqual(faults.slice(0, 20), [])
      assert.ok(asked > 10_000, `${asked} were asked`)
    } finally {
      await server.stop()
    }
  })

  it('leave nothing in memory', async () => {
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    const server = await start()
    try {
      const token = await rootOf(server)
      const used = async () => {
        for (const { at, fields = {} } of routes) {
          for (const name of Object.keys(fields)) {
            await server.ask('write', at, { token, fields: { [name]: [long, { x: long }] } }).catch(() => {})
          }
        }
        collect()
        return process.memoryUsage().heapUsed
      }
      await used()
      const before = await used()
      const growth = (await used()) - before
      assert.ok(growth < 4 * 1024 * 1024, `${growth} bytes stay`)
    } finally {
      await server.stop()
    }
  })
})

describe('the same request many times at once', () => {
  it('is answered each time, at every route', async () => {
    const server = await start()
    try {
      const faults: string[] = []
      for (const route of routes) {
        for (const operation of route.operations) {
          const token = await rootOf(server)
          const fields = usual(route)
          const replies = await Promise.all(
            Array.from({ length: 6 }, () =>
              server.ask(verbs[operation], route.at, { token, fields }).catch((error) => error),
            ),
          )
          for (const reply of replies) {
            if (isFault(reply) || (reply instanceof Error && !(reply instanceof CofferError))) {
              faults.push(`${operation} ${route.at}: ${reply}`)
            }
          }
        }
      }
      assert.deepEqual(faults.slice(0, 20), [])
    } finally {
      await server.stop()
    }
  })
})

/** Something of the right shape for every field that a route declares. */
function usual({ fields = {} }: Declared): JsonObject {
  const shapes: Record<string, Json> = {
    string: 'x',
    integer: 1,
    boolean: true,
    duration: '1m',
    list: ['x'],
    array: ['x'],
    map: { x: 'y' },
    object: { x: 'y' },
    any: 'x',
  }
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const [first] = Array.isArray(field.enum) ? (field.enum as Json[]) : []
      return [name, first ?? shapes[field['x-coffer-kind']] ?? 'x']
    }),
  )
}

describe('over HTTP', () => {
  let server: TestNode
  before(async () => {
    server = await start()
  })
  after(() => server.stop())

  async function connect(t: TestContext) {
    const { url } = await serve(t, server.node.handler, { limits: { bodyBytes: 1024 * 1024 } })
    const call = client(t, url)
    return async (path: string, { headers = {}, ...more }: Call) =>
      call(`/v1/${path}`, { headers: { 'x-vault-token': await rootOf(server), ...headers }, ...more })
  }

  /** Of a path with dots: the client is sent to the path that it means, where it may or may not go. */
  const isElsewhere = ({ status, headers }: { status: number; headers: { location?: string | undefined } }) =>
    status === 307 && !/(^|\/)\.\.?(\/|$)/.test(decodeURIComponent(headers.location ?? '..'))

  /** Whether an answer is a clear refusal: its status says whose fault it is, its body what is wrong. */
  function isClear({ status, body }: { status: number; body: string }): boolean {
    if (status < 400 || status >= 500) return false
    if (body === '') return status === 406 || status === 400
    try {
      return Array.isArray(JSON.parse(body).errors)
    } catch {
      return body === '400 Bad Request'
    }
  }

  const nested = (levels: number) => `{"v":${'['.repeat(levels)}${']'.repeat(levels)}}`
  const bodies: readonly Call[] = [
    { body: '{' },
    { body: '{"a":1,}' },
    { body: '[]' },
    { body: '"text"' },
    { body: '1' },
    { body: 'null x' },
    { body: `{"a":"${'x'.repeat(1024 * 1024)}"}` },
    { body: nested(5000) },
    { body: nested(200_000) },
  ]

  it('every body that is no JSON object, too large or too deep is refused at every route that is written to', async (t) => {
    const send = await connect(t)
    const unclear: string[] = []
    for (const { at, operations } of routes) {
      for (const operation of operations.filter((one) => writes.includes(one))) {
        for (const call of bodies) {
          const headers: Record<string, string> =
            operation === 'patch' ? { 'content-type': 'application/merge-patch+json' } : {}
          const answer = await send(at, { method: methods[operation], headers, ...call })
          if (!isClear(answer)) {
            unclear.push(
              `${operation} ${at} ${String(call.body).slice(0, 20)}: ${answer.status} ${answer.body.slice(0, 80)}`,
            )
          }
        }
      }
    }
    assert.deepEqual(unclear.slice(0, 20), [])
  })

  it('a path that is hostile reaches nothing, in every parameter of every route', async (t) => {
    const send = await connect(t)
    const parts = [
      '..',
      '%2e%2e',
      '..%2f..%2fsys%2fmounts',
      'x/../../sys/mounts',
      '%00',
      '%0a',
      '%7f',
      '%',
      '%zz',
      '%ff%fe',
    ]
    const wrong: string[] = []
    for (const { path, at, operations } of routes) {
      if (!/\{\w+\+?\}$/.test(path)) continue
      for (const part of parts) {
        const hostile = at.replace(/x$/, part)
        for (const operation of operations) {
          const answer = await send(hostile, { method: methods[operation] })
          if (!isClear(answer) && !isElsewhere(answer)) {
            wrong.push(`${operation} ${hostile.slice(0, 60)}: ${answer.status} ${answer.body.slice(0, 60)}`)
          }
        }
      }
    }
    assert.deepEqual(wrong.slice(0, 20), [])
  })

  it('a name that is too long is refused, or names nothing', async (t) => {
    const send = await connect(t)
    const wrong: string[] = []
    for (const { path, at, operations } of routes) {
      if (!/\{\w+\+?\}$/.test(path)) continue
      for (const part of ['x'.repeat(600), 'x/'.repeat(1200)]) {
        for (const operation of operations) {
          const fields = JSON.stringify({ v: 1 })
          const { status } = await send(at.replace(/x$/, part), {
            method: methods[operation],
            body: fields,
          })
          const isTaken = status === 200 || (status === 204 && operation !== 'delete')
          if (status >= 500 || (isTaken && !/(revoke|random|unlock)/.test(at)))
            wrong.push(`${operation} ${at}: ${status}`)
        }
      }
    }
    assert.deepEqual(wrong.slice(0, 20), [])
  })

  it('a body of another type is refused, or read as the JSON that it is', async (t) => {
    const send = await connect(t)
    const wrong: string[] = []
    for (const { at, operations } of routes) {
      for (const operation of operations.filter((one) => writes.includes(one))) {
        for (const type of ['text/xml', 'multipart/form-data; boundary=x', 'x'.repeat(1000), ';;;']) {
          const answer = await send(at, {
            method: methods[operation],
            headers: { 'content-type': type },
            body: '<a/>',
          })
          if (!isClear(answer)) wrong.push(`${operation} ${at} ${type.slice(0, 20)}: ${answer.status}`)
        }
      }
    }
    assert.deepEqual(wrong.slice(0, 20), [])
  })
})

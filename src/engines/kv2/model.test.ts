import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import { codeOf, startTestNode } from '../../../test/support/node.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { mergePatch } from './merge.ts'

type Step =
  | { kind: 'put'; value: number; cas?: number }
  | { kind: 'patch'; value: number }
  | { kind: 'deleteLatest' | 'removeAll' }
  | { kind: 'delete' | 'undelete' | 'destroy'; versions: number[] }
  | { kind: 'max'; max: number }

/** What a secret is thought to be: versions by number, each with its data and state. */
type Model = {
  current: number
  max: number
  versions: Map<number, { data: JsonObject; deleted: boolean; destroyed: boolean }>
}

const number = fc.integer({ min: 0, max: 8 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('put' as const), value: number }) },
  fc.record({ kind: fc.constant('put' as const), value: number, cas: number }),
  fc.record({ kind: fc.constant('patch' as const), value: number }),
  fc.record({ kind: fc.constantFrom('deleteLatest' as const, 'removeAll' as const) }),
  fc.record({
    kind: fc.constantFrom('delete' as const, 'undelete' as const, 'destroy' as const),
    versions: fc.array(number, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('max' as const), max: fc.integer({ min: 1, max: 4 }) }),
)

const empty = (): Model => ({ current: 0, max: 0, versions: new Map() })

function add(model: Model, data: JsonObject): void {
  model.current++
  model.versions.set(model.current, { data, deleted: false, destroyed: false })
  for (const n of model.versions.keys()) if (n <= model.current - (model.max || 10)) model.versions.delete(n)
}

/** @returns whether the engine has to take the step */
function apply(model: Model, one: Step): boolean {
  const latest = model.versions.get(model.current)
  switch (one.kind) {
    case 'put':
      if (one.cas !== undefined && one.cas !== model.current) return false
      add(model, { value: one.value })
      return true
    case 'patch':
      if (latest === undefined || latest.deleted || latest.destroyed) return false
      add(model, { ...latest.data, patched: one.value })
      return true
    case 'deleteLatest':
      if (latest !== undefined) latest.deleted = true
      return true
    case 'removeAll':
      Object.assign(model, empty())
      return true
    case 'max':
      model.max = one.max
      return true
    default:
      for (const n of one.versions) {
        const version = model.versions.get(n)
        if (version === undefined || version.destroyed) continue
        if (one.kind === 'destroy') version.destroyed = true
        else version.deleted = one.kind === 'delete'
      }
      return true
  }
}

async function start(t: TestContext) {
  const server = await startTestNode()
  t.after(() => server.stop())
  const { ask } = server
  await ask('write', 'sys/mounts/kv', { fields: { type: 'kv', options: { version: '2' } } })
  const run = (path: string, one: Step) => {
    switch (one.kind) {
      case 'put': {
        const options = one.cas === undefined ? {} : { cas: one.cas }
        return ask('write', `kv/data/${path}`, { fields: { data: { value: one.value }, options } })
      }
      case 'patch':
        return ask('patch', `kv/data/${path}`, { fields: { data: { patched: one.value } } })
      case 'deleteLatest':
        return ask('delete', `kv/data/${path}`)
      case 'removeAll':
        return ask('delete', `kv/metadata/${path}`)
      case 'max':
        return ask('write', `kv/metadata/${path}`, { fields: { max_versions: one.max } })
      default:
        return ask('write', `kv/${one.kind}/${path}`, { fields: { versions: one.versions } })
    }
  }
  const taken = async (path: string, one: Step) => {
    const reply = await run(path, one)
    return codeOf(reply) === undefined && !('status' in reply && reply.status === 404)
  }
  const seen = async (path: string, version: number) => {
    const reply = await ask('read', `kv/data/${path}`, { fields: { version } })
    if (codeOf(reply) !== undefined) return 'nothing'
    const { status, data } = JSON.parse(JSON.stringify(reply)) as { status?: number; data: JsonObject }
    return status === 404 ? { gone: (data.metadata as JsonObject).destroyed } : data.data
  }
  return { taken, seen }
}

const thought = (model: Model, n: number) => {
  const version = model.versions.get(n)
  if (version === undefined) return 'nothing'
  return version.deleted || version.destroyed ? { gone: version.destroyed } : version.data
}

describe('versions of KV v2', () => {
  it('are those of a plain model under any sequence of changes', async (t) => {
    const { taken, seen } = await start(t)
    let round = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const path = `p${round++}`
        const model = empty()
        for (const one of steps) assert.equal(await taken(path, one), apply(model, one), JSON.stringify(one))
        for (let n = 1; n <= model.current + 1; n++) {
          assert.deepEqual(await seen(path, n), thought(model, n), `version ${n}`)
        }
        if (model.current > 0) assert.deepEqual(await seen(path, 0), thought(model, model.current))
      }),
      { numRuns: 60 },
    )
  })

  it('go to exactly one of two writers with the same cas, whatever else they do', async (t) => {
    const { taken, seen } = await start(t)
    let round = 0
    await fc.assert(
      fc.asyncProperty(fc.array(number, { minLength: 1, maxLength: 6 }), async (values) => {
        const path = `race${round++}`
        for (const [cas, value] of values.entries()) {
          const won = await Promise.all([
            taken(path, { kind: 'put', value, cas }),
            taken(path, { kind: 'put', value: value + 100, cas }),
          ])
          assert.equal(won.filter(Boolean).length, 1)
          assert.deepEqual(await seen(path, cas + 1), { value: won[0] ? value : value + 100 })
        }
      }),
      { numRuns: 30 },
    )
  })
})

describe('a JSON merge patch', () => {
  it('does what RFC 7396 shows', () => {
    const cases: [JsonObject, JsonObject, JsonObject][] = [
      [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
      [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
      [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
      [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
      [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
      [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
      [{ e: null }, { a: 1 }, { e: null, a: 1 }],
      [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    ]
    for (const [target, patch, result] of cases) assert.deepEqual(mergePatch(target, patch), result)
  })
})

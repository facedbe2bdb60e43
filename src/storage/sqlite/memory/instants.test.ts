import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { compareKeys } from '../../keys.ts'
import type { StorageKey } from '../../store.ts'
import { createConnection } from '../reading/reader.ts'
import { createVersions } from '../rows.ts'
import { connectMemory } from '../schema.ts'
import { createApplier } from '../writer/apply.ts'
import { changeOf } from '../writer/protocol/codec.ts'
import { createInstants, type Instant } from './instants.ts'

/** A store of one connection, written as the store in memory is. */
function store() {
  const db = connectMemory()
  const applier = createApplier(db)
  const versions = createVersions(applier.lineage)
  const instants = createInstants(db, createConnection(db, versions))
  return {
    instants,
    write(put: readonly string[], gone: readonly string[], value: number) {
      const change = changeOf(
        0,
        {
          put: put.map((key) => ({ key: key as StorageKey, value: Uint8Array.of(value) })),
          delete: gone as StorageKey[],
        },
        versions.sequenceOf,
      )
      instants.changing([...put, ...gone] as StorageKey[])
      applier.begin()
      applier.apply(change)
      applier.commit(false)
    },
  }
}

const names = ['a', 'a/b', 'a/c', 'a/d/e', 'a-', 'b', 'b/c/d', 'é/x']
const all = (instant: Instant) => instant.rows('').rows.map(({ key, value }) => [key, value[0]])

function children(keys: Iterable<string>, prefix: string): string[] {
  const found = new Set<string>()
  for (const key of keys) {
    if (key.startsWith(prefix)) found.add(/^[^/]*\/?/.exec(key.slice(prefix.length))?.[0] ?? '')
  }
  return [...found].sort(compareKeys)
}

describe('an earlier instant of a store in memory', () => {
  test('stays as it was, whatever is written, however many there are', () => {
    const some = fc.uniqueArray(fc.constantFrom(...names), { maxLength: 4 })
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('write' as const), put: some, gone: some }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('enter' as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), which: fc.nat() }) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const { instants, write } = store()
        let model = new Map<string, number>()
        const held: { instant: Instant; model: Map<string, number> }[] = []
        for (const [i, next] of steps.entries()) {
          if (next.kind === 'enter') held.push({ instant: instants.enter(), model })
          if (next.kind === 'leave' && held.length > 0)
            held.splice(next.which % held.length, 1)[0]?.instant.leave()
          if (next.kind === 'write') {
            write(next.put, next.gone, i)
            model = new Map(model)
            for (const name of next.gone) model.delete(name)
            for (const name of next.put) model.set(name, i)
          }
          for (const { instant, model: then } of held) {
            const rows = [...then].sort(([a], [b]) => compareKeys(a, b))
            assert.deepEqual(all(instant), rows)
            for (const name of names) {
              const row = instant.row(name as StorageKey, undefined)
              assert.equal(typeof row === 'object' ? row.value[0] : row, then.get(name))
              if (typeof row === 'object')
                assert.equal(instant.row(name as StorageKey, row.version), 'unchanged')
            }
            for (const prefix of ['', 'a/', 'b/']) {
              const expected = children(then.keys(), prefix)
              assert.deepEqual(instant.names(prefix).names, expected)
              assert.deepEqual(instant.names(prefix, { after: 'a', limit: 2 }), {
                names: expected.filter((name) => compareKeys(name, 'a') > 0).slice(0, 2),
                more: expected.filter((name) => compareKeys(name, 'a') > 0).length > 2,
              })
            }
          }
        }
      }),
    )
  })

  test('is one for all who enter between two writes, and another behind each', () => {
    const { instants, write } = store()
    write(['a'], [], 1)
    const [first, same] = [instants.enter(), instants.enter()]
    assert.equal(first, same)
    write(['a'], [], 2)
    const second = instants.enter()
    assert.notEqual(second, first)
    first.leave()
    // The other one who is in it still reads it.
    assert.deepEqual(all(same), [['a', 1]])
    assert.deepEqual(all(second), [['a', 2]])
  })

  test('gives values that nobody else can change', () => {
    const { instants, write } = store()
    write(['a'], [], 1)
    const instant = instants.enter()
    write(['a'], [], 2)
    const row = instant.row('a' as StorageKey, undefined)
    assert.ok(typeof row === 'object')
    row.value[0] = 9
    assert.deepEqual(all(instant), [['a', 1]])
  })
})

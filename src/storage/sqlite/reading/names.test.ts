import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isFailure } from '../../../base/errors.ts'
import { compareKeys } from '../../keys.ts'
import { keyMark } from '../rows.ts'
import { connectMemory } from '../schema.ts'
import { prepareNames } from './names.ts'
import { prepareNeighbours } from './neighbours.ts'

function listOf(keys: Iterable<string>) {
  const db = connectMemory()
  const insert = db.prepare("INSERT INTO rows (key, mark, version, sum, value) VALUES (?, ?, 1, 0, x'00')")
  db.exec('BEGIN')
  for (const key of keys) insert.run(key, keyMark(key))
  db.exec('COMMIT')
  return { db, names: prepareNames(db, prepareNeighbours(db)) }
}

function expected(keys: Iterable<string>, prefix: string, after = '', limit = 1000) {
  const all = new Set<string>()
  for (const key of keys)
    if (key.startsWith(prefix)) all.add(/^[^/]*\/?/.exec(key.slice(prefix.length))?.[0] ?? '')
  const rest = [...all].sort(compareKeys).filter((name) => compareKeys(name, after) > 0)
  return { names: rest.slice(0, limit), more: rest.length > limit }
}

const segment = fc.oneof(
  fc.constantFrom('a', 'b', 'a-', 'a0', 'a.', 'é', 'z'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }).filter((text) => !/[/\0]/.test(text)),
)
const anyKey = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))

describe('the names in a folder', () => {
  test('are its children, in order, by pages, whatever keys there are', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyKey, { maxLength: 60 }),
        fc.array(segment, { maxLength: 2 }),
        fc.option(
          fc.oneof(
            segment,
            segment.map((name) => `${name}/`),
          ),
          { nil: undefined },
        ),
        fc.integer({ min: 1, max: 10 }),
        (keys, folder, after, limit) => {
          const prefix = folder.map((part) => `${part}/`).join('')
          const { db, names } = listOf(keys)
          assert.deepEqual(names(prefix), expected(keys, prefix))
          assert.deepEqual(names(prefix, { after, limit }), expected(keys, prefix, after, limit))
          db.close()
        },
      ),
    )
  })

  test('are found by reading on and by skipping folders, in any mixture', () => {
    const keys: string[] = []
    for (let i = 0; i < 3000; i++) {
      const name = String(i).padStart(5, '0')
      // Stretches of rows, of folders with many rows, and of both under one name.
      if (Math.floor(i / 400) % 2 === 0 || i % 7 === 0) keys.push(`f/${name}`)
      if (Math.floor(i / 400) % 2 === 1) for (let j = 0; j < 1 + (i % 5); j++) keys.push(`f/${name}/${j}`)
    }
    const { names } = listOf(keys)
    for (const [after, limit] of [
      ['', 10_000],
      ['', 63],
      ['', 64],
      ['', 65],
      ['00399', 1000],
      ['00400', 2000],
      ['00400/', 513],
      ['02999', 5],
    ] as const) {
      assert.deepEqual(names('f/', { after, limit }), expected(keys, 'f/', after, limit), `${after} ${limit}`)
    }
  })

  test('are refused where the index has what was not written', () => {
    const keys = Array.from({ length: 300 }, (_, i) => `f/${String(i).padStart(3, '0')}/x`)
    for (const [where, change] of [
      ['in the middle', "key = 'f/100/x'"],
      ['at the beginning', "key = 'f/000/x'"],
      ['at the end', "key = 'f/299/x'"],
    ] as const) {
      const { db, names } = listOf(keys)
      db.exec(`UPDATE rows SET mark = mark + 1 WHERE ${change}`)
      assert.throws(
        () => names('f/', { limit: 1000 }),
        (error) => isFailure(error, 'corrupt'),
        where,
      )
    }
    const { db, names } = listOf(keys)
    // A neighbour of the folder that looks as if it lay beyond it.
    db.exec(
      "INSERT INTO rows (key, mark, version, sum, value) VALUES ('f/3', 0, 1, 0, x'00'), ('g', 0, 1, 0, x'00')",
    )
    assert.throws(
      () => names('f/', { after: '290/', limit: 1000 }),
      (error) => isFailure(error, 'corrupt'),
    )
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { connectMemory } from '../schema.ts'
import { createSettled, maxProcesses } from './settled.ts'

/** The sequences that are found for a process's commits 1 to 5. */
const found = (settled: ReturnType<typeof createSettled>, process: string) =>
  [1, 2, 3, 4, 5].map((number) => settled.find(process, number))

describe('what is remembered of commits that landed', () => {
  test('is found again, by this owner and by the next', () => {
    const db = connectMemory()
    const settled = createSettled(db)
    settled.note('a', 1, 10)
    settled.note('b', 1, 11)
    settled.note('a', 3, 12)
    settled.write()
    settled.kept(true)
    for (const owner of [settled, createSettled(db)]) {
      assert.deepEqual(found(owner, 'a'), [10, undefined, 12, undefined, undefined])
      assert.deepEqual(found(owner, 'b'), [11, undefined, undefined, undefined, undefined])
    }
  })

  test('is forgotten where the transaction did not land', () => {
    const settled = createSettled(connectMemory())
    settled.note('a', 1, 10)
    settled.write()
    settled.kept(true)
    settled.note('a', 2, 11)
    settled.kept(false)
    assert.deepEqual(found(settled, 'a'), [10, undefined, undefined, undefined, undefined])
    settled.note('a', 2, 12)
    settled.kept(true)
    assert.equal(settled.find('a', 2), 12)
  })

  test('goes once it is answered', () => {
    const db = connectMemory()
    const settled = createSettled(db)
    for (const number of [1, 2, 3]) settled.note('a', number, number + 10)
    settled.answered('a', 3)
    settled.answered('unknown', 3)
    settled.note('a', 4, 14)
    settled.write()
    settled.kept(true)
    const expected = [undefined, undefined, 13, 14, undefined]
    assert.deepEqual(found(settled, 'a'), expected)
    assert.deepEqual(found(createSettled(db), 'a'), expected)
  })

  test('is bounded in processes, in the file and in memory; the oldest go first', () => {
    const db = connectMemory()
    const settled = createSettled(db)
    const names = Array.from({ length: maxProcesses + 20 }, (_, i) => `p${i}`)
    for (const [i, name] of names.entries()) {
      settled.note(name, 1, i + 1)
      // The first one goes on.
      settled.note('p0', i + 2, i + 1)
      settled.write()
      settled.kept(true)
    }
    const count = db.prepare('SELECT count(*) AS count FROM settled').get()
    assert.equal(count?.count, maxProcesses)
    for (const owner of [settled, createSettled(db)]) {
      const left = names.filter((name) => owner.find(name, 1) !== undefined)
      assert.equal(left.length, maxProcesses)
      assert.deepEqual(left, ['p0', ...names.slice(-maxProcesses + 1)])
    }
  })
})

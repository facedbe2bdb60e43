import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { StorageKey } from '../../../src/storage/store.ts'
import { checkHistory } from './check.ts'
import type { Content, History, Landed, Operation, Seen } from './history.ts'

const key = (text: string) => text as StorageKey
const content = (parts: Partial<Content>): Content => ({
  expect: [],
  expectEmpty: [],
  put: [],
  delete: [],
  ...parts,
})

/** A commit of `put` keys that landed, and what its process was told. */
const landed = (id: string, order: number, parts: Partial<Content>): Landed => ({
  id,
  order,
  content: content(parts),
})
const told = (
  [from, to]: readonly [number, number],
  { id, content: its }: Landed,
  result: { order: number } | { conflicts: string[] } | 'unknown',
): Operation => ({ process: 'p', from, to, what: { kind: 'commit', id, content: its, result } })
const saw = ([from, to]: readonly [number, number], ...seen: Seen[]): Operation => ({
  process: 'q',
  from,
  to,
  what: { kind: 'look', seen },
})
const row = (name: string, by?: Landed): Seen => ({
  kind: 'row',
  key: key(name),
  row: by === undefined ? null : { id: by.id, order: by.order },
})

const first = landed('first', 1, { put: [key('a')] })
const second = landed('second', 2, { put: [key('a'), key('b')], expect: [{ key: key('a'), order: 1 }] })
const last = [key('a'), key('b')].map((name) => ({ key: name, id: 'second', order: 2 }))
const done = [told([0, 10], first, { order: 1 }), told([20, 30], second, { order: 2 })]
const check = (...more: Operation[]) =>
  checkHistory({ operations: [...done, ...more], landed: [first, second], last })

describe('a history', () => {
  test('is right where each look fits an instant within it', () => {
    assert.deepEqual(
      check(
        saw([0, 5], row('a')),
        saw([5, 6], row('a', first)),
        saw([11, 19], row('a', first), row('b')),
        saw([21, 40], row('a', first), row('b')),
        saw([21, 40], row('a', second), row('b', second)),
        saw([40, 41], { kind: 'list', prefix: '', page: { after: 'a', limit: 1 }, names: ['b'] }),
        saw([40, 41], { kind: 'scan', prefix: '', rows: last }),
      ),
      [],
    )
  })

  test('is wrong where a look is older than what was known when it began', () => {
    const [text = '', ...more] = check(saw([31, 32], row('a', first)))
    assert.match(text, /^stale read: q saw a = first 1/)
    assert.deepEqual(more, [])
    assert.match(check(saw([31, 32], row('b')))[0] ?? '', /^stale read/)
  })

  test('is wrong where a look is older than another look that ended before', () => {
    // While the commit goes on both are possible, but not one after the other.
    const [newer, older] = [row('a', second), row('a', first)]
    assert.deepEqual(check(saw([21, 22], older), saw([23, 24], newer)), [])
    assert.match(check(saw([21, 22], newer), saw([23, 24], older))[0] ?? '', /^stale read/)
  })

  test('is wrong where a look shows what began after it ended', () => {
    assert.match(check(saw([12, 19], row('a', second)))[0] ?? '', /begun after it ended/)
  })

  test('is wrong where what is seen together never was', () => {
    assert.match(check(saw([0, 40], row('a', first), row('b', second)))[0] ?? '', /never so/)
    assert.match(
      check(saw([0, 40], { kind: 'list', prefix: '', page: { after: '', limit: 9 }, names: ['b'] }))[0] ?? '',
      /never so/,
    )
  })

  test('is wrong where a commit lies before what was known when it began', () => {
    const late = landed('late', 0, { put: [key('c')] })
    const history: History = {
      operations: [...done, told([40, 50], late, { order: 0 })],
      landed: [first, second, late],
      last: [...last, { key: key('c'), id: 'late', order: 0 }],
    }
    assert.match(checkHistory(history)[0] ?? '', /landed before what was known/)
  })

  test('is wrong where an acknowledged commit, or its row, is not there', () => {
    const gone = landed('gone', 3, { put: [key('c')] })
    assert.match(check(told([40, 50], gone, { order: 3 }))[0] ?? '', /^lost write: gone was acknowledged/)
    const wrong = checkHistory({ operations: done, landed: [first, second], last: last.slice(1) })
    assert.match(wrong[0] ?? '', /^lost write: in the end there is no row a second 2/)
  })

  test('is wrong where a commit was applied to what it does not expect, or twice', () => {
    const update = landed('update', 3, { put: [key('a')], expect: [{ key: key('a'), order: 1 }] })
    const history = { operations: done, landed: [first, second, update], last: [] }
    assert.match(checkHistory(history)[0] ?? '', /^lost write: update landed at 3 though a/)
    const again = told([20, 30], second, { order: 5 })
    assert.match(check(again)[0] ?? '', /^applied twice: second/)
  })

  test('is right about a refusal only where the expectation did not hold', () => {
    const refused = landed('refused', 9, { put: [key('b')], expect: [{ key: key('a'), order: 1 }] })
    assert.deepEqual(check(told([5, 50], refused, { conflicts: ['a'] })), [])
    assert.match(check(told([12, 19], refused, { conflicts: ['a'] }))[0] ?? '', /refused/)
    const empty = landed('empty', 9, { expectEmpty: ['a/'] })
    assert.match(check(told([0, 50], empty, { conflicts: ['a/'] }))[0] ?? '', /never so/)
    assert.match(check(told([0, 50], second, { conflicts: ['a'] }))[0] ?? '', /was refused, and landed at 2/)
  })

  test('holds nobody to what was not answered', () => {
    const lost = landed('lost', 3, { put: [key('c')] })
    assert.deepEqual(check(told([40, 50], lost, 'unknown')), [])
    const there = { operations: [...done, told([40, 50], lost, 'unknown')], landed: [first, second, lost] }
    assert.deepEqual(checkHistory({ ...there, last: [...last, { key: key('c'), id: 'lost', order: 3 }] }), [])
  })
})

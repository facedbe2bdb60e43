import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { cut, type Expected } from './stretches.ts'

const row = (key: string): Expected => ({ name: key, key, revision: 0n })
const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

describe('the stretches of rows that are compared together', () => {
  const segment = fc.string({ unit: 'grapheme', maxLength: 3 })
  const groups = fc.array(fc.array(segment, { minLength: 1, maxLength: 12 }), { maxLength: 4 })

  it('hold every row, are as many as may be, and never reach into each other', () => {
    fc.assert(
      fc.property(groups, fc.nat({ max: 30 }), (texts, pieces) => {
        const rows = texts.map((keys, i) => keys.map((key) => row(`${i}/${key}`)))
        const { stretches, alone } = cut(rows, pieces)
        const all = rows.flat()
        const most = Math.max(Math.min(pieces, all.length), rows.length)
        assert.equal(stretches.length + alone.length, most)
        for (const expected of all) {
          const { key } = expected
          const inside = stretches.filter(
            ({ first, last }) => compare(first, key) <= 0 && compare(key, last) <= 0,
          )
          assert.ok(inside.length > 0 || alone.includes(expected), key)
        }
        const ends = [...stretches, ...alone.map(({ key }) => ({ first: key, last: key }))]
        ends.sort((a, b) => compare(a.first, b.first) || compare(a.last, b.last))
        for (const [i, { first }] of ends.entries()) {
          const before = ends[i - 1]
          // One row may be expected more than once.
          if (before !== undefined) assert.ok(compare(before.last, first) <= 0)
        }
      }),
    )
  })

  it('end where the keys lie farthest apart, by the order of bytes', () => {
    const keys = [
      'f/\u{1f600}1',
      'f/\uffee',
      'f/\u{1f600}2',
      'f/a10',
      'f/a12',
      'f/a11',
      'f/c',
      'f/\u{1f600}3',
    ]
    const { stretches, alone } = cut([keys.map(row)], 4)
    assert.deepEqual(stretches, [
      { first: 'f/a10', last: 'f/a12' },
      { first: 'f/\u{1f600}1', last: 'f/\u{1f600}3' },
    ])
    assert.deepEqual(alone.map(({ key }) => key).sort(), ['f/c', 'f/\uffee'].sort())
  })

  it('are cut in each group by what part of it lies between', () => {
    const far = ['long/folder/a', 'long/folder/z']
    const near = ['x/a', 'x/b']
    const { stretches, alone } = cut([near.map(row), far.map(row)], 3)
    assert.deepEqual(stretches, [{ first: 'x/a', last: 'x/b' }])
    assert.deepEqual(
      alone.map(({ key }) => key),
      far,
    )
  })
})

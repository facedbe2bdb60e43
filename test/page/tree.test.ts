import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Branch, rowsOf, stepFor, wayTo } from '../../web/src/parts/tree/rows.ts'

const branches: Readonly<Record<string, Branch>> = {
  '': { names: ['a/', 'b/', 'key'], hasMore: false, state: 'there' },
  'a/': { names: ['deep/', 'x'], hasMore: true, state: 'there' },
  'b/': { names: [], hasMore: false, state: 'failed' },
}
const rows = (...open: string[]) => rowsOf('Place', new Set(open), (folder) => branches[folder])
const shown = (...open: string[]) =>
  rows(...open).map((row) => `${row.level} ${row.kind === 'folder' ? row.name : row.kind}`)

describe('the lines of a tree of folders', () => {
  test('are those of open folders, without secrets', () => {
    assert.deepEqual(shown(), ['1 Place'])
    assert.deepEqual(shown(''), ['1 Place', '2 a', '2 b'])
    assert.deepEqual(shown('', 'a/'), ['1 Place', '2 a', '3 deep', '3 more', '2 b'])
    assert.deepEqual(shown('', 'a/', 'a/deep/', 'b/'), [
      '1 Place',
      '2 a',
      '3 deep',
      '4 loading',
      '3 more',
      '2 b',
      '3 failed',
    ])
  })

  test('know their place among their siblings, as far as somebody knows it', () => {
    const [, , deep, , b] = rows('', 'a/')
    assert.ok(deep?.kind === 'folder' && b?.kind === 'folder')
    assert.deepEqual([deep.position, deep.siblings], [1, -1])
    assert.deepEqual([b.position, b.siblings], [2, 2])
  })

  test('are walked by keys as the tree pattern has it', () => {
    const some = rows('', 'a/')
    const after = (key: string, at: number) => {
      const step = stepFor(key, some, at)
      return step?.kind === 'to' ? step.index : step?.kind
    }
    assert.equal(after('ArrowDown', 0), 1)
    assert.equal(after('ArrowDown', 4), 4)
    assert.equal(after('ArrowUp', 0), 0)
    assert.equal(after('ArrowRight', 2), 'open')
    assert.equal(after('ArrowRight', 1), 2)
    assert.equal(after('ArrowRight', 3), undefined)
    assert.equal(after('ArrowLeft', 1), 'close')
    assert.equal(after('ArrowLeft', 3), 1)
    assert.equal(after('ArrowLeft', 4), 0)
    assert.equal(after('End', 0), 4)
    assert.equal(after('Home', 4), 0)
    assert.equal(after('Enter', 2), 'choose')
    assert.equal(after('n', 2), undefined)
  })

  test('lead to a folder through those on the way', () => {
    assert.deepEqual(wayTo('a/b/c/'), ['', 'a/', 'a/b/', 'a/b/c/'])
    assert.deepEqual(wayTo(''), [''])
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { complaints, formatNotBuilt, type Outcome, parseNotBuilt, shrink } from './not-built.ts'

const outcome = (line: string, ok: boolean): Outcome => {
  const [area = '', name = ''] = line.split(': ')
  return { area, name, ok }
}
const list = parseNotBuilt('# at most 2\nkv2: a write\nkv2: a read\n')

describe('the list of conversations not built yet', () => {
  test('reads back what it wrote', () => {
    assert.deepEqual(parseNotBuilt(formatNotBuilt(list)), list)
    assert.deepEqual(parseNotBuilt('# at most 0\n'), new Set())
  })

  test('is refused with more or fewer lines than it says, with a line twice, and without its first line', () => {
    assert.throws(() => parseNotBuilt('# at most 1\nkv2: a write\nkv2: a read\n'), /only ever shrinks/)
    assert.throws(() => parseNotBuilt('# at most 3\nkv2: a write\nkv2: a read\n'), /only ever shrinks/)
    assert.throws(() => parseNotBuilt('# at most 2\nkv2: a read\nkv2: a read\n'), /twice/)
    assert.throws(() => parseNotBuilt('kv2: a read\n'), /begins with/)
  })

  test('complains of a failure that is not listed and of a listed success, and of nothing else', () => {
    const outcomes = [
      outcome('kv2: a write', true),
      outcome('kv2: a read', false),
      outcome('kv1: a read', true),
    ]
    assert.deepEqual(complaints(list, outcomes), ['passes, so remove it from not-built.txt: kv2: a write'])
    assert.deepEqual(complaints(list, [outcome('kv1: a read', false)]), ['fails: kv1: a read'])
  })

  test('loses what passed and gains nothing', () => {
    const outcomes = [outcome('kv2: a write', true), outcome('kv1: a read', false)]
    assert.deepEqual(shrink(list, outcomes), ['kv2: a read'])
  })
})

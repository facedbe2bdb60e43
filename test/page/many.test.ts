import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { inParts } from '../../web/src/parts/many/in-parts.ts'
import { nothing, still, toggled, upTo } from '../../web/src/parts/many/selection.ts'

const names = ['a', 'b', 'c', 'd', 'e']
const list = (selection: { readonly chosen: ReadonlySet<string> }) => [...selection.chosen].sort().join('')

describe('choosing names', () => {
  test('one by one, and back', () => {
    const two = toggled(toggled(nothing, 'a'), 'c')
    assert.equal(list(two), 'ac')
    assert.equal(list(toggled(two, 'a')), 'c')
  })

  test('from one to another, in both directions, beside what was chosen', () => {
    const from = toggled(toggled(nothing, 'e'), 'b')
    assert.equal(list(upTo(from, 'd', names)), 'bcde')
    assert.equal(list(upTo(toggled(nothing, 'd'), 'b', names)), 'bcd')
    assert.equal(list(upTo(nothing, 'c', names)), 'c')
    assert.equal(list(upTo(upTo(toggled(nothing, 'b'), 'c', names), 'e', names)), 'bcde', 'the anchor stays')
  })

  test('keeps no name that is not there any more', () => {
    assert.equal(list(still(toggled(toggled(nothing, 'a'), 'c'), ['c', 'd'])), 'c')
  })
})

describe('a work on many', () => {
  const none = () => {}

  test('tells of each what became of it', async () => {
    const refused = new Error('refused')
    const steps: string[] = []
    const outcome = await inParts(
      names,
      2,
      async (part) => {
        steps.push(part.join(''))
        return part.map((name) => (name === 'b' ? refused : undefined))
      },
      none,
      () => false,
    )
    assert.deepEqual(steps, ['ab', 'cd', 'e'])
    assert.deepEqual(outcome, { good: ['a', 'c', 'd', 'e'], bad: [{ item: 'b', error: refused }], left: [] })
  })

  test('ends where a part fails as a whole, and says what was not begun', async () => {
    const error = new Error('away')
    const step = async (part: readonly string[]) => {
      if (part.includes('c')) throw error
      return part.map(() => undefined)
    }
    assert.deepEqual(await inParts(names, 2, step, none, () => false), {
      good: ['a', 'b'],
      bad: [
        { item: 'c', error },
        { item: 'd', error },
      ],
      left: ['e'],
    })
  })

  test('stops where it is told to', async () => {
    const done: number[] = []
    const stopped = () => done.length === 2
    const outcome = await inParts(
      names,
      1,
      async () => [undefined],
      (count) => done.push(count),
      stopped,
    )
    assert.deepEqual(outcome, { good: ['a', 'b'], bad: [], left: ['c', 'd', 'e'] })
  })

  test('loses no item', async () => {
    const items = fc.uniqueArray(fc.string(), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 9 }), fc.func(fc.nat(9)), async (all, size, dice) => {
        const { good, bad, left } = await inParts(
          all,
          size,
          async (part) => {
            if (dice(part) === 0) throw new Error('away')
            return part.map((item) => (dice(item) < 3 ? new Error('refused') : undefined))
          },
          none,
          () => dice('stop') === 0,
        )
        const seen = [...good, ...bad.map(({ item }) => item), ...left]
        assert.deepEqual(seen.sort(), [...all].sort())
      }),
    )
  })
})

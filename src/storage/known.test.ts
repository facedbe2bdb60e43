import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { createKnown } from './known.ts'

type Place = { readonly id: number } | null

const key = (text: string | number) => String(text)
const place = (id: number): Place => ({ id })

describe('what a writer remembers', () => {
  test('is what was set last, or nothing', () => {
    const step = fc.record({
      name: fc.nat(30),
      set: fc.option(fc.option(fc.nat(9), { nil: null }), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 8 }), (steps, generation) => {
        const known = createKnown<Place>(generation)
        const model = new Map<string, Place>()
        for (const { name, set } of steps) {
          if (set === undefined) {
            const found = known.get(key(name))
            if (found !== undefined) assert.deepEqual(found, model.get(key(name)))
          } else {
            known.set(key(name), set === null ? null : place(set))
            model.set(key(name), set === null ? null : place(set))
          }
        }
      }),
    )
  })

  test('stays while it is asked for, and goes when it is not', () => {
    const known = createKnown<Place>(10)
    known.set(key('used'), place(1))
    known.set(key('idle'), place(2))
    for (let i = 0; i < 40; i++) {
      known.set(key(i), null)
      assert.deepEqual(known.get(key('used')), place(1))
    }
    assert.equal(known.get(key('idle')), undefined)
    const left = Array.from({ length: 40 }, (_, i) => known.get(key(i))).filter((found) => found === null)
    assert.ok(left.length < 20)
  })

  test('is gone when it is deleted, be it young or old', () => {
    const known = createKnown<Place>(3)
    for (let i = 0; i < 4; i++) known.set(key(i), place(i))
    for (let i = 0; i < 4; i++) {
      assert.deepEqual(known.get(key(i)), place(i))
      known.delete(key(i))
      assert.equal(known.get(key(i)), undefined)
    }
  })

  test('is all gone when it is cleared', () => {
    const known = createKnown<Place>(2)
    for (let i = 0; i < 4; i++) known.set(key(i), place(i))
    known.clear()
    for (let i = 0; i < 4; i++) assert.equal(known.get(key(i)), undefined)
  })
})

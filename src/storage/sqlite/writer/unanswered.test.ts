import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createUnanswered } from './unanswered.ts'

const commit = (number: number) => ({ number, bytes: Uint8Array.of(number) })
const numbers = (unanswered: ReturnType<typeof createUnanswered>) =>
  unanswered.all().map(({ number }) => number)

describe('commits without an answer', () => {
  test('are kept in order until they are answered', () => {
    const unanswered = createUnanswered()
    assert.deepEqual([unanswered.size, unanswered.oldest()], [0, 0])
    unanswered.add([commit(1), commit(2)], 0)
    unanswered.add([commit(3)], 5)
    unanswered.remove(2)
    unanswered.remove(9)
    assert.deepEqual([numbers(unanswered), unanswered.size, unanswered.oldest()], [[1, 3], 2, 1])
    unanswered.remove(1)
    assert.deepEqual([unanswered.all(), unanswered.oldest()], [[commit(3)], 3])
  })

  test('are given up when they have waited longer than a time, and no others', () => {
    const unanswered = createUnanswered()
    unanswered.add([commit(1), commit(2)], 10)
    unanswered.add([commit(3)], 20)
    assert.deepEqual(unanswered.takeOlder(10), [])
    assert.deepEqual(unanswered.takeOlder(20), [1, 2])
    assert.deepEqual(numbers(unanswered), [3])
    assert.deepEqual(unanswered.takeOlder(21), [3])
    assert.equal(unanswered.size, 0)
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTurns } from './turns.ts'

describe('turns', () => {
  const setUp = () => {
    const went: string[] = []
    return { went, turns: createTurns<string>(3, (one) => went.push(one)) }
  }

  it('are taken by few at a time, and by the others in order', () => {
    const { turns, went } = setUp()
    assert.deepEqual(
      ['a', 'b', 'c', 'd', 'e', 'a'].map((one) => turns.take(one)),
      [true, true, true, false, false, true],
    )
    turns.end('b')
    turns.end('b')
    turns.end('never')
    assert.deepEqual(went, ['d'])
    assert.ok(turns.take('d'))
    turns.end('a')
    assert.deepEqual([went, turns.waiting], [['d', 'e'], 0])
  })

  it('are taken by two at a time once one was refused, and by more as they land', () => {
    const { turns, went } = setUp()
    for (const one of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']) turns.take(one)
    turns.refused('j')
    turns.end('a')
    assert.deepEqual(went, ['d'])
    turns.refused('d')
    turns.end('b')
    assert.deepEqual(went, ['d'])
    for (const one of ['c', 'd', 'e', 'f']) {
      turns.landed(one)
      turns.end(one)
    }
    assert.deepEqual(went, ['d', 'e', 'f', 'g', 'h', 'i'])
    turns.refused('h')
    turns.end('h')
    assert.deepEqual(went.slice(6), [])
    turns.end('i')
    assert.deepEqual(went.slice(6), ['j'])
  })

  it('are given up by those that wait too long, and by no other', () => {
    const { turns, went } = setUp()
    for (const one of ['a', 'b', 'c', 'd', 'e']) turns.take(one)
    assert.deepEqual(
      turns.expire((one) => one !== 'e'),
      ['d'],
    )
    turns.end('a')
    turns.end('b')
    assert.deepEqual(went, ['e'])
  })
})

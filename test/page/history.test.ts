import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { differencesOf } from '../../web/src/parts/secret/history/differences.ts'
import { writersOf } from '../../web/src/parts/secret/history/writers.ts'

const version = (number: number, created: string) => ({
  number,
  created: `2030-01-01T00:00:${created}Z`,
})
const person = (who: string, lastWrite: string) => ({
  who,
  lastWrite: lastWrite === '' ? '' : `2030-01-01T00:00:${lastWrite}Z`,
})

describe('the history of a secret', () => {
  test('names who wrote a version where their last write is that one', () => {
    const versions = [version(3, '30.500'), version(2, '20'), version(1, '10')]
    const people = [person('alice', '30.510'), person('bob', '20.000'), person('reader', '')]
    assert.deepEqual(
      [...writersOf(versions, people)],
      [
        [3, 'alice'],
        [2, 'bob'],
      ],
    )
  })

  test('names nobody where two could have written it, or the time is another', () => {
    const versions = [version(2, '20.2'), version(1, '20')]
    const both = [person('alice', '20.21'), person('bob', '20.19')]
    assert.deepEqual([...writersOf(versions, both)], [])
    assert.deepEqual([...writersOf(versions, [person('alice', '25')])], [])
    // The one of two versions that is nearer, never both.
    assert.deepEqual([...writersOf(versions, [person('alice', '20.21')]).keys()], [2])
  })

  test('tells the fields that differ, by name, whatever the names are', () => {
    const before = JSON.parse('{"same":"1","gone":"2","b":"3","deep":{"a":1}}')
    const after = JSON.parse('{"same":"1","b":"4","deep":{"a":2},"__proto__":"x","constructor":"y"}')
    assert.deepEqual(
      differencesOf(before, after).map(({ kind, name }) => [name, kind]),
      [
        ['__proto__', 'added'],
        ['b', 'changed'],
        ['constructor', 'added'],
        ['deep', 'changed'],
        ['gone', 'removed'],
      ],
    )
    assert.deepEqual(differencesOf(before, before), [])
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { differencesOf } from '../../web/src/parts/secret/history/differences.ts'

describe('the history of a secret', () => {
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

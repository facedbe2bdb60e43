import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { JsonObject } from '../../src/base/json/json.ts'
import {
  dataFromJson,
  dataOf,
  faultsIn,
  fieldsOf,
  isGoodName,
  newField,
  notesField,
  splitNotes,
} from '../../web/src/parts/secret/fields.ts'

const secrets = fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue()) as fc.Arbitrary<JsonObject>

describe('the fields of a secret', () => {
  test('are the secret again, whatever is in it', () => {
    fc.assert(
      fc.property(secrets, (data) => {
        const fields = fieldsOf(data)
        assert.equal(faultsIn(fields).size, 0)
        assert.equal(JSON.stringify(dataOf(fields)), JSON.stringify(data))
        const read = dataFromJson(JSON.stringify(data))
        assert.equal(JSON.stringify(read), JSON.stringify(data))
      }),
    )
  })

  test('and its notes are the secret again, whatever is in it', () => {
    const withNotes = fc.tuple(secrets, fc.jsonValue()).map(([data, notes]) => ({ ...data, notes }))
    fc.assert(
      fc.property(withNotes as fc.Arbitrary<JsonObject>, (data) => {
        const { notes, rest } = splitNotes(data)
        const fields = fieldsOf(rest)
        assert.equal(faultsIn(fields, notes).size, 0)
        assert.deepEqual(dataOf(fields, notes), JSON.parse(JSON.stringify(data)))
      }),
    )
    assert.deepEqual(splitNotes({ a: '1', notes: 'n' }), { notes: 'n', rest: { a: '1' } })
    for (const notes of ['', 1, null, { a: 'b' }]) {
      assert.deepEqual(splitNotes({ notes }), { notes: '', rest: { notes } }, 'this is a field like others')
    }
  })

  test('cannot be called as the notes beside them', () => {
    const field = newField(notesField, 'a')
    assert.equal(faultsIn([field], 'b').get(field.id), 'twice')
    assert.equal(faultsIn([field]).size, 0)
  })

  test('are wrong without a name, with one twice, and with what is no JSON', () => {
    const [none, first, second] = [newField(''), newField('a', '1'), newField('a', '2')]
    const bad = { ...newField('j', '{'), kind: 'json' as const }
    const faults = faultsIn([none, first, second, bad])
    assert.deepEqual(
      [none, first, second, bad].map(({ id }) => faults.get(id)),
      ['missing', undefined, 'twice', 'json'],
    )
  })

  test('are an object and nothing else', () => {
    for (const text of ['', '1', '[]', 'null', '"a"', '{']) assert.equal(dataFromJson(text), undefined, text)
  })
})

describe('the name of a secret', () => {
  test('has no part that means something else in a path', () => {
    for (const name of ['', '/', 'a/', '/a', 'a//b', '.', '..', 'a/../b', 'a/.', '\ud800']) {
      assert.equal(isGoodName(name), false, name)
    }
    for (const name of ['a', 'a/b', 'a b', '...', 'ä/ö', '%2e%2e']) assert.equal(isGoodName(name), true, name)
  })
})

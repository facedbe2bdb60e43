import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Field, fieldOf, type Kind } from '../../web/src/api/description/fields.ts'
import { changesOf, draftOf, faultOf, valuesOf } from '../../web/src/parts/shape-form/draft.ts'
import { durationText } from '../../web/src/parts/shape-form/duration-text.ts'
import { groupsOf, withChoices } from '../../web/src/parts/shape-form/groups.ts'

const field = (kind: Kind, more: Partial<Field> = {}): Field => ({
  ...fieldOf('f', {}, false),
  kind,
  ...more,
})

describe('a form made of a shape', () => {
  test('has a field of each kind', () => {
    const kinds: [object, Kind][] = [
      [{ type: 'string' }, 'text'],
      [{ type: 'string', description: 'A certificate, PEM.' }, 'lines'],
      [{ type: 'string', sensitive: true }, 'secret'],
      [{ type: 'string', format: 'password' }, 'secret'],
      [{ type: 'string', enum: ['a', 'b'] }, 'choice'],
      [{ type: 'integer' }, 'integer'],
      [{ type: 'integer', format: 'seconds' }, 'seconds'],
      [{ type: 'number' }, 'number'],
      [{ type: 'boolean' }, 'boolean'],
      [{ type: 'array', items: { type: 'string' } }, 'list'],
      [{ type: 'array', items: { type: 'object' } }, 'json'],
      [{ type: 'object', additionalProperties: { type: 'string' } }, 'map'],
      [{ type: 'object' }, 'json'],
      [{}, 'any'],
    ]
    for (const [schema, kind] of kinds) assert.equal(fieldOf('f', { ...schema }, false).kind, kind)
  })

  test('sends each kind as the API takes it, and what is empty not at all', () => {
    const sent = (kind: Kind, text: string) => valuesOf([field(kind)], { f: text }).f
    assert.equal(sent('text', ' as it is '), ' as it is ')
    assert.equal(sent('integer', '5'), 5)
    assert.equal(sent('number', '0.5'), 0.5)
    assert.equal(sent('seconds', '90'), 90)
    assert.equal(sent('seconds', ' 1h30m '), '1h30m')
    assert.equal(sent('boolean', 'true'), true)
    assert.equal(sent('boolean', 'false'), false)
    assert.deepEqual(sent('list', 'a, b\n\n c '), ['a, b', 'c'])
    assert.deepEqual(sent('map', 'a=b=c\n d = e'), { a: 'b=c', d: ' e' })
    assert.deepEqual(sent('json', '{"a": [1]}'), { a: [1] })
    assert.deepEqual(sent('any', '[1]'), [1])
    assert.equal(sent('any', 'kv'), 'kv')
    for (const kind of ['text', 'secret', 'list', 'map', 'json', 'boolean', 'seconds'] as const) {
      assert.equal(sent(kind, '  '), undefined)
    }
    const pem = (name: string) => `-----BEGIN ${name}-----\nabc\n-----END ${name}-----`
    assert.deepEqual(sent('list', `${pem('A')}\n\n${pem('B')}\n`), [pem('A'), pem('B')])
  })

  test('begins with what is stored, but for what is secret, and sends what was changed', () => {
    const fields = [
      field('list', { name: 'list' }),
      field('map', { name: 'map' }),
      field('seconds', { name: 'ttl' }),
      field('boolean', { name: 'flag' }),
      field('json', { name: 'json' }),
      field('secret', { name: 'secret' }),
      field('text', { name: 'text' }),
      field('integer', { name: 'standard', standard: 5 }),
    ]
    const before = draftOf(fields, {
      list: ['a', 'b'],
      map: { x: '1' },
      ttl: 5400,
      flag: false,
      json: { a: 1 },
      secret: 'never shown',
      text: 'a',
    })
    assert.deepEqual(before, {
      list: 'a\nb',
      map: 'x=1',
      ttl: '1h30m',
      flag: 'false',
      json: '{\n  "a": 1\n}',
      secret: '',
      text: 'a',
      standard: '5',
    })
    assert.deepEqual(changesOf(fields, before, before), {})
    assert.deepEqual(changesOf(fields, { ...before, list: 'a', secret: 'new', flag: 'true' }, before), {
      list: ['a'],
      secret: 'new',
      flag: true,
    })
    const emptied = Object.fromEntries(fields.map(({ name }) => [name, '']))
    assert.deepEqual(changesOf(fields, emptied, before), {
      list: [],
      map: {},
      ttl: 0,
      json: {},
      text: '',
      standard: 0,
    })
  })

  test('says what is wrong with what is typed', () => {
    assert.equal(faultOf(field('text', { required: true }), ' '), 'missing')
    assert.equal(faultOf(field('text'), ''), undefined)
    assert.equal(faultOf(field('text', { maxLength: 2 }), 'abc'), 'long')
    assert.equal(faultOf(field('integer'), '1.5'), 'integer')
    assert.equal(faultOf(field('integer', { minimum: 1 }), '0'), 'small')
    assert.equal(faultOf(field('integer', { maximum: 9 }), '10'), 'large')
    assert.equal(faultOf(field('number'), 'x'), 'number')
    assert.equal(faultOf(field('seconds'), '1 fortnight'), 'seconds')
    assert.equal(faultOf(field('seconds', { maximum: 60 }), '2m'), 'large')
    assert.equal(faultOf(field('seconds'), '1h30m'), undefined)
    assert.equal(faultOf(field('map'), 'a=b\nc'), 'pairs')
    assert.equal(faultOf(field('json'), '{'), 'json')
    assert.equal(faultOf(field('json'), '5'), 'json')
    assert.equal(faultOf(field('any'), '{'), undefined)
  })

  test('writes spans as people do', () => {
    assert.deepEqual([0, 59, 60, 3600, 3605, 5400, 86_400, -1].map(durationText), [
      '0s',
      '59s',
      '1m',
      '1h',
      '1h5s',
      '1h30m',
      '24h',
      '-1s',
    ])
  })

  test('puts what is needed first, and takes choices from what is answered', () => {
    const named = (name: string, description = '') => fieldOf(name, { type: 'string', description }, false)
    const fields = ['user', 'token_ttl', 'token_type'].map((name) => named(name))
    const all = groupsOf([...fields, named('old', 'Kept for clients.')])
    assert.deepEqual(
      [all.usual, all.tokens, all.rare].map((some) => some.map(({ name }) => name)),
      [['user'], ['token_ttl', 'token_type'], ['old']],
    )
    assert.deepEqual(groupsOf(fields.slice(1)).tokens, [])
    const answered = [fieldOf('token_type', { type: 'string', enum: ['batch'] }, true)]
    const chosen = withChoices(fields, answered)[2]
    assert.deepEqual([chosen?.kind, chosen?.options, chosen?.required], ['choice', ['batch'], false])
  })
})

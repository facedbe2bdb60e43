import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { growsLinearly } from '../../../test/support/growth.ts'
import type { CofferError } from '../../base/errors.ts'
import { parsePairs, parseReadQuery } from '../request/fields.ts'
import { checkPatchType, parseBody } from './body.ts'

const form = 'application/x-www-form-urlencoded'
const parse = (text: string | Buffer, type?: string) => parseBody(Buffer.from(text as string), type)
const refusal = (act: () => unknown) => {
  try {
    act()
  } catch (error) {
    const { code, message } = error as CofferError
    return `${code}: ${message}`
  }
  return 'none'
}
const mustBeObject = (kind: string) =>
  `invalid_request: failed to decode JSON input: json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`

describe('a body', () => {
  test('is JSON without a type, and of any type but a form', () => {
    for (const type of [
      undefined,
      '',
      'application/json',
      'application/json; charset=utf-8',
      'text/plain',
      'nonsense',
    ]) {
      assert.deepEqual(parse('{"a":1,"b":{"c":[]}}', type), { fields: { a: 1, b: { c: [] } }, hasBody: true })
      assert.match(
        refusal(() => parse('a=1', type)),
        /^invalid_request: failed to decode JSON input/,
      )
    }
  })

  test('declared a form is one, unless it begins like JSON', () => {
    for (const type of [form, `${form}; charset=UTF-8`, 'Application/X-WWW-Form-URLencoded']) {
      assert.deepEqual(parse('a=1&b=two+words&c=%C3%A9&e=&f', type).fields, {
        a: '1',
        b: 'two words',
        c: 'é',
        e: '',
        f: '',
      })
      assert.deepEqual(parse('{"a":1}', type).fields, { a: 1 })
      assert.deepEqual(parse(' \r\n\t{"a":1}', type).fields, { a: 1 })
      assert.equal(
        refusal(() => parse('[1]', type)),
        mustBeObject('array'),
      )
    }
  })

  test('as a form joins repeated fields with a comma and keeps values as strings', () => {
    assert.deepEqual(parse('a=1&b=x&a=2&a=', form).fields, { a: '1,2,', b: 'x' })
    assert.deepEqual(parse('n=3&t=true&z=null', form).fields, { n: '3', t: 'true', z: 'null' })
  })

  test('that is empty, blank or null has no fields', () => {
    for (const text of ['', ' \n', 'null', ' null ']) {
      assert.deepEqual(parse(text), { fields: {}, hasBody: false })
    }
    assert.deepEqual(parse('', form), { fields: {}, hasBody: false })
    assert.deepEqual(parse('{}'), { fields: {}, hasBody: true })
  })

  test('that is no object is refused', () => {
    for (const [text, kind] of [
      ['[1]', 'array'],
      ['"a"', 'string'],
      ['1', 'number'],
      ['1.50', 'number'],
      ['true', 'bool'],
    ]) {
      assert.equal(
        refusal(() => parse(text as string)),
        mustBeObject(kind as string),
      )
    }
  })

  test('of two objects is the first of them', () => {
    for (const second of ['{"b":2}', ' {} ', '\n{"b":{"c":[1,"}{"]}}\r\n']) {
      assert.deepEqual(parse(`{"a":{"b":["}\\"{",2]}}${second}`), parse('{"a":{"b":["}\\"{",2]}}'))
    }
  })

  test('that is broken, or goes on behind the object, is refused with the reason', () => {
    for (const [text, reason] of [
      ['{"a":', 'unexpected EOF'],
      ['{"a" "b"}', `invalid character '"' after object key`],
      ['{"a":1}{"b":2}{"c":3}', "invalid character '{' after top-level value"],
      ['{"a":1}[2]', "invalid character '[' after top-level value"],
      ['{"a":1}{"b":2', "invalid character '{' after top-level value"],
      ['{"a":1} x', "invalid character 'x' after top-level value"],
    ]) {
      assert.equal(
        refusal(() => parse(text as string)),
        `invalid_request: failed to decode JSON input: ${reason}`,
      )
    }
  })

  test('that nests too deep is refused', () => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    assert.equal(
      refusal(() => parse(deep)),
      'invalid_request: failed to decode JSON input: exceeded max depth',
    )
  })

  test('may begin with a byte order mark', () => {
    assert.deepEqual(parse('\ufeff{"a":1}').fields, { a: 1 })
    assert.deepEqual(parse('\ufeff{"a":1}', form).fields, { a: 1 })
    assert.deepEqual(parse('\ufeff'), { fields: {}, hasBody: false })
  })

  test('has U+FFFD for bytes that are no UTF-8', () => {
    assert.deepEqual(parse(Buffer.from('{"a":"x\xffy"}', 'latin1')).fields, { a: 'x\ufffdy' })
  })

  test('keeps how a number was spelled, and of two equal names the last', () => {
    assert.equal(
      JSON.stringify(parse('{"a":12345678901234567890,"b":1.50,"c":1,"c":2}').fields),
      '{"a":12345678901234567890,"b":1.50,"c":2}',
    )
  })

  test('with names that JavaScript knows holds mere data', () => {
    for (const { fields } of [
      parse('{"__proto__":"p","constructor":"c","toString":"t"}'),
      parse('__proto__=p&constructor=c&toString=t', form),
    ]) {
      assert.deepEqual(Object.entries(fields), [
        ['__proto__', 'p'],
        ['constructor', 'c'],
        ['toString', 't'],
      ])
      assert.equal(Object.getPrototypeOf(fields), Object.prototype)
    }
    parse('{"__proto__":{"polluted":true}}')
    assert.equal(({} as Record<string, unknown>).polluted, undefined)
  })

  test('that is any JSON object arrives as it is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        assert.equal(JSON.stringify(parse(JSON.stringify(value)).fields), JSON.stringify(value))
      }),
    )
  })

  test('that is any text is read or refused, in either type', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom(undefined, form), (bytes, type) => {
        try {
          parseBody(Buffer.from(bytes), type)
        } catch (error) {
          assert.equal((error as CofferError).code, 'invalid_request')
        }
      }),
    )
  })
})

describe('the time that a body takes', () => {
  const bodies: Record<string, (size: number) => string> = {
    'an open string full of quotes': (size) => `{"${'\\"'.repeat(size / 2)} `,
    'strings that are never closed': (size) => `{${'"\\'.repeat(size / 2)}`,
    'quotes alone': (size) => `{${'"'.repeat(size)}`,
    'blanks alone': (size) => ' '.repeat(size),
    'blanks before a fault': (size) => `${' '.repeat(size)}x`,
    'blanks between two objects': (size) => `{}${' '.repeat(size)}{`,
    'many objects': (size) => '{}'.repeat(size / 2),
    'brackets that do not match': (size) => `{${'[}'.repeat(size / 2)}`,
    'brackets that are not closed': (size) => '['.repeat(size),
    backslashes: (size) => `{"${'\\'.repeat(size)}`,
    'escapes that are none': (size) => `{"${'\\u12'.repeat(size / 4)}`,
    'a number without end': (size) => `{"a":${'1'.repeat(size)}`,
    'numbers of an odd spelling': (size) =>
      `{"a":[${Array(Math.floor(size / 5))
        .fill('0.10')
        .join()}]}`,
    'a pair without a value': (size) => '&='.repeat(size / 2),
    'percent signs': (size) => '%'.repeat(size),
    'pairs of one name': (size) => 'a=b&'.repeat(size / 4),
  }
  for (const [name, make] of Object.entries(bodies)) {
    test(`grows as the body does: ${name}`, () => {
      const read = (bytes: Buffer) => {
        for (const type of [undefined, form]) refusal(() => parseBody(bytes, type))
      }
      assert.ok(growsLinearly((size) => Buffer.from(make(size)), read, 8_192))
    })
  }
})

describe('a PATCH', () => {
  test('must carry a merge patch, parameters allowed', () => {
    checkPatchType('application/merge-patch+json')
    checkPatchType('Application/Merge-Patch+JSON; charset=utf-8')
    for (const [type, named] of [
      ['application/json', 'application/json'],
      ['text/plain; x=y', 'text/plain'],
      [undefined, ''],
    ]) {
      assert.equal(
        refusal(() => checkPatchType(type)),
        `unsupported_media_type: PATCH requires Content-Type of application/merge-patch+json, provided ${named}`,
      )
    }
  })
})

describe('the query of a read', () => {
  test('asks for a list or a scan with a Go boolean', () => {
    for (const text of ['1', 't', 'T', 'TRUE', 'true', 'True']) {
      assert.deepEqual(parseReadQuery(`list=${text}&after=x`), { verb: 'list', fields: { after: 'x' } })
      assert.deepEqual(parseReadQuery(`scan=${text}`), { verb: 'scan', fields: {} })
    }
    for (const text of ['0', 'f', 'F', 'FALSE', 'false', 'False', '']) {
      assert.deepEqual(parseReadQuery(`list=${text}&a=1`), { verb: 'read', fields: { a: '1' } })
    }
    assert.deepEqual(parseReadQuery('list'), { verb: 'read', fields: {} })
  })

  test('is refused without a text when it is no boolean, or both are asked for', () => {
    for (const query of [
      'list=maybe',
      'list=yes',
      'scan=2',
      'list=tRue',
      'list=1&scan=1',
      'list=true&list=true',
    ]) {
      assert.equal(
        refusal(() => parseReadQuery(query)),
        'invalid_request: ',
      )
    }
  })

  test('joins repeated fields with a comma', () => {
    assert.deepEqual(parsePairs('a=1&b=2&a=%20'), { a: '1, ', b: '2' })
  })

  test('with a percent sign without two digits is refused', () => {
    for (const query of ['a=%', 'a=%4', '%zz=1']) {
      assert.equal(
        refusal(() => parsePairs(query)),
        'invalid_request: a field holds a percent sign without two hex digits',
      )
    }
  })
})

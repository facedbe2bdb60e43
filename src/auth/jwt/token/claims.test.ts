import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Json, type JsonObject, parseJson } from '../../../base/json/json.ts'
import {
  type BoundClaimsType,
  checkBoundClaims,
  claimAt,
  globMatches,
  groupValues,
  mappedMetadata,
  userName,
} from './claims.ts'

const parsed = (text: string) => parseJson(text) as JsonObject

describe('a claim', () => {
  const claims = parsed('{"a":1,"/x":2,"org":{"unit":"ops","a/b":{"m~n":[10,{"z":"deep"}]}},"none":null}')
  it('is found by its name', () => {
    assert.equal(claimAt(claims, 'a'), 1)
    assert.equal(claimAt(claims, 'none'), undefined)
    assert.equal(claimAt(claims, 'missing'), undefined)
  })
  it('is found by JSON Pointer when its name begins with a slash', () => {
    assert.equal(claimAt(claims, '/org/unit'), 'ops')
    assert.equal(claimAt(claims, '/org/a~1b/m~0n/1/z'), 'deep')
    assert.equal(claimAt(claims, '/org/a~1b/m~0n/2/z'), undefined)
    assert.equal(claimAt(claims, '/org/unit/length'), undefined)
    assert.equal(claimAt(claims, '/x'), undefined)
  })
  it('is never what every object inherits', () => {
    for (const name of [
      'constructor',
      '__proto__',
      'toString',
      '/org/constructor',
      '/org/a~1b/m~0n/length',
    ]) {
      assert.equal(claimAt(claims, name), undefined, name)
    }
  })
})

describe('the user claim', () => {
  const claims = parsed(
    '{"sub":"alice","n":5,"e":"","who":{"name":"deep"},"/who/name":"flat","c":"a\\u0000b"}',
  )
  it('names the person', () => {
    assert.equal(userName(claims, 'sub', false), 'alice')
  })
  it('is a JSON Pointer only where the role says so', () => {
    assert.equal(userName(claims, '/who/name', true), 'deep')
    assert.equal(userName(claims, '/who/name', false), 'flat')
  })
  it('is refused when it is missing or names nobody', () => {
    const refused = (claim: string, message: string) =>
      assert.throws(() => userName(claims, claim, false), { message })
    refused('email', 'claim "email" not found in token')
    refused('constructor', 'claim "constructor" not found in token')
    refused('n', 'claim "n" could not be converted to string')
    refused('e', 'claim "e" is empty, too long or holds control characters')
    refused('c', 'claim "c" is empty, too long or holds control characters')
    const long = parsed(`{"sub":"${'é'.repeat(257)}"}`)
    assert.throws(() => userName(long, 'sub', false), /is empty, too long/)
  })
})

describe('claim mappings', () => {
  it('copy strings, leave out what is missing and refuse the rest', () => {
    const claims = parsed('{"email":"a@x.org","org":{"unit":"ops"},"n":5}')
    assert.deepEqual(mappedMetadata(claims, { email: 'mail', '/org/unit': 'unit', team: 'group' }), {
      mail: 'a@x.org',
      unit: 'ops',
    })
    assert.throws(() => mappedMetadata(claims, { n: 'number' }), {
      message: 'error converting claim "n" to string',
    })
  })
})

describe('bound claims', () => {
  const check = (claims: string, bound: Record<string, Json>, type: BoundClaimsType = 'string') =>
    checkBoundClaims(parsed(claims), bound, type)
  const refused = (claims: string, bound: Record<string, Json>, message: RegExp, type?: BoundClaimsType) =>
    assert.throws(() => check(claims, bound, type), message)

  it('are one value or a list of allowed values', () => {
    check('{"team":"blue","env":"prod"}', { team: 'blue', env: ['dev', 'prod'] })
    refused(
      '{"team":"blue","env":"x"}',
      { env: ['dev', 'prod'] },
      /^CofferError: error validating claims: claim "env" does not match any associated bound claim values$/,
    )
  })
  it('match when a list claim holds an allowed value', () => {
    check('{"groups":["users","admins"]}', { groups: ['admins'] })
    refused('{"groups":["users"]}', { groups: ['admins'] }, /"groups" does not match/)
    refused('{"groups":[]}', { groups: ['admins'] }, /"groups" does not match/)
  })
  it('must be there', () => {
    refused('{}', { team: 'blue' }, /claim "team" is missing/)
    refused('{"team":null}', { team: 'blue' }, /claim "team" is missing/)
  })
  it('are found by JSON Pointer', () => {
    check('{"org":{"unit":"ops"}}', { '/org/unit': 'ops' })
    refused('{"org":{"unit":"ops"}}', { '/org/unit': 'dev' }, /does not match/)
  })
  it('compare numbers and booleans as such', () => {
    check('{"n":5,"b":true}', { n: 5, b: [true] })
    refused('{"n":"5"}', { n: 5 }, /does not match/)
    refused('{"b":"true"}', { b: true }, /does not match/)
  })
  it('do not take two large numbers for equal because JavaScript rounds them', () => {
    check('{"n":12345678901234567890}', parsed('{"n":12345678901234567890}'))
    refused('{"n":9007199254740993}', { n: 9007199254740992 }, /does not match/)
    refused('{"n":12345678901234567891}', parsed('{"n":12345678901234567890}'), /does not match/)
  })
  it('take an asterisk for any text only where the role says glob', () => {
    check('{"project":"group/x/y"}', { project: 'group/*' }, 'glob')
    refused('{"project":"other/app"}', { project: 'group/*' }, /does not match/, 'glob')
    refused('{"project":"group/app"}', { project: 'group/*' }, /does not match/)
    check('{"project":"group/*"}', { project: 'group/*' })
  })
  it('never match an object', () => {
    refused('{"o":{"a":1}}', { o: '*' }, /is not a string, boolean, number or list/, 'glob')
    refused('{"o":"x"}', { o: { a: 1 } }, /binds claim "o" to an object/)
  })
})

describe('a glob', () => {
  it('matches as the same pattern written as a regular expression', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', '/', '*'), { maxLength: 12 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, text, (pattern, subject) => {
        const source = pattern
          .split('*')
          .map((part) => RegExp.escape(part))
          .join('.*')
        assert.equal(globMatches(pattern, subject), new RegExp(`^${source}$`, 's').test(subject))
      }),
    )
  })
  it('takes no time that grows with the number of its asterisks', () => {
    assert.equal(globMatches(`${'*a'.repeat(5_000)}b`, 'a'.repeat(16_000)), false)
  })
})

describe('the groups claim', () => {
  it('is a list of texts or one text', () => {
    assert.deepEqual(groupValues(['a', '', 'b']), ['a', 'b'])
    assert.deepEqual(groupValues('a'), ['a'])
    assert.equal(groupValues(['a', 5]), undefined)
    assert.equal(groupValues({ a: 1 }), undefined)
  })
})

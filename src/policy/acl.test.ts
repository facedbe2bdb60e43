import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsonObject } from '../base/json/json.ts'
import { type Acl, compileAcl, type Question, rootAcl, type TemplateValues } from './acl.ts'
import { parsePolicy } from './parse.ts'
import { capabilityNames } from './rule.ts'

const acl = (...texts: string[]) =>
  compileAcl(texts.map((text, i) => ({ name: `p${i + 1}`, policy: parsePolicy(text) })))
const withValues = (text: string, values: Record<string, string[]>) => {
  const of: TemplateValues = (name) => values[name] ?? []
  return compileAcl([{ name: 'p', policy: parsePolicy(text) }], of)
}
const grant = (path: string, ...capabilities: string[]) =>
  `path ${JSON.stringify(path)} { capabilities = ${JSON.stringify(capabilities)} }\n`
const ask = (rules: Acl, operation: Question['operation'], path: string, more: Partial<Question> = {}) =>
  rules.check({ operation, path, fields: {}, wrapTtl: undefined, sudo: false, ...more })
const allows = (...question: Parameters<typeof ask>) => ask(...question).allowed

describe('rules of a caller', () => {
  it('grant nothing where none matches', () => {
    assert.deepEqual(ask(acl(), 'read', 'a'), { allowed: false, granting: [], reason: 'no_rule' })
    assert.deepEqual(acl().capabilities('a'), ['deny'])
  })

  it('name the policies that grant the operation', () => {
    const rules = acl(grant('a', 'read'), grant('a', 'read', 'list'), grant('a', 'update'))
    assert.deepEqual(ask(rules, 'read', 'a').granting, ['p1', 'p2'])
    assert.deepEqual(ask(rules, 'list', 'a').granting, ['p2'])
    assert.deepEqual(ask(rules, 'update', 'a').granting, ['p3'])
    assert.deepEqual(ask(rules, 'delete', 'a'), { allowed: false, granting: [], reason: 'capability' })
  })

  it('let root do everything', () => {
    assert.deepEqual(ask(rootAcl, 'delete', 'a', { sudo: true }).granting, ['root'])
    assert.deepEqual(rootAcl.capabilities('a'), ['root'])
    assert.equal(rootAcl.mayReach('a/'), true)
    assert.equal(rootAcl.nextSegments('a/'), 'any')
  })

  it('add up for one path, in one policy and over several', () => {
    assert.deepEqual(acl(grant('a', 'read') + grant('a', 'list')).capabilities('a'), ['list', 'read'])
    assert.deepEqual(acl(grant('a', 'read'), grant('a', 'delete')).capabilities('a'), ['delete', 'read'])
  })

  it('refuse where one of them denies, whatever else is granted', () => {
    assert.deepEqual(acl(grant('a', 'read', 'deny', 'sudo')).capabilities('a'), ['deny'])
    for (const rules of [
      acl(grant('a', 'deny'), grant('a', 'read')),
      acl(grant('a', 'read'), grant('a', 'deny')),
    ]) {
      assert.deepEqual(rules.capabilities('a'), ['deny'])
      assert.equal(ask(rules, 'read', 'a').reason, 'denied')
    }
  })

  it('need sudo besides the capability on protected paths, and sudo alone grants nothing', () => {
    assert.equal(ask(acl(grant('a', 'read')), 'read', 'a', { sudo: true }).reason, 'sudo')
    assert.equal(allows(acl(grant('a', 'read', 'sudo')), 'read', 'a', { sudo: true }), true)
    assert.equal(allows(acl(grant('a', 'sudo')), 'read', 'a', { sudo: true }), false)
    assert.deepEqual(acl(grant('a', 'sudo')).capabilities('a'), ['sudo'])
    assert.equal(acl(grant('a', 'sudo')).sudo('a'), true)
  })

  it('answer without making anything new', () => {
    const rules = acl(grant('a', 'read'))
    assert.equal(ask(rules, 'read', 'a'), ask(rules, 'read', 'a'))
  })
})

describe('the rule that decides about a path', () => {
  const capabilities = (text: string, path: string) => acl(text).capabilities(path)

  it('is an exact one before every wildcard, also when it grants less', () => {
    const text = grant('x/a/b', 'read') + grant('x/+/b', 'list') + grant('x/*', 'delete')
    assert.deepEqual(capabilities(text, 'x/a/b'), ['read'])
    assert.deepEqual(capabilities(text, 'x/c/b'), ['list'])
    assert.deepEqual(capabilities(text, 'x/c/d'), ['delete'])
  })

  it('is the one with the longest beginning', () => {
    const text =
      grant('*', 'list') +
      grant('a/*', 'read') +
      grant('a/secret/*', 'deny') +
      grant('a/secret/open*', 'read')
    assert.deepEqual(capabilities(text, 'b'), ['list'])
    assert.deepEqual(capabilities(text, 'a/b/c'), ['read'])
    assert.deepEqual(capabilities(text, 'a/secret/b'), ['deny'])
    assert.deepEqual(capabilities(text, 'a/secret/open/b'), ['read'])
    assert.deepEqual(capabilities(text, 'a/secret'), ['read'])
  })

  it('takes a star as a wildcard at the end only', () => {
    assert.deepEqual(capabilities(grant('a/*/c', 'read'), 'a/x/c'), ['deny'])
    assert.deepEqual(capabilities(grant('a/*/c', 'read'), 'a/*/c'), ['read'])
    for (const path of ['m/a', 'm/a/b', 'm/ab'])
      assert.deepEqual(capabilities(grant('m/a*', 'read'), path), ['read'])
  })

  it('takes a plus for one whole segment only', () => {
    const text = grant('m/a/+/c', 'read') + grant('m/a+/c', 'list') + grant('m/+b/c', 'delete')
    assert.deepEqual(capabilities(text, 'm/a/x/c'), ['read'])
    assert.deepEqual(capabilities(text, 'm/a/x/y/c'), ['deny'])
    assert.deepEqual(capabilities(text, 'm/a/c'), ['deny'])
    assert.deepEqual(capabilities(text, 'm/a+/c'), ['list'])
    assert.deepEqual(capabilities(text, 'm/ab/c'), ['deny'])
    assert.deepEqual(capabilities(text, 'm/+b/c'), ['delete'])
  })

  it('is, among wildcards, the one whose first wildcard comes later', () => {
    assert.deepEqual(capabilities(grant('kv/pp/+', 'read') + grant('kv/+/a', 'list'), 'kv/pp/a'), ['read'])
    assert.deepEqual(capabilities(grant('kv/p*', 'read') + grant('kv/+/+/c', 'list'), 'kv/pp/b/c'), ['read'])
  })

  it('is, with equal first wildcards, the one without a star', () => {
    const text = grant('x/+/b*', 'list') + grant('x/+/bc', 'read')
    assert.deepEqual(capabilities(text, 'x/a/bc'), ['read'])
    assert.deepEqual(capabilities(text, 'x/a/bcd'), ['list'])
    assert.deepEqual(capabilities(grant('x/a/+', 'list') + grant('x/a/*', 'read'), 'x/a/b'), ['list'])
    assert.deepEqual(capabilities(grant('x/a/+', 'list') + grant('x/a/*', 'read'), 'x/a/b/c'), ['read'])
  })

  it('is then the one with fewer pluses, then the longer one', () => {
    assert.deepEqual(capabilities(grant('x/+/+', 'list') + grant('x/+/b', 'read'), 'x/a/b'), ['read'])
    assert.deepEqual(capabilities(grant('x/+/b*', 'list') + grant('x/+/ba*', 'read'), 'x/a/bar'), ['read'])
    assert.deepEqual(capabilities(grant('x/+/b*', 'list') + grant('x/+/b/*', 'read'), 'x/a/b/c'), ['read'])
  })

  it('is then the one that sorts last, by bytes', () => {
    for (const [last, first, path] of [
      ['x/+/b/+', 'x/+/+/b', 'x/b/b/b'],
      ['+/b/+/*', '+/+/a/*', 'a/b/a/'],
      ['+/+/(', '+/(/+', 'x/(/('],
      ['+/+a/+', '+/+/bc', 'x/+a/bc'],
      ['+/é/+', '+/+/bc', 'x/é/bc'],
    ] as const) {
      for (const text of [
        grant(last, 'read') + grant(first, 'list'),
        grant(first, 'list') + grant(last, 'read'),
      ]) {
        assert.deepEqual(capabilities(text, path), ['read'], `${last} ${first}`)
      }
    }
    assert.deepEqual(capabilities(grant('+/é/+', 'read') + grant('+/+/b', 'list'), 'x/é/b'), ['read'])
  })

  it('minds case', () => {
    assert.deepEqual(capabilities(grant('m/A', 'read'), 'm/a'), ['deny'])
  })

  it('has no slash at its beginning', () => {
    assert.deepEqual(capabilities(grant('/m/a', 'read'), 'm/a'), ['read'])
  })

  it('may name a folder for lists with or without its slash', () => {
    for (const path of ['m/a', 'm/a/', 'm/a*', 'm/a/*', 'm/+', 'm/+/']) {
      assert.equal(allows(acl(grant(path, 'list')), 'list', 'm/a/'), true, path)
    }
    assert.equal(allows(acl(grant('m/a/*', 'list')), 'list', 'm/'), false)
    assert.equal(allows(acl(grant('m/a', 'read')), 'read', 'm/a/'), false)
  })
})

describe('wrapping bounds', () => {
  const bounded = (bounds: string) => acl(`path "a" { capabilities = ["read"] ${bounds} }`)
  const read = (rules: Acl, wrapTtl: number | undefined) => allows(rules, 'read', 'a', { wrapTtl })

  it('make wrapping a duty and bound its time', () => {
    const rules = bounded('min_wrapping_ttl = "30s" max_wrapping_ttl = 90')
    assert.deepEqual(
      [undefined, 10, 30, 60, 90, 100].map((ttl) => read(rules, ttl)),
      [false, false, true, true, true, false],
    )
    assert.equal(ask(rules, 'read', 'a').reason, 'wrapping')
    assert.equal(read(bounded('max_wrapping_ttl = "1m"'), undefined), false)
    const least = bounded('min_wrapping_ttl = "30s"')
    assert.deepEqual(
      [undefined, 29, 30, 86_400].map((ttl) => read(least, ttl)),
      [false, false, true, true],
    )
  })

  it('are the shorter ones of several rules', () => {
    const rules = acl(
      'path "a" { capabilities = ["read"] max_wrapping_ttl = "1h" }',
      'path "a" { capabilities = ["read"] max_wrapping_ttl = "1m" }',
      'path "a" { capabilities = ["read"] }',
    )
    assert.deepEqual(
      [60, 61].map((ttl) => read(rules, ttl)),
      [true, false],
    )
  })
})

describe('templates', () => {
  it('make no more rules than can be held', () => {
    const groups = Array.from({ length: 1000 }, (_, i) => `g${i}`)
    const text = Array.from({ length: 201 }, (_, i) => grant(`p${i}/{{identity.groups.names}}`, 'read')).join(
      '',
    )
    assert.throws(() => withValues(text, { 'identity.groups.names': groups }), { code: 'forbidden' })
  })

  const name = (value: string) => ({ 'identity.entity.name': [value] })

  it('are filled in with the values of the caller', () => {
    const rules = withValues(grant('u/{{ identity.entity.name }}/*', 'read'), name('ann'))
    assert.equal(allows(rules, 'read', 'u/ann/x'), true)
    assert.equal(allows(rules, 'read', 'u/bob/x'), false)
  })

  it('drop their rule, and no other, when the value is missing', () => {
    const rules = withValues(grant('u/{{identity.entity.name}}*', 'read') + grant('y', 'read'), {})
    assert.equal(allows(rules, 'read', 'u/x'), false)
    assert.equal(allows(rules, 'read', 'y'), true)
    assert.deepEqual(acl(grant('a/{{identity.nothing.id}}', 'read')).capabilities('a/'), ['deny'])
  })

  it('of several values make one rule a value', () => {
    const groups = { 'identity.groups.names': ['one', 'two'] }
    const rules = withValues(grant('vos/{{identity.groups.names}}/*', 'read'), groups)
    assert.equal(allows(rules, 'read', 'vos/one/x'), true)
    assert.equal(allows(rules, 'read', 'vos/two/x'), true)
    assert.equal(allows(rules, 'read', 'vos/three/x'), false)
  })

  it('take a wildcard in a value as a plain character', () => {
    const star = withValues(grant('u/{{identity.entity.name}}', 'read'), name('*'))
    assert.equal(allows(star, 'read', 'u/ann'), false)
    assert.equal(allows(star, 'read', 'u/*'), true)
    const plus = withValues(grant('u/{{identity.entity.name}}/x', 'read'), name('+'))
    assert.equal(allows(plus, 'read', 'u/ann/x'), false)
    assert.equal(allows(plus, 'read', 'u/+/x'), true)
    const tail = withValues(grant('u/{{identity.entity.name}}', 'read'), name('a*'))
    assert.equal(allows(tail, 'read', 'u/ann'), false)
  })

  it('drop a rule whose value would change the shape of the path', () => {
    for (const value of ['a/b', '/', '..', '.', '', 'a\nb', '\ud800']) {
      const rules = withValues(grant('u/{{identity.entity.name}}', 'read'), name(value))
      assert.deepEqual(rules.capabilities(`u/${value}`), ['deny'], JSON.stringify(value))
    }
    const joined = withValues(grant('u/.{{identity.entity.name}}/x', 'read'), name('.'))
    assert.deepEqual(joined.capabilities('u/../x'), ['deny'])
    assert.deepEqual(
      withValues(grant('u/{{identity.entity.name}}', 'read'), name('a..b')).capabilities('u/a..b'),
      ['read'],
    )
  })

  it('do not look into values for templates', () => {
    const rules = withValues(grant('u/{{identity.entity.name}}', 'read'), name('{{identity.entity.name}}'))
    assert.deepEqual(rules.capabilities('u/{{identity.entity.name}}'), ['read'])
  })
})

describe('parameter rules', () => {
  const rules = (...texts: string[]) =>
    acl(
      ...texts.map(
        (text) => `path "a" { capabilities = ["create", "update", "read", "delete", "list"] ${text} }`,
      ),
    )
  const passes = (some: Acl, fields: JsonObject, operation: Question['operation'] = 'update') =>
    allows(some, operation, 'a', { fields })

  it('let only the allowed names pass', () => {
    const some = rules('allowed_parameters = { "a" = [] "b" = [] }')
    assert.equal(passes(some, { a: 1, b: 'z' }), true)
    assert.equal(passes(some, { a: 1, c: 2 }), false)
    assert.equal(passes(some, {}), true)
    assert.equal(ask(some, 'update', 'a', { fields: { c: 2 } }).reason, 'parameters')
  })

  it('take a star at the ends of an allowed value as a wildcard', () => {
    const some = rules('allowed_parameters = { "a" = ["pre-*"] "b" = ["*-post"] "c" = ["*mid*"] }')
    assert.deepEqual(
      [
        { a: 'pre-1' },
        { a: '1-pre-1' },
        { b: 'x-post' },
        { b: 'x-post-1' },
        { c: 'a-mid-z' },
        { c: 'a-md-z' },
      ].map((fields) => passes(some, fields)),
      [true, false, true, false, true, false],
    )
    const lone = rules('allowed_parameters = { "a" = ["*"] }')
    assert.deepEqual([passes(lone, { a: '*' }), passes(lone, { a: 'x' })], [true, false])
  })

  it('let other names pass where a star is allowed, and keep the bounds', () => {
    const some = rules('allowed_parameters = { "env" = ["dev"] "*" = [] }')
    assert.equal(passes(some, { env: 'dev', more: 'z' }), true)
    assert.equal(passes(some, { env: 'prod', more: 'z' }), false)
  })

  it('refuse denied names and values, before what is allowed', () => {
    assert.equal(passes(rules('denied_parameters = { "bad" = [] }'), { good: 1, bad: 1 }), false)
    const values = rules('denied_parameters = { "env" = ["prod", "pre*"] }')
    assert.deepEqual(
      ['dev', 'prod', 'pre-prod'].map((env) => passes(values, { env })),
      [true, false, false],
    )
    const both = rules('allowed_parameters = { "a" = [] "b" = [] } denied_parameters = { "b" = [] }')
    assert.equal(passes(both, { a: 1 }), true)
    assert.equal(passes(both, { a: 1, b: 1 }), false)
    assert.equal(passes(rules('denied_parameters = { "*" = [] }'), { a: 1 }), false)
    assert.equal(passes(rules('denied_parameters = { "*" = [] }'), {}), true)
  })

  it('refuse a denied value in every spelling of it', () => {
    const some = rules('denied_parameters = { "n" = [2], "t" = ["2"], "b" = [true] }')
    for (const fields of [{ n: 2 }, { n: '2' }, { n: '2.0' }, { t: 2 }, { b: true }, { b: 'true' }]) {
      assert.equal(passes(some, fields), false, JSON.stringify(fields))
    }
    assert.equal(passes(some, { n: 3, t: '3', b: false }), true)
  })

  it('fit no allowed value to a JSON number', () => {
    const some = rules('allowed_parameters = { "n" = [2, "2"] }')
    assert.equal(passes(some, { n: 2 }), false)
    assert.equal(passes(some, { n: '2' }), true)
  })

  it('compare names without case, but ask for required ones in lower case', () => {
    const some = rules('allowed_parameters = { "Alpha" = [] } denied_parameters = { "BETA" = [] }')
    assert.equal(passes(some, { ALPHA: 1 }), true)
    assert.equal(passes(some, { beta: 1 }), false)
    const required = rules('required_parameters = ["A"]')
    assert.equal(passes(required, { a: 1 }), true)
    assert.equal(passes(required, { A: 1 }), false)
  })

  it('compare lists as a whole', () => {
    const some = rules('allowed_parameters = { "l" = [["a", "b"]] }')
    assert.deepEqual(
      [['a', 'b'], ['b', 'a'], ['a'], 'a'].map((l) => passes(some, { l })),
      [true, false, false, false],
    )
  })

  it('hold for reads and not for deletes and lists', () => {
    const some = rules('required_parameters = ["a"]')
    assert.deepEqual(
      (['read', 'create', 'delete', 'list'] as const).map((operation) => passes(some, {}, operation)),
      [false, false, true, true],
    )
    assert.equal(passes(some, { a: '1' }, 'read'), true)
  })

  it('add up for one path', () => {
    const some = rules(
      'allowed_parameters = { "a" = ["1"] }',
      'allowed_parameters = { "b" = [] "a" = ["2"] }',
    )
    assert.equal(passes(some, { a: '1', b: 'z' }), true)
    assert.equal(passes(some, { a: '2' }), true)
    assert.equal(passes(some, { a: '3' }), false)
    assert.equal(passes(some, { c: '1' }), false)
    const any = rules('denied_parameters = { "a" = ["1"] }', 'denied_parameters = { "a" = [] }')
    assert.equal(passes(any, { a: '2' }), false)
  })

  it('are not fooled by names that objects have anyway', () => {
    assert.equal(passes(rules('required_parameters = ["constructor"]'), {}), false)
    assert.equal(passes(rules('allowed_parameters = { "a" = [] }'), { constructor: 1 }), false)
  })
})

describe('the names that a list shows', () => {
  it('are those that the caller may do something with', () => {
    const rules = acl(grant('m/*', 'read') + grant('m/secret', 'deny') + grant('m/own', 'sudo'))
    assert.deepEqual(['m/a', 'm/secret', 'm/own', 'n'].map(rules.mayReach), [true, false, false, false])
  })

  it('are folders that lead to such names', () => {
    const rules = acl(grant('m/a/b/c', 'read') + grant('m/d/*', 'list') + grant('m/+/e/f', 'update'))
    assert.deepEqual(
      ['m/', 'm/a/', 'm/a/b/', 'm/d/x/', 'm/z/', 'm/z/e/'].map(rules.mayReach),
      Array(6).fill(true),
    )
    assert.deepEqual(['n/', 'm/z/f/', 'm/a', 'm/z', 'm/a/b/c/'].map(rules.mayReach), Array(5).fill(false))
  })

  it('are no folders in which everything is denied', () => {
    const rules = acl(
      grant('m/*', 'read') + grant('m/x/*', 'deny') + grant('m/y/*', 'deny') + grant('m/y/open', 'read'),
    )
    assert.deepEqual(['m/w/', 'm/x/', 'm/y/', 'm/y/z'].map(rules.mayReach), [true, false, true, false])
    const wild = acl(grant('m/+/secret', 'read') + grant('m/x/secret', 'deny'))
    assert.deepEqual(['m/w/', 'm/x/'].map(wild.mayReach), [true, false])
  })

  it('are folders whose deeper names alone are granted', () => {
    const rules = acl(grant('m/+/*', 'read') + grant('m/q/+', 'deny'))
    assert.deepEqual(['m/q/', 'm/q/x', 'm/q/x/y'].map(rules.mayReach), [true, false, true])
  })

  it('are all names of a folder with an exact grant to list it', () => {
    for (const path of ['m/a/', 'm/a']) {
      const rules = acl(grant(path, 'list'))
      assert.deepEqual(
        ['m/a/x', 'm/a/x/', 'm/a/', 'm/b'].map(rules.mayReach),
        [true, true, true, false],
        path,
      )
    }
  })

  it('can be named beforehand where the rules allow only a few', () => {
    const rules = acl(
      grant('u/ann/*', 'read') +
        grant('u/bob', 'read') +
        grant('u/bob/x', 'read') +
        grant('u/cy/+/z', 'read') +
        grant('u/no/*', 'deny'),
    )
    assert.deepEqual(rules.nextSegments('u/'), ['ann', 'bob', 'cy'])
    assert.deepEqual(rules.nextSegments(''), ['u'])
    assert.deepEqual(rules.nextSegments('v/'), [])
    for (const folder of ['u/ann/', 'u/cy/']) assert.equal(rules.nextSegments(folder), 'any')
    assert.equal(acl(grant('u/a*', 'read')).nextSegments('u/'), 'any')
    assert.equal(acl(grant('u', 'list')).nextSegments('u/'), 'any')
  })

  it('are not probed one by one when there are many', () => {
    const many = Array.from({ length: 600 }, (_, i) => grant(`u/${i}/*`, 'read')).join('')
    assert.equal(acl(many).nextSegments('u/'), 'any')
    assert.equal(acl(many.split('\n').slice(0, 40).join('\n')).nextSegments('u/').length, 40)
  })

  it('can be listed, joined and filled in', () => {
    const rules = acl(
      grant('a', 'read') +
        grant('a/', 'list') +
        grant('b/*', 'read') +
        grant('*', 'list') +
        grant('no', 'deny'),
      grant('a', 'update') + grant('x/+/y', 'read') + grant('x/+/z/be*', 'create') + grant('+', 'list'),
    )
    const listed = [...rules.rules()].map(
      ({ kind, pattern, grant: { capabilities } }) => `${kind} ${pattern}: ${capabilityNames(capabilities)}`,
    )
    assert.deepEqual(listed.sort(), [
      'exact a/: list',
      'exact a: read,update',
      'exact no: deny',
      'glob +: list',
      'glob : list',
      'glob b/: read',
      'glob x/+/y: read',
      'glob x/+/z/be*: create',
    ])
    const mine = withValues(grant('u/{{identity.entity.name}}/*', 'read'), {
      'identity.entity.name': ['a+*'],
    })
    assert.deepEqual(
      [...mine.rules()].map(({ kind, pattern }) => [kind, pattern]),
      [['glob', 'u/a+*/']],
    )
    assert.deepEqual([...rootAcl.rules()], [])
  })
})

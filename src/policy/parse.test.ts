import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { CofferError } from '../base/errors.ts'
import { compileAcl } from './acl.ts'
import { defaultPolicy, responseWrappingPolicy } from './builtin.ts'
import { parsePolicy } from './parse.ts'

const compiled = (text: string) => compileAcl([{ name: 'p', policy: parsePolicy(text) }])
const refuses = (text: string, message: string) =>
  assert.throws(
    () => parsePolicy(text),
    { code: 'invalid_request', message: `failed to parse policy: ${message}` },
    text,
  )

describe('the text of a policy', () => {
  it('may be HCL or JSON', () => {
    const texts = [
      'path "a" { capabilities = ["read"] }\npath "b" { policy = "write" }',
      '{"path": {"a": {"capabilities": ["read"]}, "b": {"policy": "write"}}}',
      '{"path": [{"a": {"capabilities": ["read"]}}, {"b": {"policy": "write"}}]}',
      'name = "x"\npath = { "a" = { capabilities = ["read"] } "b" = { policy = "write" } }',
    ]
    for (const text of texts) {
      assert.deepEqual(compiled(text).capabilities('a'), ['read'], text)
      assert.deepEqual(compiled(text).capabilities('b'), ['create', 'delete', 'list', 'read', 'update'], text)
    }
  })

  it('tells of each rule where it begins and ends, and of a fault where it is', () => {
    const places = (text: string) =>
      parsePolicy(text).rules.map(({ path, at, end }) => [path, at.line, at.column, end.line, end.column])
    assert.deepEqual(places('# so\n  path "/a/+" {\n}\npath "b" { policy = "read" }'), [
      ['/a/+', 2, 3, 3, 1],
      ['b', 4, 1, 4, 28],
    ])
    assert.deepEqual(places('{"path": {\n "a": {"policy":\n"read" } } }'), [['a', 2, 2, 3, 8]])
    assert.throws(() => parsePolicy('path "a" {\n  capabilities = ["fly"]\n}'), {
      at: { line: 2, column: 19 },
    })
  })

  it('may be comments only, and a rule may grant nothing', () => {
    for (const text of [
      '',
      '# nothing\n// here\n/* at all */\n',
      'path "a" { capabilities = [] }',
      '{}',
      'path "a" {}',
    ]) {
      assert.deepEqual(compiled(text).capabilities('a'), ['deny'], text)
    }
  })

  it('knows the older words for sets of capabilities', () => {
    const rules = compiled(
      'path "r" { policy = "read" } path "d" { policy = "deny" } path "s" { policy = "sudo" }',
    )
    assert.deepEqual(rules.capabilities('r'), ['list', 'read'])
    assert.deepEqual(rules.capabilities('d'), ['deny'])
    assert.deepEqual(rules.capabilities('s'), ['create', 'delete', 'list', 'read', 'sudo', 'update'])
    const both = compiled('path "a" { policy = "read" capabilities = ["patch"] }')
    assert.deepEqual(both.capabilities('a'), ['list', 'patch', 'read'])
  })

  it('is refused with line and column', () => {
    refuses(
      'path "x" {\n capabilities = ["nope"] }',
      'path "x": invalid capability "nope" on line 2, column 18',
    )
    refuses('foo = 1', 'invalid key "foo" on line 1, column 1')
    refuses('paths "x" { capabilities = ["read"] }', 'invalid key "paths" on line 1, column 1')
    refuses('path "x" { foo = 1 }', 'path "x": invalid key "foo" on line 1, column 12')
    refuses(
      'path "x" { capabilities = "read" }',
      'path "x": capabilities must be a list on line 1, column 27',
    )
    refuses(
      'path "x" { capabilities = [1] }',
      'path "x": capabilities must be a list of strings on line 1, column 28',
    )
    refuses('path "x" { policy = "own" }', 'path "x": invalid policy "own" on line 1, column 21')
    refuses('path "x" { policy = 1 }', 'path "x": policy must be a string on line 1, column 21')
    refuses(
      'path "x" { capabilities = [] capabilities = [] }',
      'path "x": key "capabilities" is set twice on line 1, column 30',
    )
    refuses('path "x" "y" {}', '"path" takes one label, found 2 on line 1, column 1')
    refuses(
      'path "x" { capabilities = ["read" ',
      'expected , or ] in the list, found the end of the text on line 1, column 35',
    )
    refuses('nonsense', 'expected = or { after "nonsense", found the end of the text on line 1, column 9')
    refuses('{"path": {"x": {"foo": 1}}}', 'path "x": invalid key "foo" on line 1, column 17')
    refuses('{"path": ', 'expected a value, found the end of the text on line 1, column 10')
  })

  it('is refused with wildcards and templates that make no sense', () => {
    refuses('path "a/+*" {}', `path "a/+*": invalid use of wildcards ('+*' is forbidden) on line 1, column 1`)
    const unbalanced = 'template is not closed, or closed without being opened on line 1, column 1'
    for (const path of ['a/{{identity.entity.id', 'a/}}', 'a/{{x}}}}', '{{a{{b}}', '{{x']) {
      refuses(`path ${JSON.stringify(path)} {}`, `path ${JSON.stringify(path)}: ${unbalanced}`)
    }
    refuses('path "a/{{ }}" {}', 'path "a/{{ }}": template is empty on line 1, column 1')
    const twice = 'a/{{identity.groups.names}}/{{identity.groups.metadata.k}}'
    refuses(
      `path "${twice}" {}`,
      `path "${twice}": only one template may stand for several values on line 1, column 1`,
    )
    refuses(
      'path "a\\n" {}',
      'path "a\\n": holds a control character or half a character on line 1, column 1',
    )
    refuses(
      `path "${'a'.repeat(2049)}" {}`,
      `path "${'a'.repeat(200)}…": longer than 2048 characters on line 1, column 1`,
    )
  })

  it('is refused with wrapping bounds that make no sense', () => {
    refuses(
      'path "a" { min_wrapping_ttl = "1h" max_wrapping_ttl = "1m" }',
      'path "a": max_wrapping_ttl cannot be less than min_wrapping_ttl on line 1, column 1',
    )
    refuses(
      'path "a" { min_wrapping_ttl = "soon" }',
      'path "a": error parsing min_wrapping_ttl: time: invalid duration "soon" on line 1, column 31',
    )
    refuses(
      'path "a" { max_wrapping_ttl = -1 }',
      'path "a": max_wrapping_ttl must not be negative on line 1, column 31',
    )
    refuses(
      'path "a" { max_wrapping_ttl = [] }',
      'path "a": max_wrapping_ttl must be a duration on line 1, column 31',
    )
  })

  it('is refused with parameter rules that make no sense', () => {
    refuses(
      'path "a" { allowed_parameters = [] }',
      'path "a": allowed_parameters must be a block of lists on line 1, column 33',
    )
    refuses('path "a" { denied_parameters { x = 1 } }', 'path "a": x must be a list on line 1, column 36')
    refuses(
      'path "a" { denied_parameters { x = [{}] } }',
      'path "a": a parameter value must be a string, a number, a boolean or a list on line 1, column 37',
    )
    refuses(
      'path "a" { denied_parameters { x = [] X = [] } }',
      'path "a": parameter "x" is set twice in denied_parameters on line 1, column 39',
    )
  })

  it('is refused where it narrows a rule in a way that is not offered', () => {
    refuses(
      'path "a" { control_group = {} }',
      'path "a": key "control_group" is not supported on line 1, column 12',
    )
    refuses(
      'path "a" { mfa_methods = ["x"] }',
      'path "a": key "mfa_methods" is not supported on line 1, column 12',
    )
  })

  it('is bounded in length, number of rules and nesting', () => {
    refuses(`#${'x'.repeat(512 * 1024)}`, 'text is longer than 524288 bytes')
    refuses('path "a" {}\n'.repeat(10_001), 'more than 10000 rules on line 10001, column 1')
    const nested = (depth: number) =>
      `path "a" { allowed_parameters = { "p" = ${'['.repeat(depth)}${']'.repeat(depth)} } }`
    assert.doesNotThrow(() => parsePolicy(nested(8)))
    refuses(nested(20), 'nested more than 16 levels deep on line 1, column 55')
  })

  it('parses or is refused with a place, and never breaks the parser', () => {
    const words = [
      'path',
      '"a"',
      '"{{x}}"',
      '{',
      '}',
      '[',
      ']',
      '=',
      'capabilities',
      '"read"',
      'policy',
      '"write"',
      '\n',
      'allowed_parameters',
      'min_wrapping_ttl',
      '"1h"',
      '3',
      ',',
      '{"path":',
      '"+"',
    ]
    const text = fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((all) => all.join(' '))
    fc.assert(
      fc.property(text, (policy) => {
        try {
          parsePolicy(policy)
        } catch (error) {
          assert.ok(error instanceof CofferError)
          assert.match(error.message, /^failed to parse policy: .+ on line \d+, column \d+$/s)
        }
      }),
      { numRuns: 3000 },
    )
  })
})

describe('the built-in policies', () => {
  const values = (name: string) =>
    ({ 'identity.entity.id': ['e-1'], 'identity.entity.name': ['ann'] })[name] ?? []
  const ofDefault = compileAcl([{ name: 'default', policy: parsePolicy(defaultPolicy) }], values)

  it('let every token look after itself', () => {
    assert.deepEqual(ofDefault.capabilities('auth/token/lookup-self'), ['read'])
    for (const path of ['auth/token/renew-self', 'auth/token/revoke-self', 'sys/capabilities-self']) {
      assert.deepEqual(ofDefault.capabilities(path), ['update'], path)
    }
    for (const path of [
      'sys/wrapping/wrap',
      'sys/wrapping/lookup',
      'sys/wrapping/unwrap',
      'sys/leases/renew',
      'sys/leases/lookup',
      'sys/tools/hash',
      'sys/tools/hash/sha2-512',
    ]) {
      assert.deepEqual(ofDefault.capabilities(path), ['update'], path)
    }
    assert.deepEqual(ofDefault.capabilities('cubbyhole/x/y'), ['create', 'delete', 'list', 'read', 'update'])
    assert.deepEqual(ofDefault.capabilities('sys/internal/ui/resultant-acl'), ['read'])
    assert.deepEqual(ofDefault.capabilities('identity/oidc/provider/p/authorize'), ['read', 'update'])
  })

  it('show a person their own entity and no other', () => {
    assert.deepEqual(ofDefault.capabilities('identity/entity/id/e-1'), ['read'])
    assert.deepEqual(ofDefault.capabilities('identity/entity/name/ann'), ['read'])
    assert.deepEqual(ofDefault.capabilities('identity/entity/id/e-2'), ['deny'])
    assert.deepEqual(ofDefault.capabilities('sys/policies/acl/x'), ['deny'])
  })

  it('let a wrapping token be unwrapped', () => {
    const rules = compiled(responseWrappingPolicy)
    assert.deepEqual(rules.capabilities('sys/wrapping/unwrap'), ['update'])
    assert.deepEqual(rules.capabilities('cubbyhole/response'), ['create', 'read'])
    assert.deepEqual(rules.capabilities('cubbyhole/other'), ['deny'])
  })
})

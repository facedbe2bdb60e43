import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { compileAcl, type Question } from './acl.ts'
import { explain, type NamedPolicy } from './explain.ts'
import { parsePolicy } from './parse.ts'
import type { TemplateValues } from './pattern.ts'

const named = (texts: Record<string, string>): NamedPolicy[] =>
  Object.entries(texts).map(([name, text]) => ({ name, policy: parsePolicy(text) }))

const ask = (operation: Question['operation'], path: string): Question => ({
  operation,
  path,
  fields: {},
  wrapTtl: undefined,
  sudo: false,
})

function explained(texts: Record<string, string>, question: Question, values?: TemplateValues) {
  const policies = named(texts)
  const told = explain(compileAcl(policies, values), policies, values, question)
  const shown = (sources: typeof told.deciding) =>
    sources.map(({ policy, rule }) => `${policy}:${rule.at.line} ${rule.path}`)
  return {
    deciding: shown(told.deciding),
    overruled: shown(told.overruled),
    unfilled: shown(told.unfilled),
    isPartial: told.isPartial,
  }
}

const nothing = { deciding: [], overruled: [], unfilled: [], isPartial: false }

describe('the explanation of a decision', () => {
  it('names the rule that fits best, and those that fit too', () => {
    const texts = {
      wide: '# all\npath "a/*" { capabilities = ["read"] }\npath "b" { capabilities = ["read"] }',
      exact: 'path "a/b" { capabilities = ["list"] }',
    }
    assert.deepEqual(explained(texts, ask('read', 'a/b')), {
      ...nothing,
      deciding: ['exact:1 a/b'],
      overruled: ['wide:2 a/*'],
    })
    assert.deepEqual(explained(texts, ask('read', 'c')), nothing)
  })

  it('names all rules for one pattern, also where one of them denies', () => {
    const texts = {
      one: 'path "a/+" { capabilities = ["read"] }',
      other: 'path "a/+" { capabilities = ["deny"] }\npath "a/+" { capabilities = ["list"] }',
    }
    assert.deepEqual(explained(texts, ask('read', 'a/b')), {
      ...nothing,
      deciding: ['one:1 a/+', 'other:1 a/+', 'other:2 a/+'],
    })
  })

  it('takes a list for one of the folder without its slash, as the decision does', () => {
    const texts = { p: 'path "a" { capabilities = ["list"] }' }
    assert.deepEqual(explained(texts, ask('list', 'a/')).deciding, ['p:1 a'])
    assert.deepEqual(explained(texts, ask('read', 'a/')).deciding, [])
  })

  it('fills templates in, and tells which have no value', () => {
    const texts = { p: 'path "u/{{identity.entity.name}}/*" { capabilities = ["read"] }' }
    const values: TemplateValues = (name) => (name === 'identity.entity.name' ? ['alice'] : [])
    assert.deepEqual(explained(texts, ask('read', 'u/alice/x'), values).deciding, [
      'p:1 u/{{identity.entity.name}}/*',
    ])
    assert.deepEqual(explained(texts, ask('read', 'u/bob/x'), values), nothing)
    assert.deepEqual(explained(texts, ask('read', 'u/alice/x')), {
      ...nothing,
      unfilled: ['p:1 u/{{identity.entity.name}}/*'],
    })
    assert.deepEqual(explained(texts, ask('read', 'elsewhere/x')), nothing)
  })

  it('says so where there are too many rules to look at', () => {
    const texts = {
      p: Array.from({ length: 300 }, (_, i) => `path "${'a/'.repeat(i)}*" { policy = "read" }`).join('\n'),
    }
    const told = explained(texts, ask('read', 'a/'.repeat(400)))
    assert.equal(told.isPartial, true)
    assert.equal(told.overruled.length, 100)
  })

  const segment = fc.constantFrom('a', 'b', '+', '{{identity.entity.name}}', '{{identity.groups.names}}')
  const written = fc.record({
    path: fc
      .tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '/', '/*', '*'))
      .map(([segments, end]) => segments.join('/') + end)
      .filter((path) => !path.includes('+*') && path.split('groups').length <= 2),
    capabilities: fc.uniqueArray(fc.constantFrom('create', 'read', 'update', 'list', 'sudo', 'deny'), {
      maxLength: 3,
    }),
    limits: fc.constantFrom('', 'required_parameters = ["x"]', 'max_wrapping_ttl = "1m"'),
  })
  const text = fc
    .array(written, { maxLength: 4 })
    .map((rules) =>
      rules
        .map(
          ({ path, capabilities, limits }) =>
            `path ${JSON.stringify(path)} {\n capabilities = ${JSON.stringify(capabilities)}\n ${limits}\n}`,
        )
        .join('\n'),
    )
  const question: fc.Arbitrary<Question> = fc.record({
    operation: fc.constantFrom('create', 'read', 'update', 'list'),
    path: fc
      .tuple(
        fc.array(fc.constantFrom('a', 'b', 'ann', 'g'), { minLength: 1, maxLength: 4 }),
        fc.constantFrom('', '/'),
      )
      .map(([segments, end]) => segments.join('/') + end),
    fields: fc.constantFrom({}, { x: '1' }),
    wrapTtl: fc.constantFrom(undefined, 30),
    sudo: fc.boolean(),
  })
  const values = fc.constantFrom<(TemplateValues | undefined)[]>(undefined, (name) =>
    name === 'identity.entity.name' ? ['ann'] : name === 'identity.groups.names' ? ['g', 'a'] : [],
  )

  it('names exactly the rules that decide: they alone decide the same, and the others alone do not count', () => {
    fc.assert(
      fc.property(text, text, question, values, (one, other, asked, filled) => {
        const policies = named({ one, other })
        const acl = compileAcl(policies, filled)
        const { deciding, overruled, unfilled } = explain(acl, policies, filled, asked)
        const only = (rules: typeof deciding) =>
          policies.map(({ name, policy }) => ({
            name,
            policy: { rules: policy.rules.filter((rule) => rules.some((source) => source.rule === rule)) },
          }))
        const verdict = acl.check(asked)
        assert.deepEqual(compileAcl(only(deciding), filled).check(asked), verdict)
        assert.equal(deciding.length === 0, verdict.reason === 'no_rule')
        for (const { rule } of deciding) {
          const rest = compileAcl(only(deciding.filter((source) => source.rule !== rule)), filled)
          if (deciding.length === 1) assert.equal(rest.check(asked).reason, 'no_rule')
        }
        if (deciding.length === 0) assert.deepEqual(overruled, [])
        for (const source of overruled) {
          assert.notEqual(compileAcl(only([source]), filled).check(asked).reason, 'no_rule')
        }
        for (const source of unfilled) {
          assert.equal(compileAcl(only([source]), filled).check(asked).reason, 'no_rule')
        }
      }),
      { numRuns: 3000 },
    )
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Acl, compileAcl, type Question } from './acl.ts'
import { parsePolicy } from './parse.ts'

/** A rule as its author writes it, and the plainest way of finding the one that decides. */
type Written = { readonly path: string; readonly capabilities: readonly string[] }
type Ranked = Written & { readonly first: number; readonly star: boolean; readonly pluses: number }

function ranked(rule: Written): Ranked {
  const star = rule.path.endsWith('*')
  const text = star ? rule.path.slice(0, -1) : rule.path
  const segments = text.split('/')
  const plus = segments.indexOf('+')
  const first = plus < 0 ? text.length : segments.slice(0, plus).join('/').length + (plus > 0 ? 1 : 0)
  return { ...rule, star, first, pluses: segments.filter((segment) => segment === '+').length }
}

function pattern({ path }: Written): RegExp {
  const star = path.endsWith('*')
  const segments = (star ? path.slice(0, -1) : path).split('/')
  const source = segments
    .map((segment) => (segment === '+' ? '[^/]*' : segment.replaceAll('+', '\\+')))
    .join('/')
  return new RegExp(`^${source}${star ? '.*' : ''}$`, 's')
}

/** Best first. */
function order(a: Ranked, b: Ranked): number {
  const exact = (rule: Ranked) => Number(!rule.star && rule.pluses === 0)
  const keys = (rule: Ranked) => [
    exact(rule),
    rule.first,
    Number(!rule.star),
    -rule.pluses,
    Buffer.byteLength(rule.path),
  ]
  const [x, y] = [keys(a), keys(b)]
  const differing = x.findIndex((value, i) => value !== y[i])
  return differing < 0
    ? Buffer.compare(Buffer.from(b.path), Buffer.from(a.path))
    : (y[differing] ?? 0) - (x[differing] ?? 0)
}

function decide(rules: readonly Written[], path: string): Written | undefined {
  const matching = rules
    .filter((rule) => pattern(rule).test(path))
    .map(ranked)
    .sort(order)
  const best = matching[0]
  if (best === undefined) return undefined
  const same = matching.filter((rule) => rule.path === best.path).flatMap((rule) => rule.capabilities)
  return { path: best.path, capabilities: same.includes('deny') ? ['deny'] : [...new Set(same)].sort() }
}

function decideList(rules: readonly Written[], path: string): Written | undefined {
  const bare = path.endsWith('/') ? path.slice(0, -1) : path
  const exact = (text: string) =>
    rules.some((rule) => rule.path === text && isPlain(rule)) ? decide(rules, text) : undefined
  return exact(path) ?? exact(bare) ?? decide(rules, path) ?? decide(rules, bare)
}
const isPlain = (rule: Written) => !rule.path.endsWith('*') && !rule.path.split('/').includes('+')

const capabilities = ['create', 'read', 'update', 'delete', 'list', 'patch', 'scan', 'sudo', 'deny']
const segment = fc.constantFrom('a', 'b', 'ab', '+', '+', 'a+', '!')
const written: fc.Arbitrary<Written> = fc.record({
  path: fc
    .tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '', '/', '/*', '*'))
    .map(([segments, end]) => segments.join('/') + end)
    .filter((path) => !path.includes('+*')),
  capabilities: fc.uniqueArray(fc.constantFrom(...capabilities, 'read', 'list', 'read'), { maxLength: 3 }),
})
const someRules = fc.array(written, { maxLength: 8 })
const path = fc
  .tuple(
    fc.array(fc.constantFrom('a', 'b', 'ab', 'abc', 'a+', 'z', '+', '!'), { minLength: 1, maxLength: 5 }),
    fc.constantFrom('', '/'),
  )
  .map(([segments, end]) => segments.join('/') + end)

const policyText = (rules: readonly Written[]) =>
  rules
    .map(
      (rule) => `path ${JSON.stringify(rule.path)} { capabilities = ${JSON.stringify(rule.capabilities)} }`,
    )
    .join('\n')
/** Spreads the rules over several policies, so that both kinds of joining happen. */
const compile = (rules: readonly Written[]) =>
  compileAcl(
    [0, 1].map((half) => ({
      name: `p${half}`,
      policy: parsePolicy(policyText(rules.filter((_, i) => i % 2 === half))),
    })),
  )
const ask = (acl: Acl, operation: Question['operation'], path: string) =>
  acl.check({ operation, path, fields: {}, wrapTtl: undefined, sudo: false }).allowed

describe('compiled rules', () => {
  it('decide as the plainest reading of them does', () => {
    fc.assert(
      fc.property(someRules, path, (rules, at) => {
        const acl = compile(rules)
        const expected = decideList(rules, at)?.capabilities ?? []
        assert.deepEqual(acl.capabilities(at), expected.length === 0 ? ['deny'] : expected)
        for (const operation of ['create', 'read', 'update', 'delete', 'patch'] as const) {
          assert.equal(ask(acl, operation, at), decide(rules, at)?.capabilities.includes(operation) ?? false)
        }
        for (const operation of ['list', 'scan'] as const) {
          assert.equal(ask(acl, operation, at), expected.includes(operation))
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('name exactly the policies whose rule for the path grants the operation', () => {
    fc.assert(
      fc.property(someRules, path, (rules, at) => {
        const verdict = compile(rules).check({
          operation: 'read',
          path: at,
          fields: {},
          wrapTtl: undefined,
          sudo: false,
        })
        const deciding = verdict.allowed ? decide(rules, at)?.path : undefined
        const names = rules.flatMap((rule, i) =>
          rule.path === deciding && rule.capabilities.includes('read') ? [`p${i % 2}`] : [],
        )
        assert.deepEqual(verdict.granting, [...new Set(names)].sort())
      }),
    )
  })
})

/** Everything that could lie below a folder, as far as small rules can tell the difference. */
function everythingBelow(folder: string, depth: number): string[] {
  if (depth === 0) return []
  return ['a', 'b', 'ab', 'az', 'abz', 'a+', 'z', '!'].flatMap((name) => [
    folder + name,
    `${folder}${name}/`,
    ...everythingBelow(`${folder}${name}/`, depth - 1),
  ])
}

describe('the names that a list shows', () => {
  const useful = ['create', 'read', 'update', 'delete', 'list', 'patch', 'scan']
  const mayDo = (acl: Acl, at: string) =>
    at.endsWith('/')
      ? ask(acl, 'list', at) ||
        ask(acl, 'scan', at) ||
        useful.some((operation) => ask(acl, operation as 'read', at))
      : acl.capabilities(at).some((capability) => useful.includes(capability))
  const folder = fc
    .array(fc.constantFrom('a', 'b', 'ab', 'z'), { maxLength: 2 })
    .map((all) => all.map((one) => `${one}/`).join(''))
  const name = fc.constantFrom('a', 'b', 'ab', 'a+', 'z', 'a/', 'b/', 'ab/', 'a+/', 'z/')

  it('are those that the caller may do something with, and folders that lead to such', () => {
    fc.assert(
      fc.property(someRules, folder, name, (rules, parent, child) => {
        const acl = compile(rules)
        const at = parent + child
        const bare = parent.slice(0, -1)
        const whole = rules.some((rule) => rule.path === parent) ? parent : bare
        const showsAll =
          parent !== '' &&
          rules.some((rule) => rule.path === whole) &&
          (decide(rules, whole)?.capabilities.includes('list') ?? false)
        const leads = child.endsWith('/') && everythingBelow(at, 3).some((below) => mayDo(acl, below))
        assert.equal(acl.mayReach(at), showsAll || mayDo(acl, at) || leads)
      }),
      {
        numRuns: 1000,
        examples: [
          [
            [
              { path: 'ab', capabilities: [] },
              { path: '+/', capabilities: ['list'] },
            ],
            '',
            'ab/',
          ],
        ],
      },
    )
  })

  it('are all names of a folder that is said to be reached whole', () => {
    let whole = 0
    fc.assert(
      fc.property(someRules, folder, name, (rules, parent, child) => {
        const acl = compile(rules)
        if (!acl.reachesAll(parent)) return
        whole++
        assert.equal(acl.mayReach(parent + child), true)
      }),
      { numRuns: 3000 },
    )
    assert.ok(whole > 30, `${whole} of the folders were`)
  })

  it('are all among the next segments, where these are few', () => {
    fc.assert(
      fc.property(someRules, folder, name, (rules, parent, child) => {
        const acl = compile(rules)
        const few = acl.nextSegments(parent)
        if (few === 'any' || !acl.mayReach(parent + child)) return
        assert.ok(few.includes(child.replace('/', '')), `${parent}${child} is not among ${few}`)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('the values of templates', () => {
  const attacks = [
    '*',
    '+',
    '/',
    '..',
    '.',
    '..',
    '%2e%2e',
    '%2F',
    '%2a',
    '\uff0a',
    '\u2044',
    '\u2215',
    '\uff0f',
    '\u0000',
    '{{',
    '}}',
    '{{identity.entity.id}}',
    'victim',
    'a',
    '',
  ]
  const value = fc.oneof(
    fc.array(fc.constantFrom(...attacks), { minLength: 1, maxLength: 3 }).map((all) => all.join('')),
    fc.string({ unit: 'binary' }),
  )
  const shape = fc.constantFrom(
    'u/{{identity.entity.name}}',
    'u/{{identity.entity.name}}/*',
    'u/{{identity.entity.name}}*',
    'u/x-{{identity.entity.name}}/+/y',
    'u/{{identity.entity.name}}{{identity.entity.name}}/z',
    '{{identity.entity.name}}',
    'u/+/{{identity.entity.name}}',
    'u/{{identity.groups.names}}/*',
  )

  it('grant only paths that hold them letter by letter in one segment', () => {
    const victims = [
      'u/victim',
      'u/victim/s',
      'u/',
      'u',
      'u/x-victim/a/y',
      'u/a/victim',
      'u/*',
      'u/+/x',
      'u/../u/victim',
      'victim',
      's/t',
      '*',
      '+',
    ]
    fc.assert(
      fc.property(shape, value, fc.oneof(fc.constantFrom(...victims), path), (rule, name, at) => {
        const acl = compileAcl(
          [{ name: 'p', policy: parsePolicy(policyText([{ path: rule, capabilities: ['read'] }])) }],
          () => [name],
        )
        if (!ask(acl, 'read', at)) return
        assert.ok(!name.includes('/') && name !== '', 'such a value makes no rule')
        const segments = at.split('/')
        assert.ok(!segments.includes('..') && !segments.includes('.'))
        const at0 = rule.split('/').findIndex((part) => part.includes('{{'))
        const wanted = (rule.split('/')[at0] ?? '').replaceAll(/\{\{[^}]*\}\}/g, () => name)
        const found = segments[at0] ?? ''
        if (wanted.endsWith('*') && rule.endsWith('}}*')) assert.ok(found.startsWith(wanted.slice(0, -1)))
        else assert.equal(found, wanted)
      }),
      { numRuns: 5000 },
    )
  })

  it('grant the path that they name, where a request can name it', () => {
    fc.assert(
      fc.property(shape, value, (rule, name) => {
        const acl = compileAcl(
          [{ name: 'p', policy: parsePolicy(policyText([{ path: rule, capabilities: ['read'] }])) }],
          () => [name],
        )
        const own = rule
          .replaceAll('+', 'q')
          .replace(/\*$/, 'r')
          .replaceAll(/\{\{[^}]*\}\}/g, () => name)
        const nameable =
          own.isWellFormed() && !/\p{Cc}/u.test(own) && !own.split('/').some((part) => /^\.{0,2}$/.test(part))
        if (rule.endsWith('}}*') && /^\.\.?$/.test(name)) return
        assert.equal(ask(acl, 'read', own), nameable && name !== '' && !name.includes('/'))
      }),
      { numRuns: 2000 },
    )
  })
})

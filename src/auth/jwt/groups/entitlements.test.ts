import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { maxEntitlement, maxEntitlements, normalNamespace, parseEntitlement } from './entitlements.ts'
import { groupNames, membershipNames } from './names.ts'

const egi = { namespaces: ['urn:mace:egi.eu'], authorities: [] }
const names = (...entitlements: string[]) => groupNames(entitlements, egi).names
const entitlement = (rest: string) => `urn:mace:egi.eu:group:${rest}#aai.egi.eu`

describe('an entitlement', () => {
  it('is namespace, group, role and authority (AARC-G069)', () => {
    assert.deepEqual(parseEntitlement('urn:mace:egi.eu:group:vo.access.egi.eu:role=member#aai.egi.eu'), {
      namespace: 'urn:mace:egi.eu',
      path: ['vo.access.egi.eu'],
      role: 'member',
      authority: 'aai.egi.eu',
    })
  })
  it('may have subgroups, no role and no authority', () => {
    assert.deepEqual(parseEntitlement('urn:geant:example.org:sub:group:a:b:c'), {
      namespace: 'urn:geant:example.org:sub',
      path: ['a', 'b', 'c'],
      role: undefined,
      authority: undefined,
    })
  })
  it('has its parts percent-decoded one by one', () => {
    const parsed = parseEntitlement(
      'urn:geant:x.org:group:A%3AB%20C:%C3%89cole:role=vm%2Fops#https%3A%2F%2Fx.org',
    )
    assert.deepEqual(parsed?.path, ['A:B C', 'École'])
    assert.equal(parsed?.role, 'vm/ops')
    assert.equal(parsed?.authority, 'https://x.org')
  })
  it('has a namespace whose scheme and identifier ignore case, and nothing else does', () => {
    assert.equal(parseEntitlement('URN:MACE:Egi.eu:group:X#a')?.namespace, 'urn:mace:Egi.eu')
    assert.equal(normalNamespace('urn:Geant:x'), 'urn:geant:x')
    for (const text of ['', 'urn:', 'urn:mace', 'urn:mace:', 'mace:egi.eu', 'urn:a:b c', 'urn:-a:b']) {
      assert.equal(normalNamespace(text), undefined, text)
    }
  })
  it('is nothing when it is malformed', () => {
    const bad = [
      '',
      'group:x',
      'urn:mace:egi.eu:group:',
      'urn:mace:egi.eu:group:#aai.egi.eu',
      'urn:mace:egi.eu:group:x#',
      'urn:mace:egi.eu:group:x#a#b',
      'urn:mace:egi.eu:group::x#a',
      'urn:mace:egi.eu:group:x:#a',
      'urn:mace:egi.eu:group:x:role=#a',
      'urn:mace:egi.eu:group:role=manager#a',
      'urn:mace:egi.eu:group:x:role=manager:y#a',
      'urn:mace:egi.eu:group:x:role=a:role=b#a',
      'urn:mace:egi.eu:group:x%#a',
      'urn:mace:egi.eu:group:x%2#a',
      'urn:mace:egi.eu:group:x%zz#a',
      'urn:mace:egi.eu:group:x%FF#a',
      'urn:mace:egi.eu:group:x%C0%AF#a',
      'urn:mace:egi.eu:group:x%ED%A0%80#a',
      'urn:mace:egi.eu:group:x%00#a',
      'urn:mace:egi.eu:group:x%0a#a',
      'urn:mace:egi.eu:group:x%C2%85#a',
      'urn:mace:egi.eu:group:x y#a',
      'urn:mace:egi.eu:group:x/y#a',
      'urn:mace:egi.eu:group:x\\y#a',
      'urn:mace:egi.eu:group:é#a',
      'urn:mace:egi.eu:group:x?y#a',
      ' urn:mace:egi.eu:group:x#a',
      'urn:mace:egi.eu:group:x#a\n',
      `urn:mace:egi.eu:group:${'a:'.repeat(16)}a#a`,
      `urn:mace:egi.eu:group:${'a'.repeat(maxEntitlement)}#a`,
    ]
    for (const text of bad) assert.equal(parseEntitlement(text), undefined, JSON.stringify(text))
  })
  it('of any text is parsed without an exception', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseEntitlement(text)))
    const parts = fc.constantFrom('urn', 'mace', 'group', 'role=', 'x', ':', '#', '%', '%2F', '%00', '/', '*')
    fc.assert(fc.property(fc.array(parts), (list) => void parseEntitlement(list.join(''))))
  })
})

describe('group names', () => {
  it('are the group, and the group with the role', () => {
    assert.deepEqual(names(entitlement('vo.access.egi.eu:role=manager')), [
      'vo.access.egi.eu',
      'vo.access.egi.eu:role=manager',
    ])
    assert.deepEqual(names(entitlement('vo.access.egi.eu')), ['vo.access.egi.eu'])
    assert.deepEqual(names(entitlement('vo:sub:role=member')), ['vo:sub', 'vo:sub:role=member'])
  })
  it('are sorted and each there once', () => {
    assert.deepEqual(names(entitlement('b:role=member'), entitlement('b:role=x'), entitlement('a')), [
      'a',
      'b',
      'b:role=member',
      'b:role=x',
    ])
  })
  it('do not include the groups above a subgroup', () => {
    assert.deepEqual(names(entitlement('vo:admins:role=member')), ['vo:admins', 'vo:admins:role=member'])
  })
  it('come from the configured namespaces alone', () => {
    const foreign = [
      'urn:mace:evil.example:group:vo.access.egi.eu:role=manager#aai.egi.eu',
      'urn:mace:egi.eu.evil.example:group:vo.access.egi.eu#aai.egi.eu',
      'urn:mace:egi.eu:sub:group:vo.access.egi.eu#aai.egi.eu',
      'urn:mace:egi%2Eeu:group:vo.access.egi.eu#aai.egi.eu',
      'urn:mace:EGI.EU:group:vo.access.egi.eu#aai.egi.eu',
    ]
    assert.deepEqual(names(...foreign), [])
  })
  it('come from the configured authorities alone, where there are some', () => {
    const rules = { namespaces: ['urn:mace:egi.eu'], authorities: ['aai.egi.eu'] }
    const from = (text: string) => groupNames([text], rules).names
    assert.deepEqual(from('urn:mace:egi.eu:group:x#aai.egi.eu'), ['x'])
    assert.deepEqual(from('urn:mace:egi.eu:group:x#other.example'), [])
    assert.deepEqual(from('urn:mace:egi.eu:group:x'), [])
  })
  it('keep hostile parts literal: no slash, wildcard, dots, separator or look-alike comes out', () => {
    const cases: [string, string][] = [
      ['vo%2Fother', 'vo%2Fother'],
      ['vo%252Fother', 'vo%252Fother'],
      ['..', '%2E%2E'],
      ['%2e%2e', '%2E%2E'],
      ['.', '%2E'],
      ['*', '%2A'],
      ['+', '%2B'],
      ['a%3Arole%3Dmanager', 'a%3Arole%3Dmanager'],
      ['a:role%3Dmanager', 'a:role%3Dmanager'],
      ['a%23x', 'a%23x'],
      ['%D0%B0', '%D0%B0'],
      ['a%E2%80%8Bb', 'a%E2%80%8Bb'],
      ['%7B%7Bidentity%7D%7D', '%7B%7Bidentity%7D%7D'],
      ["(a'b!c)", '%28a%27b%21c%29'],
    ]
    for (const [part, name] of cases) assert.deepEqual(names(entitlement(part)), [name], part)
  })
  it('hold only letters, digits, marks and the two separators', () => {
    const path = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 4 })
    const role = fc.option(fc.string({ unit: 'grapheme', minLength: 1 }), { nil: undefined })
    fc.assert(
      fc.property(path, role, (path, role) => {
        for (const name of membershipNames({ path, role })) {
          assert.match(name, /^[A-Za-z0-9\-_.~%]+(:[A-Za-z0-9\-_.~%]+)*(:role=[A-Za-z0-9\-_.~%]+)?$/)
          assert.ok(name.split(':').every((part) => !/^\.+$/.test(part)))
        }
      }),
    )
  })
  it('are the same only for the same membership', () => {
    const part = fc.oneof(
      fc
        .array(fc.constantFrom('a', ':', '=', 'role=', '%', '/', '.', '#', '3A', '%3A'), {
          minLength: 1,
          maxLength: 4,
        })
        .map((list) => list.join('')),
      fc.string({ unit: 'grapheme', minLength: 1 }),
    )
    const membership = fc.record({
      path: fc.array(part, { minLength: 1, maxLength: 3 }),
      role: fc.option(part, { nil: undefined }),
    })
    fc.assert(
      fc.property(membership, membership, (one, other) => {
        const same = JSON.stringify([one.path, one.role]) === JSON.stringify([other.path, other.role])
        assert.equal(membershipNames(one).at(-1) === membershipNames(other).at(-1), same)
      }),
      { numRuns: 2_000 },
    )
  })
  it('survive the way through an entitlement', () => {
    const part = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((s) => !/\p{Cc}/u.test(s))
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), part, (path, role) => {
        const text = `${path.map(encodeAll).join(':')}:role=${encodeAll(role)}`
        assert.deepEqual(parseEntitlement(entitlement(text))?.path, path)
        assert.deepEqual(names(entitlement(text)), [...membershipNames({ path, role })].sort())
      }),
    )
  })
  it('are made of hundreds of entitlements, and of thousands up to a bound', () => {
    const many = Array.from({ length: maxEntitlements + 500 }, (_, i) => entitlement(`vo${i}:role=member`))
    assert.equal(groupNames(many.slice(0, 700), egi).names.length, 1_400)
    const bounded = groupNames(many, egi)
    assert.equal(bounded.names.length, 2 * maxEntitlements)
    assert.equal(bounded.dropped, 500)
  })
  it('leave out a group whose name would be too long', () => {
    assert.deepEqual(names(entitlement('%C3%A9'.repeat(100))), [])
  })
})

/** Every byte escaped: the form in which any text may stand in a URN. */
function encodeAll(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

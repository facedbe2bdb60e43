import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Alias, Group, Person } from '../../web/src/api/administer/shapes.ts'
import { called, shortName } from '../../web/src/parts/administer/called.ts'
import { mergeOf } from '../../web/src/parts/administer/merged.ts'
import { pairsOf, textsOfPairs } from '../../web/src/parts/administer/pairs.ts'
import { sourcesOf } from '../../web/src/parts/administer/sources.ts'

const alias = (name: string, mount: string, metadata = {}): Alias => ({
  id: `${mount}-${name}`,
  name,
  mountAccessor: `accessor-${mount}`,
  mountPath: `auth/${mount}/`,
  mountType: mount,
  metadata,
})

const person = (given: Partial<Person>): Person => ({
  id: 'id',
  name: 'entity_0123456789ab',
  aliases: [],
  metadata: {},
  policies: [],
  disabled: false,
  directGroups: [],
  created: '2030-01-01T00:00:00Z',
  ...given,
})

const group = (id: string, policies: readonly string[]): Group => ({
  id,
  name: `group ${id}`,
  isExternal: false,
  policies,
  metadata: {},
  memberGroups: [],
  parentGroups: [],
  members: 0,
  hasMore: false,
  alias: undefined,
  vos: [],
})

describe('what somebody is called', () => {
  test('is what was given, then what a login says, then the login, then the name of the entity', () => {
    const jwt = alias('0a1b', 'jwt', { name: 'Alice from the provider' })
    const all = person({ metadata: { name: 'Alice' }, aliases: [jwt] })
    assert.equal(called(all), 'Alice')
    assert.equal(called({ ...all, metadata: {} }), 'Alice from the provider')
    assert.equal(called({ ...all, metadata: {}, aliases: [alias('0a1b', 'jwt')] }), '0a1b')
    assert.equal(called({ ...all, metadata: {}, aliases: [] }), 'entity_0123456789ab')
    assert.equal(called({ ...all, metadata: {}, name: 'build', aliases: [alias('0a1b', 'jwt')] }), 'build')
  })
})

describe('a name in a list', () => {
  test('is cut in the middle where it is a long identifier, and whole otherwise', () => {
    const [name, id] = ['first.middle.last@example.org', `a11ce${'0'.repeat(59)}@example.org`]
    assert.deepEqual([shortName(name), shortName(id), shortName('')], [name, 'a11ce000…0000@example.org', ''])
  })
})

describe('the sources of policies', () => {
  test('are all that give one: oneself, groups, and groups that hold these', () => {
    const groups = [group('in', ['p', 'q']), group('above', ['q']), group('other', ['never'])]
    const found = sourcesOf({ policies: ['p'], directGroups: ['in'], inheritedGroups: ['above'] }, groups)
    assert.deepEqual(
      found.map(({ policy, sources }) => [
        policy,
        sources.map((one) => (one.kind === 'own' ? 'own' : [one.group.id, one.isInherited])),
      ]),
      [
        ['p', ['own', ['in', false]]],
        [
          'q',
          [
            ['in', false],
            ['above', true],
          ],
        ],
      ],
    )
  })
})

describe('a merge', () => {
  test('takes logins along, and asks where both have one on the same mount', () => {
    const [a, b, c] = [alias('a', 'jwt'), alias('b', 'jwt'), alias('c', 'userpass')]
    const { moved, clashes } = mergeOf(person({ aliases: [a, c] }), person({ aliases: [b] }))
    assert.deepEqual([moved, clashes], [[c], [{ theirs: a, own: b }]])
  })

  test('loses what only the one who goes has, and gains their groups', () => {
    const from = person({ policies: ['p', 'q'], metadata: { k: '1', l: '2' }, directGroups: ['x', 'y'] })
    const to = person({ policies: ['q'], metadata: { k: '1', l: '3' }, directGroups: ['y'] })
    const { lostPolicies, lostMetadata, gainedGroups } = mergeOf(from, to)
    assert.deepEqual([lostPolicies, lostMetadata, gainedGroups], [['p'], ['l'], ['x']])
  })

  test('opens nothing that was closed', () => {
    const [open, closed] = [person({}), person({ disabled: true })]
    const isClosed = (from: Person, to: Person) => mergeOf(from, to).isClosed
    assert.deepEqual(
      [isClosed(closed, open), isClosed(closed, closed), isClosed(open, closed), isClosed(open, open)],
      [true, false, false, false],
    )
  })
})

describe('pairs of metadata', () => {
  test('come back as they were, without lines that have no name', () => {
    const texts = { a: '1', b: ' 2 ' }
    const pairs = [...pairsOf(texts), { id: 'new', name: ' ', text: 'x' }]
    assert.deepEqual(textsOfPairs(pairs), texts)
  })
})

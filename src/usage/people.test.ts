import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { countPerson, joinPeople, maxPeople, type Person } from './people.ts'
import type { Use } from './record.ts'

const address = '192.0.2.1'

const use = (at: number, name: string, entityId = ''): Use => ({
  at,
  operation: 'read',
  displayName: name,
  entityId,
  address,
})

function counted(uses: readonly (readonly ['read' | 'write', Use])[]): Person[] {
  const people: Parameters<typeof countPerson>[0] = []
  for (const [kind, one] of uses) countPerson(people, kind, one)
  return people
}

describe('the people of a secret', () => {
  test('are the same by their entity whatever they are called, and without one by what they are called', () => {
    const people = counted([
      ['read', use(1, 'alice', 'one')],
      ['write', use(2, 'oidc-alice', 'one')],
      ['read', use(3, 'alice')],
      ['read', use(4, 'bob')],
    ])
    assert.deepEqual(people, [
      { displayName: 'oidc-alice', entityId: 'one', address, reads: 1, writes: 1, lastRead: 1, lastWrite: 2 },
      { displayName: 'alice', entityId: '', address, reads: 1, writes: 0, lastRead: 3 },
      { displayName: 'bob', entityId: '', address, reads: 1, writes: 0, lastRead: 4 },
    ])
  })

  test('have the address that they came from last, and when they last came by an opening', () => {
    const from = (at: number, address: string, opened = false): Use => ({
      ...use(at, 'alice', 'one'),
      address,
      ...(opened ? { opened: true } : {}),
    })
    const early = counted([['read', from(1, '192.0.2.7', true)]])
    const late = counted([['read', from(2, '192.0.2.8')]])
    for (const [a, b] of [
      [early, late],
      [late, early],
    ]) {
      const [one] = joinPeople(a, b)
      assert.deepEqual([one?.address, one?.opened, one?.lastRead], ['192.0.2.8', 1, 2])
    }
  })

  test('are the last few, the newest first when joined', () => {
    const names = fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 100 })
    fc.assert(
      fc.property(names, fc.nat({ max: 100 }), (all, cut) => {
        const uses = all.map((name, at) => ['read', use(at + 1, `p${name}`)] as const)
        const wanted = [...new Set(all.map((name) => `p${name}`).reverse())].slice(0, maxPeople)
        const joined = joinPeople(counted(uses.slice(0, cut)), counted(uses.slice(cut)))
        assert.deepEqual(
          joined.map(({ displayName }) => displayName),
          wanted,
        )
        assert.ok(counted(uses).length <= maxPeople)
      }),
    )
  })

  test('count as often as they came when there are few', () => {
    const names = fc.array(fc.nat({ max: maxPeople - 1 }), { maxLength: 60 })
    fc.assert(
      fc.property(names, fc.nat({ max: 60 }), (all, cut) => {
        const uses = all.map((name, at) => ['write', use(at + 1, 'x', `p${name}`)] as const)
        for (const { entityId, writes } of joinPeople(
          counted(uses.slice(0, cut)),
          counted(uses.slice(cut)),
        )) {
          assert.equal(writes, all.filter((name) => `p${name}` === entityId).length)
        }
      }),
    )
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { manualClock } from '../../base/clock.ts'
import { systemRandom } from '../../base/random.ts'
import type { Context } from '../context.ts'
import { rowsInMemory } from '../memory-for-tests.ts'
import { lockoutOf } from './lockout.ts'

/** A mount by itself, and the names of the rows that it made. */
function mount() {
  const rows = rowsInMemory()
  const names = new Set<string>()
  const clock = manualClock()
  const storage: Context['storage'] = {
    ...rows,
    put: (kind, name, record) => {
      names.add(name)
      rows.put(kind, name, record)
    },
  }
  // What lockouts use of a request's context.
  const context = { storage, clock, random: systemRandom, mount: { config: {} } } as unknown as Context
  return {
    names,
    clock,
    async fail(alias: string, known: boolean, times = 1) {
      for (let i = 0; i < times; i++) (await lockoutOf(context, { alias, known })).failed()
    },
    locked: async (alias: string, known: boolean) => (await lockoutOf(context, { alias, known })).locked,
  }
}

describe('a lockout', () => {
  it('comes after as many failures for names that nobody has as for others', async () => {
    const { fail, locked } = mount()
    for (const known of [true, false]) {
      const name = known ? 'alice' : 'nobody'
      await fail(name, known, 4)
      assert.equal(await locked(name, known), false)
      await fail(name, known)
      assert.equal(await locked(name, known), true)
    }
  })

  it('of names that nobody has takes no more room than a bound, and pushes out nobody who exists', async () => {
    const { fail, names, locked } = mount()
    await fail('alice', true, 5)
    for (let i = 0; i < 20_000; i++) await fail(`nobody${i}`, false)
    assert.ok(names.size <= 1024 + 2, `${names.size} rows`)
    assert.ok(await locked('alice', true))
  })

  it('of a name that nobody has is not ended by failures of many other names', async () => {
    const { fail, locked } = mount()
    await fail('nobody', false, 5)
    for (let i = 0; i < 30_000; i++) await fail(`other${i}`, false)
    assert.ok(await locked('nobody', false))
  })
})

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { barrierBench } from '../barrier/barrier-for-tests.ts'
import { createRecordCache } from '../transaction/cache.ts'
import { begin, type Ground } from '../transaction/transaction.ts'
import { entities, entityKey, type Group, groupKey, groups, membershipKey, memberships } from './record.ts'
import { resolveIdentity } from './resolve.ts'

const id = 'e'

/** Someone in the groups `direct`. @param parents of each group by its id */
async function identityIn(
  t: TestContext,
  direct: readonly string[],
  parents: Readonly<Record<string, string[]>>,
) {
  const { store, open } = await barrierBench(t)
  const ground: Ground = { store, barrier: await open(), cache: createRecordCache(8 * 1024 * 1024) }
  const tx = begin(ground)
  const times = { created: 0, updated: 0 }
  tx.put(entities, entityKey(id), {
    ...{ id, name: id, policies: [], metadata: null, disabled: false, aliases: [], merged: [] },
    ...times,
  })
  tx.put(memberships, membershipKey(id), { internal: direct, external: {} })
  for (const [name, above] of Object.entries(parents)) {
    const group: Group = {
      ...{ id: name, name, metadata: null, type: 'internal', policies: [`of-${name}`] },
      ...{ memberGroups: [], parents: above, alias: null, modifyIndex: 1, ...times },
    }
    tx.put(groups, groupKey(name), group)
  }
  await tx.commit()
  return resolveIdentity(begin(ground), id)
}

const names = (count: number) => Array.from({ length: count }, (_, i) => `g${i}`)

describe('the groups of someone', () => {
  it('are all that they are in, and those above them', async (t) => {
    const identity = await identityIn(t, ['a'], { a: ['b'], b: ['c', 'a'], c: [], d: [] })
    assert.deepEqual(identity?.policies, ['of-a', 'of-b', 'of-c'])
  })

  it('may be more than are followed, if there are no others above them', async (t) => {
    const direct = names(1200)
    const identity = await identityIn(t, direct, Object.fromEntries(direct.map((name) => [name, ['g1199']])))
    assert.equal(identity?.policies.length, 1200)
  })

  it('are too many rather than without the last, which may be the one that denies', async (t) => {
    const above = names(1000)
    const parents = { first: above, ...Object.fromEntries(above.map((name) => [name, ['last']])), last: [] }
    await assert.rejects(identityIn(t, ['first'], parents), {
      code: 'forbidden',
      message: /more than 1000 groups/,
    })
  })
})

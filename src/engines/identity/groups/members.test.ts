import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, it } from 'node:test'
import { barrierBench } from '../../../barrier/barrier-for-tests.ts'
import { systemClock } from '../../../base/clock.ts'
import {
  blankGroup,
  groupKey,
  groups,
  memberKey,
  memberMarks,
  membershipKey,
  memberships,
} from '../../../identity/record.ts'
import { createRecordCache } from '../../../transaction/cache.ts'
import { begin, type Ground } from '../../../transaction/transaction.ts'
import { dissolve } from './members.ts'

describe('a group of more members than one commit takes', () => {
  it('ends all the same', async (t) => {
    const { store, open } = await barrierBench(t)
    const ground: Ground = { store, barrier: await open(), cache: createRecordCache(64 * 1024 * 1024) }
    const group = blankGroup(randomUUID(), 0, 'external')
    const members = Array.from({ length: 4_000 }, () => randomUUID())
    for (let at = 0; at < members.length; at += 2_000) {
      const filling = begin(ground)
      for (const id of members.slice(at, at + 2_000)) {
        filling.put(memberships, membershipKey(id), { internal: [], external: { alias: [group.id] } })
        filling.put(memberMarks, memberKey(group.id, id), {})
      }
      await filling.commit()
    }
    const tx = begin(ground)
    tx.put(groups, groupKey(group.id), group)
    await dissolve({ tx, clock: systemClock() }, group)
    tx.delete(groupKey(group.id))
    await tx.commit()
    assert.equal(await begin(ground).get(groups, groupKey(group.id)), undefined)
  })
})

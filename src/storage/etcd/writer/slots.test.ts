import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it, type TestContext } from 'node:test'
import { type EtcdCluster, missingEtcd, startEtcd } from '../../../../test/support/etcd.ts'
import { requires } from '../../../../test/support/requires.ts'
import { CofferError } from '../../../base/errors.ts'
import type { Calls } from '../connection/calls.ts'
import { createLayout } from '../layout.ts'
import { put, writtenAt } from '../messages/ops.ts'
import { openCalls } from './queue-for-tests.ts'
import { type Attempt, claimSlots, newNonce } from './slots.ts'

describe('the slots of commits in etcd', requires(missingEtcd), () => {
  let cluster: EtcdCluster
  before(async () => {
    cluster = await startEtcd()
  })
  after(() => cluster.stop())

  /** Slots whose calls lose their answers when told so, and an attempt in one of them that was never sent. */
  async function setUp(t: TestContext) {
    const { guard, calls } = openCalls(t, cluster.urls)
    let losing = false
    const repeat: Calls['repeat'] = async (work, patience) => {
      const answer = await calls.repeat(work, patience)
      if (losing) throw new CofferError('storage_failed', 'the answer was lost')
      return answer
    }
    const layout = createLayout(`${randomUUID()}/`)
    const slots = await claimSlots({ calls: { ...calls, repeat }, guard, layout, node: 'n' })
    const slot = slots.take()
    assert.ok(slot !== undefined)
    const attempt: Attempt = { slot, nonce: newNonce() }
    /** Sends what a commit of the attempt sends of its slot. */
    const send = (revision: bigint) =>
      calls.once(({ kv }, options) =>
        kv.txn(
          { compare: [writtenAt(slot.key, revision)], success: [put(slot.key, attempt.nonce)] },
          options,
        ),
      )
    const losingAnswers = async (work: () => Promise<unknown>) => {
      losing = true
      await assert.rejects(work(), /the answer was lost/)
      losing = false
    }
    return { guard, slots, slot, attempt, send, losingAnswers }
  }

  it('tell that a commit has not landed, although the answer of the first settlement was lost', async (t) => {
    const { guard, slots, slot, attempt, send, losingAnswers } = await setUp(t)
    const sentAt = slot.revision
    for (let times = 0; times < 2; times++) await losingAnswers(() => slots.settle([attempt], 1000))
    assert.deepEqual(await slots.settle([attempt], 1000), [undefined])
    assert.equal(guard.broken, undefined)
    assert.ok(slot.revision > sentAt)
    assert.equal((await send(sentAt)).succeeded, false, 'it cannot land any more')
    assert.equal((await send(slot.revision)).succeeded, true, 'the slot serves the next one')
  })

  it('tell that a commit has landed, although the answer of the first settlement was lost', async (t) => {
    const { slots, slot, attempt, send, losingAnswers } = await setUp(t)
    const { header } = await send(slot.revision)
    await losingAnswers(() => slots.settle([attempt], 1000))
    assert.deepEqual(await slots.settle([attempt], 1000), [header?.revision])
    assert.equal(slot.revision, header?.revision)
  })

  it('are given up when somebody else has written one', async (t) => {
    const { guard, slots, slot, attempt, send } = await setUp(t)
    await send(slot.revision)
    await assert.rejects(slots.settle([{ slot, nonce: newNonce() }], 1000), /another process writes to etcd/)
    assert.ok(guard.broken !== undefined && attempt.slot === slot)
  })
})

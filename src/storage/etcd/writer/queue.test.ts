import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { Code, ConnectError } from '@connectrpc/connect'
import { type EtcdCluster, missingEtcd, startEtcd } from '../../../../test/support/etcd.ts'
import { requires } from '../../../../test/support/requires.ts'
import { bytes, key } from '../../contract/harness.ts'
import { type Calls, createCalls } from '../connection/calls.ts'
import { createEndpoint } from '../connection/endpoints.ts'
import { createGuard } from '../connection/guard.ts'
import { identify } from '../connection/identity.ts'
import { createLayout } from '../layout.ts'
import { createVersions } from '../versions.ts'
import { createQueue } from './queue.ts'
import { claimSlots } from './slots.ts'

describe('the queue of commits to etcd', requires(missingEtcd), () => {
  let cluster: EtcdCluster
  before(async () => {
    cluster = await startEtcd()
  })
  after(() => cluster.stop())

  it('sends a commit that was settled as not landed as a later try, which has more time', async (t) => {
    const guard = createGuard()
    const endpoints = cluster.urls.map((url) => createEndpoint(url, {}))
    const deadline = 10_000
    const calls = createCalls({ endpoints, guard, attempt: 2000, deadline, login: undefined })
    t.after(() => calls.close())
    const tried: (number | undefined)[] = []
    const once: Calls['once'] = (work, tries) => {
      tried.push(tries)
      if (tried.length > 2) return calls.once(work, tries)
      throw new ConnectError('the operation timed out', Code.DeadlineExceeded)
    }
    const layout = createLayout(`${randomUUID()}/`)
    const { lineage, revision: storeRevision } = await identify(calls, layout)
    const versions = createVersions(lineage, guard.cluster ?? 0n)
    const slots = await claimSlots({ calls, guard, layout, node: 'n' })
    const queue = createQueue({
      calls: { ...calls, once },
      guard,
      layout,
      versions,
      slots,
      storeRevision,
      deadline,
    })
    const result = await queue.commit({ put: [{ key: key('a'), value: bytes('1') }] })
    assert.ok(result.ok)
    assert.deepEqual(tried, [1, 2, 3])
  })
})

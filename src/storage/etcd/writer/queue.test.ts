import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { Code, ConnectError } from '@connectrpc/connect'
import { type EtcdCluster, missingEtcd, startEtcd } from '../../../../test/support/etcd.ts'
import { requires } from '../../../../test/support/requires.ts'
import { bytes, key } from '../../contract/harness.ts'
import { openQueue } from './queue-for-tests.ts'

describe('the queue of commits to etcd', requires(missingEtcd), () => {
  let cluster: EtcdCluster
  before(async () => {
    cluster = await startEtcd()
  })
  after(() => cluster.stop())

  it('sends a commit that was settled as not landed as a later try, which has more time', async (t) => {
    const tried: (number | undefined)[] = []
    const { queue } = await openQueue(
      t,
      { urls: cluster.urls, prefix: `${randomUUID()}/`, node: 'n' },
      (once) => (work, tries) => {
        tried.push(tries)
        if (tried.length > 2) return once(work, tries)
        throw new ConnectError('the operation timed out', Code.DeadlineExceeded)
      },
    )
    const result = await queue.commit({ put: [{ key: key('a'), value: bytes('1') }] })
    assert.ok(result.ok)
    assert.deepEqual(tried, [1, 2, 3])
  })
})

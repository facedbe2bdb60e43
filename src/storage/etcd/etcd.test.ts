import { randomUUID } from 'node:crypto'
import { after, describe } from 'node:test'
import { type EtcdCluster, missingEtcd, startEtcd } from '../../../test/support/etcd.ts'
import { requires } from '../../../test/support/requires.ts'
import { openedBy, storageContract } from '../contract/contract.ts'
import { openEtcd } from './store.ts'

describe('the store on etcd', requires(missingEtcd), () => {
  let cluster: Promise<EtcdCluster> | undefined
  after(async () => (await cluster)?.stop())

  storageContract('etcd with default settings', async () => {
    cluster ??= startEtcd()
    const { urls } = await cluster
    const prefix = `${randomUUID()}/`
    return openedBy((at) => openEtcd({ endpoints: urls, prefix, node: `node.${at}` }))
  })
})

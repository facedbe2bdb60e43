import { randomUUID } from 'node:crypto'
import { after, describe } from 'node:test'
import { type EtcdCluster, missingEtcd, startEtcd } from '../../../test/support/etcd.ts'
import { requires } from '../../../test/support/requires.ts'
import { storageContract } from '../contract/contract.ts'
import type { Store } from '../store.ts'
import { openEtcd } from './store.ts'

describe('the store on etcd', requires(missingEtcd), () => {
  let cluster: Promise<EtcdCluster> | undefined
  after(async () => (await cluster)?.stop())

  storageContract('etcd with default settings', async () => {
    cluster ??= startEtcd()
    const { urls } = await cluster
    const prefix = `${randomUUID()}/`
    const node = randomUUID()
    const handles: Store[] = []
    const open = async (name: string): Promise<Store> => {
      const store = await openEtcd({ endpoints: urls, prefix, node: name })
      handles.push(store)
      return store
    }
    const closeAll = async () => {
      for (const handle of handles.splice(0)) await handle.close()
    }
    return {
      store: await open(node),
      async reopen() {
        await closeAll()
        return open(node)
      },
      second: () => open(randomUUID()),
      dispose: closeAll,
    }
  })
})

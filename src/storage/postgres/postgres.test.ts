import { after, before, describe } from 'node:test'
import { missingPostgres, type PostgresServer, startPostgres } from '../../../test/support/postgres.ts'
import { requires } from '../../../test/support/requires.ts'
import { storageContract } from '../contract/contract.ts'
import type { Store } from '../store.ts'
import { openPostgres } from './store.ts'

describe('with a PostgreSQL server', requires(missingPostgres), () => {
  let server: PostgresServer
  before(async () => {
    server = await startPostgres()
  })
  after(() => server?.dispose())

  storageContract('PostgreSQL', async () => {
    const options = server.options(await server.newSchema())
    const handles: Store[] = []
    const open = async (): Promise<Store> => {
      const store = await openPostgres({ ...options, seat: { node: 'test', process: handles.length } })
      handles.push(store)
      return store
    }
    const closeAll = async () => {
      for (const handle of handles.splice(0)) await handle.close()
    }
    return {
      store: await open(),
      async reopen() {
        await closeAll()
        return open()
      },
      second: open,
      dispose: closeAll,
    }
  })
})

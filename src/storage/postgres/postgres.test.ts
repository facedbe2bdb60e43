import { after, before, describe } from 'node:test'
import { missingPostgres, type PostgresServer, startPostgres } from '../../../test/support/postgres.ts'
import { requires } from '../../../test/support/requires.ts'
import { openedBy, storageContract } from '../contract/contract.ts'
import { openPostgres } from './store.ts'

describe('with a PostgreSQL server', requires(missingPostgres), () => {
  let server: PostgresServer
  before(async () => {
    server = await startPostgres()
  })
  after(() => server?.dispose())

  storageContract('PostgreSQL', async () => {
    const options = server.options(await server.newSchema())
    return openedBy((at) => openPostgres({ ...options, seat: { node: 'test', process: at } }))
  })
})

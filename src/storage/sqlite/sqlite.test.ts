import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openedBy, storageContract } from '../contract/contract.ts'
import { openSqlite } from './store.ts'

storageContract('SQLite on a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-store-'))
  const path = join(folder, 'data', 'store')
  return openedBy(
    () => openSqlite({ path }),
    () => rmSync(folder, { recursive: true }),
  )
})

storageContract('SQLite in memory', async () => {
  const store = await openSqlite({ path: ':memory:' })
  return { store, dispose: () => store.close() }
})

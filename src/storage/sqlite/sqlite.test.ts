import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storageContract } from '../contract/contract.ts'
import type { Store } from '../store.ts'
import { openSqlite } from './store.ts'

storageContract('SQLite on a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-store-'))
  const path = join(folder, 'data', 'store')
  const handles: Store[] = []
  const open = async (): Promise<Store> => {
    const store = await openSqlite({ path })
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
    async dispose() {
      await closeAll()
      rmSync(folder, { recursive: true })
    },
  }
})

storageContract('SQLite in memory', async () => {
  const store = await openSqlite({ path: ':memory:' })
  return { store, dispose: () => store.close() }
})

import { dirname } from 'node:path'
import { takeSeat } from './sqlite/seat.ts'
import { openSqlite } from './sqlite/store.ts'
import type { Store } from './store.ts'

/** Where a server keeps its data: the one place that tells the kinds of stores apart. */
export type StorageSettings =
  /** One file on this machine. */
  | { readonly type: 'sqlite'; readonly path: string }
  /** Gone when the server stops. */
  | { readonly type: 'inmem' }

/** A store that a server may begin to use. */
export type OpenStorage = {
  /** Closing it gives the seat back. */
  readonly store: Store
  /** Names this process among those of the cluster: its audit logs and their heads are its alone. */
  readonly seat: { readonly node: string; readonly process: number }
  /** Reads the whole store and answers what is wrong; absent where there is nothing to check. */
  readonly check?: () => Promise<readonly string[]>
}

/** The folder that holds the data and nothing else; undefined where the data is not in files of this machine. */
export function folderOf(settings: StorageSettings): string | undefined {
  return settings.type === 'sqlite' ? dirname(settings.path) : undefined
}

/** @throws storage_locked, storage_format, storage_failed or corrupt, which say why it cannot be used */
export async function openStorage(settings: StorageSettings): Promise<OpenStorage> {
  if (settings.type === 'inmem') {
    return { store: await openSqlite({ path: ':memory:' }), seat: { node: 'memory', process: 0 } }
  }
  const { path } = settings
  const store = await openSqlite({ path })
  try {
    const seat = takeSeat(path)
    return {
      store: { ...store, close: () => store.close().finally(seat.release) },
      seat,
      check: () => store.check(),
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

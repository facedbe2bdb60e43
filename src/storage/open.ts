import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fail } from '../base/errors.ts'
import { optionsOf, type PostgresSettings } from './postgres/settings.ts'
import { openPostgres } from './postgres/store.ts'
import { createPrivately } from './sqlite/files.ts'
import { takeSeat } from './sqlite/seat.ts'
import { openSqlite } from './sqlite/store.ts'
import type { Store } from './store.ts'

/** Where a server keeps its data. */
export type StorageSettings =
  /** One file on this machine. */
  | { readonly type: 'sqlite'; readonly path: string }
  /** Gone when the server stops. */
  | { readonly type: 'inmem' }
  /** A PostgreSQL database; what this node remembers of it lies in a folder of this machine. */
  | ({ readonly type: 'postgres'; readonly stateFolder: string } & PostgresSettings)

/** A store that a server may begin to use. */
export type OpenStorage = {
  /** Closing it gives the seat back. */
  readonly store: Store
  /** Names this process among those of the cluster: its audit logs and their heads are its alone. */
  readonly seat: { readonly node: string; readonly process: number }
  /** Reads the whole store and answers what is wrong; absent where there is nothing to check. */
  readonly check?: () => Promise<readonly string[]>
}

/** What a server has to know of a kind of store. */
type Kind<S extends StorageSettings> = {
  /** @throws storage_locked, storage_format, storage_failed or corrupt, which say why it cannot be used */
  open(settings: S): Promise<OpenStorage>
  /** The folder that holds the data and nothing else; absent where the data is not in files of this machine. */
  folder?(settings: S): string
}

/** All kinds: the one place that tells them apart. */
const kinds: { readonly [T in StorageSettings['type']]: Kind<Extract<StorageSettings, { type: T }>> } = {
  sqlite: { open: openFile, folder: ({ path }) => dirname(path) },
  inmem: {
    open: async () => ({
      store: await openSqlite({ path: ':memory:' }),
      seat: { node: 'memory', process: 0 },
    }),
  },
  postgres: { open: openDatabase },
}

// Each kind stands under the type of its own settings.
const kindOf = (settings: StorageSettings) => kinds[settings.type] as Kind<StorageSettings>

/** The folder that holds the data and nothing else; undefined where the data is not in files of this machine. */
export const folderOf = (settings: StorageSettings): string | undefined => kindOf(settings).folder?.(settings)

/** @throws storage_locked, storage_format, storage_failed or corrupt, which say why it cannot be used */
export const openStorage = (settings: StorageSettings): Promise<OpenStorage> =>
  kindOf(settings).open(settings)

async function openFile({ path }: { readonly path: string }): Promise<OpenStorage> {
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

async function openDatabase(
  settings: PostgresSettings & { readonly stateFolder: string },
): Promise<OpenStorage> {
  const place = join(settings.stateFolder, 'postgres')
  try {
    mkdirSync(settings.stateFolder, { recursive: true, mode: 0o700 })
    createPrivately(place)
  } catch (cause) {
    fail('storage_failed', `nothing can be written into ${settings.stateFolder}`, { cause })
  }
  const { release, ...seat } = takeSeat(place)
  try {
    const seenFile = `${place}.seen${seat.process}`
    const store = await openPostgres({ ...optionsOf(settings), seat, seenFile })
    return { store: { ...store, close: () => store.close().finally(release) }, seat }
  } catch (error) {
    release()
    throw error
  }
}

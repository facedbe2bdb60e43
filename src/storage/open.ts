import { mkdirSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fail } from '../base/errors.ts'
import type { EtcdSettings } from './etcd/settings.ts'
import type { Measure } from './measure.ts'
import type { PostgresSettings } from './postgres/settings.ts'
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
  /** A cluster that any number of nodes share. */
  | EtcdSettings
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
  /** What monitoring shows of the store; absent where there is nothing. See measure.ts. */
  readonly measure?: Measure
}

/** What a server has to know of a kind of store. */
type Kind<S extends StorageSettings> = {
  /** @throws storage_locked, storage_format, storage_failed or corrupt, which say why it cannot be used */
  open(settings: S): Promise<OpenStorage>
  /** Opens it for a tool beside the servers, which is no process of the cluster and takes none of their seats. */
  beside?(settings: S): Promise<Store>
  /** The folder that holds the data and nothing else; absent where the data is not in files of this machine. */
  folder?(settings: S): string
  /** The same where what the settings name is a link to the data. */
  realFolder?(settings: S): Promise<string>
  /** Whether it is made for several machines; one that is not can still have several processes. */
  readonly shared?: boolean
}

/**
 * All kinds: the one place that tells them apart. What only one of them needs is loaded when it is opened: a server on
 * a file of its own starts without the clients of the others.
 */
const kinds: { readonly [T in StorageSettings['type']]: Kind<Extract<StorageSettings, { type: T }>> } = {
  sqlite: {
    open: openFile,
    beside: ({ path }) => openSqlite({ path }),
    folder: ({ path }) => dirname(path),
    // What is not there yet is no link, or one that leads nowhere and will be refused.
    realFolder: async ({ path }) => dirname(await realpath(path).catch(() => path)),
  },
  inmem: {
    open: async () => ({
      store: await openSqlite({ path: ':memory:' }),
      seat: { node: 'memory', process: 0 },
    }),
  },
  etcd: {
    open: (settings) => openEtcd(settings, 'node'),
    beside: async (settings) => (await openEtcd(settings, 'tool')).store,
    shared: true,
  },
  postgres: {
    open: (settings) => openDatabase(settings, 'node'),
    beside: async (settings) => (await openDatabase(settings, 'tool')).store,
    shared: true,
  },
}

// Each kind stands under the type of its own settings.
const kindOf = (settings: StorageSettings) => kinds[settings.type] as Kind<StorageSettings>

/** The folder that holds the data and nothing else; undefined where the data is not in files of this machine. */
export const folderOf = (settings: StorageSettings): string | undefined => kindOf(settings).folder?.(settings)

/** The folder in which the data itself lies, if what the settings name leads there by a link. */
export const realFolderOf = async (settings: StorageSettings): Promise<string | undefined> =>
  kindOf(settings).realFolder?.(settings)

/** Whether several machines can serve what lies there. */
export const isShared = (settings: StorageSettings): boolean => kindOf(settings).shared === true

/** @throws storage_locked, storage_format, storage_failed or corrupt, which say why it cannot be used */
export const openStorage = (settings: StorageSettings): Promise<OpenStorage> =>
  kindOf(settings).open(settings)

/**
 * Opens a store for a tool beside the servers.
 *
 * @throws storage_locked, storage_format, storage_failed or corrupt, which say why it cannot be used
 */
export async function openBeside(settings: StorageSettings): Promise<Store> {
  const kind = kindOf(settings)
  return kind.beside?.(settings) ?? (await kind.open(settings)).store
}

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

/**
 * Whose seats are meant: those of servers, or of tools beside them. Each process needs a name of its own in the store,
 * and one that a tool had would be missing to a server that starts meanwhile.
 */
type Role = 'node' | 'tool'

function openEtcd(settings: EtcdSettings, role: Role): Promise<OpenStorage> {
  return openSeated(settings.stateFolder, role, async ({ node, process }) => {
    const { openConfigured } = await import('./etcd/settings.ts')
    const store = await openConfigured(settings, `${node}.${process}`)
    return { store, check: () => store.check(), measure: store.measure }
  })
}

function openDatabase(
  settings: PostgresSettings & { readonly stateFolder: string },
  role: Role,
): Promise<OpenStorage> {
  return openSeated(settings.stateFolder, role, async (seat) => {
    const [{ optionsOf }, { openPostgres }] = await Promise.all([
      import('./postgres/settings.ts'),
      import('./postgres/store.ts'),
    ])
    const name = role === 'node' ? 'postgres.seen' : `postgres.${role}-seen`
    const seenFile = join(settings.stateFolder, `${name}${seat.process}`)
    const store = await openPostgres({ ...optionsOf(settings), seat, seenFile })
    return { store, measure: store.measure }
  })
}

/** Opens a store that other machines share, with what this node remembers in a folder of this machine. */
async function openSeated(
  stateFolder: string,
  role: Role,
  open: (seat: OpenStorage['seat']) => Promise<Omit<OpenStorage, 'seat'>>,
): Promise<OpenStorage> {
  const place = join(stateFolder, role)
  try {
    mkdirSync(stateFolder, { recursive: true, mode: 0o700 })
    createPrivately(place)
  } catch (cause) {
    fail('storage_failed', `nothing can be written into ${stateFolder}`, { cause })
  }
  const { release, ...seat } = takeSeat(place)
  try {
    const { store, ...rest } = await open(seat)
    return { store: { ...store, close: () => store.close().finally(release) }, seat, ...rest }
  } catch (error) {
    release()
    throw error
  }
}

import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { backup, type DatabaseSync } from 'node:sqlite'
import { fail } from '../../base/errors.ts'
import type { ReadResult, Snapshot, StorageKey, Store, StoreLimits, Version } from '../store.ts'
import { createCommitQueue } from './commits.ts'
import { explain } from './explain.ts'
import { holdLock } from './lock.ts'
import { type Connection, createConnection } from './reader.ts'
import { connect } from './schema.ts'

export type SqliteOptions = {
  /** The file, or `:memory:` for a store that ends with the process. */
  readonly path: string
  /** The most pages of 4 KiB that the file may have; without it as many as the disk takes. */
  readonly maxPages?: number
}

export type SqliteStore = Store & {
  /** Reads every page and index. @returns what is wrong; empty when all is well */
  check(): Promise<readonly string[]>
  /** Copies the store into a new file while it is in use. */
  backup(destination: string, progress?: (done: number, total: number) => void): Promise<void>
}

const limits: StoreLimits = { keysPerCommit: 10_000, bytesPerCommit: 64 * 1024 * 1024 }
/** Snapshots that may be open at once; each holds a connection. */
const maxSnapshots = 64
/** Pairs of key and version that were seen right at the present state of the file. */
const maxVerified = 100_000

/**
 * Opens a store on one SQLite file.
 *
 * @throws storage_format, storage_locked, storage_failed or corrupt when the file cannot be used
 */
export async function openSqlite(options: SqliteOptions): Promise<SqliteStore> {
  const memory = options.path === ':memory:'
  // SQLite's own memory databases cannot be read and written at once from two threads; a file in the
  // system's memory that goes with the process can.
  const path = memory ? join(mkdtempSync(join(memoryFolder(), 'coffer-')), 'store') : options.path
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const lock = await holdLock(`${path}.lock`)
  try {
    connect(path, { durable: !memory }).close()
    for (const file of [path, `${path}-wal`, `${path}-shm`]) chmodQuietly(file)
    const commits = await createCommitQueue({ path, durable: !memory, maxPages: options.maxPages }, limits)
    return createStore(path, commits, () => {
      lock.release()
      if (memory) rmSync(dirname(path), { recursive: true, force: true })
    })
  } catch (error) {
    lock.release()
    throw explain(error)
  }
}

function memoryFolder(): string {
  return process.platform === 'linux' ? '/dev/shm' : tmpdir()
}

function chmodQuietly(file: string): void {
  try {
    chmodSync(file, 0o600)
  } catch {
    // SQLite makes its side files when it needs them, with the mode of the main file.
  }
}

type Commits = Awaited<ReturnType<typeof createCommitQueue>>

function createStore(path: string, commits: Commits, afterClose: () => void): SqliteStore {
  const open = () => createConnection(connect(path, { readOnly: true }))
  const main = open()
  const pool = createPool(open)
  const verified = new Map<StorageKey, Version>()
  let state = -1

  /** Whether every row still has the version that the caller knows, without asking for a single one. */
  function nothingChanged(keys: readonly StorageKey[], known: readonly (Version | undefined)[]): boolean {
    const now = main.dataVersion()
    if (now !== state || verified.size > maxVerified) {
      verified.clear()
      state = now
      return false
    }
    return keys.every((key, i) => known[i] !== undefined && verified.get(key) === known[i])
  }

  function readAll(keys: readonly StorageKey[], known: readonly (Version | undefined)[]): ReadResult[] {
    main.begin()
    try {
      const results = keys.map((key, i) => main.row(key, known[i]))
      const now = main.dataVersion()
      if (now !== state) {
        verified.clear()
        state = now
      }
      for (const [i, key] of keys.entries()) {
        const result = results[i]
        if (result === 'unchanged') verified.set(key, known[i] as Version)
        else if (result !== undefined) verified.set(key, result.version)
      }
      return results
    } finally {
      main.end()
    }
  }

  return {
    limits,
    read(keys, known = []) {
      try {
        if (nothingChanged(keys, known)) return keys.map(() => 'unchanged' as const)
        return readAll(keys, known)
      } catch (error) {
        throw explain(error)
      }
    },
    list: async (prefix, options = {}) => guarded(() => main.names(prefix, options)),
    scan: async (prefix, options = {}) => guarded(() => main.rows(prefix, options)),
    snapshot: () => createSnapshot(pool),
    commit: (commit) => commits.commit(commit),
    async check() {
      const rows = guarded(() => main.db.prepare('PRAGMA integrity_check').all())
      return rows.map((row) => String(row.integrity_check)).filter((text) => text !== 'ok')
    },
    async backup(destination, progress) {
      const source: DatabaseSync = connect(path, { readOnly: true })
      try {
        await backup(source, destination, {
          rate: 200,
          progress: ({ totalPages, remainingPages }) => progress?.(totalPages - remainingPages, totalPages),
        })
        chmodSync(destination, 0o600)
      } catch (error) {
        throw explain(error)
      } finally {
        source.close()
      }
    },
    async close() {
      await commits.close()
      pool.close()
      main.db.close()
      afterClose()
    },
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw explain(error)
  }
}

type Pool = { take(): Connection; give(connection: Connection): void; close(): void }

function createPool(open: () => Connection): Pool {
  const idle: Connection[] = []
  let taken = 0
  let closed = false
  return {
    take() {
      if (taken >= maxSnapshots) fail('overloaded', 'too many reads are under way; try again')
      const connection = idle.pop() ?? open()
      taken++
      return connection
    },
    give(connection) {
      taken--
      connection.end()
      if (closed) connection.db.close()
      else idle.push(connection)
    },
    close() {
      closed = true
      for (const connection of idle) connection.db.close()
    },
  }
}

/** Holds a read transaction from its first question on. */
function createSnapshot(pool: Pool): Snapshot {
  let connection: Connection | undefined
  let released = false
  const held = (): Connection => {
    if (released) fail('internal', 'a snapshot was used after its release')
    if (connection === undefined) {
      connection = pool.take()
      connection.begin()
    }
    return connection
  }
  return {
    read: (keys, known = []) => guarded(() => keys.map((key, i) => held().row(key, known[i]))),
    list: async (prefix, options = {}) => guarded(() => held().names(prefix, options)),
    scan: async (prefix, options = {}) => guarded(() => held().rows(prefix, options)),
    release() {
      if (connection !== undefined) pool.give(connection)
      connection = undefined
      released = true
    },
  }
}

import { fail } from '../../../base/errors.ts'
import { type Commit, type CommitResult, defaultLimit, type Snapshot, type StorageKey } from '../../store.ts'
import { backupTo } from '../backup.ts'
import { explained } from '../explain.ts'
import type { SqliteStore } from '../handle.ts'
import { checkStore } from '../jobs/check.ts'
import { answerRead } from '../reading/answer.ts'
import { createConnection } from '../reading/reader.ts'
import { listInSlices, scanInSlices } from '../reading/slices.ts'
import { createVersions } from '../rows.ts'
import { connectMemory } from '../schema.ts'
import { createApplier } from '../writer/apply.ts'
import { checkCommit, limits } from '../writer/limits.ts'
import { changeOf } from '../writer/protocol/codec.ts'
import { createInstants, type Instant } from './instants.ts'

/** The same engine without files: one connection in this thread, which ends with the store. */
export async function openMemory(): Promise<SqliteStore> {
  const db = connectMemory()
  const applier = createApplier(db)
  const versions = createVersions(applier.lineage)
  const connection = createConnection(db, versions)
  const instants = createInstants(db, connection)
  let closed = false

  const use = (): void => {
    if (closed) fail('storage_failed', 'the store is closed')
  }

  function apply(commit: Commit): CommitResult {
    checkCommit(commit)
    const change = changeOf(0, commit, versions.sequenceOf)
    instants.changing(keysOf(change))
    try {
      applier.begin()
      const outcome = applier.apply(change)
      applier.commit(false)
      return typeof outcome === 'number'
        ? { ok: true, version: versions.of(outcome) }
        : { ok: false, conflicts: outcome }
    } catch (error) {
      applier.rollback()
      throw error
    }
  }

  function snapshot(): Snapshot {
    use()
    let instant: Instant | undefined
    let released = false
    const held = (): Instant => {
      use()
      if (released) fail('internal', 'a snapshot was used after its release')
      instant ??= instants.enter()
      return instant
    }
    return {
      read: (keys, known = []) => explained(() => answerRead(held(), keys, known, undefined)),
      list: async (prefix, options = {}) => explained(() => listInSlices(held, prefix, options)),
      scan: async (prefix, options = {}) => explained(() => scanInSlices(held, prefix, options)),
      release() {
        if (!released) instant?.leave()
        released = true
      },
    }
  }

  /** What takes several slices comes from one instant. */
  async function inSnapshot<T>(work: (reader: Snapshot) => Promise<T>): Promise<T> {
    const reader = snapshot()
    try {
      return await work(reader)
    } finally {
      reader.release()
    }
  }

  return {
    limits,
    read(keys, known = []) {
      use()
      return explained(() => answerRead(connection, keys, known, undefined))
    },
    async list(prefix, options = {}) {
      use()
      if ((options.limit ?? 0) > defaultLimit) return inSnapshot((reader) => reader.list(prefix, options))
      return explained(() => connection.names(prefix, options))
    },
    scan: (prefix, options = {}) => inSnapshot((reader) => reader.scan(prefix, options)),
    snapshot,
    async commit(commit) {
      use()
      return explained(() => apply(commit))
    },
    async check() {
      use()
      return explained(() => checkStore(connection))
    },
    async backup(destination, progress) {
      use()
      await backupTo(db, destination, progress)
    },
    async close() {
      if (!closed) db.close()
      closed = true
    },
  }
}

function* keysOf(change: Pick<Commit, 'put' | 'delete'>): Generator<StorageKey> {
  for (const { key } of change.put ?? []) yield key
  yield* change.delete ?? []
}

import type { DatabaseSync } from 'node:sqlite'
import { endOfPrefix } from '../keys.ts'
import type { Commit, CommitResult } from '../store.ts'
import { checksum, sequenceOf, versionOf } from './rows.ts'

/** Applies gathered commits: one SQLite transaction, one fsync, and each commit stands or falls alone. */
export type Writer = {
  apply(commits: readonly Commit[]): CommitResult[]
  /** Moves the write-ahead log into the file, as far as readers allow. */
  checkpoint(): void
  close(): void
}

/** Pages of write-ahead log (4 KiB each) after which it is moved into the file. */
const checkpointPages = 2000

export function createWriter(db: DatabaseSync): Writer {
  const selectVersion = db.prepare('SELECT version FROM rows WHERE key = ?')
  selectVersion.setReturnArrays(true)
  const anyBelow = db.prepare('SELECT 1 FROM rows WHERE key >= ? AND key < ? LIMIT 1')
  const upsert = db.prepare(
    `INSERT INTO rows (key, version, sum, value) VALUES (?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET version = excluded.version, sum = excluded.sum, value = excluded.value`,
  )
  const remove = db.prepare('DELETE FROM rows WHERE key = ?')
  const setSequence = db.prepare("UPDATE meta SET value = ? WHERE name = 'sequence'")
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const walPages = db.prepare('PRAGMA wal_checkpoint(PASSIVE)')
  let sequence = Number(db.prepare("SELECT value FROM meta WHERE name = 'sequence'").get()?.value)
  let written = 0

  function conflictsOf({ expect = [], expectEmpty = [] }: Commit): string[] {
    const conflicts: string[] = []
    for (const { key, version } of expect) {
      // With setReturnArrays a row is an array; its only column is the version.
      const row = selectVersion.get(key) as unknown as [number] | undefined
      const matches = version === null ? row === undefined : row?.[0] === sequenceOf(version)
      if (!matches) conflicts.push(key)
    }
    for (const prefix of expectEmpty) {
      if (anyBelow.get(prefix, endOfPrefix(prefix)) !== undefined) conflicts.push(prefix)
    }
    return conflicts
  }

  function applyOne(one: Commit): CommitResult {
    const conflicts = conflictsOf(one)
    if (conflicts.length > 0) return { ok: false, conflicts }
    sequence++
    for (const key of one.delete ?? []) remove.run(key)
    for (const { key, value } of one.put ?? []) {
      upsert.run(key, sequence, checksum(key, sequence, value), value)
      written += 1 + value.length / 4096
    }
    return { ok: true, version: versionOf(sequence) }
  }

  return {
    apply(commits) {
      const before = sequence
      begin.run()
      try {
        const results = commits.map(applyOne)
        setSequence.run(sequence)
        commit.run()
        if (written > checkpointPages) this.checkpoint()
        return results
      } catch (error) {
        sequence = before
        if (db.isTransaction) db.exec('ROLLBACK')
        throw error
      }
    },
    checkpoint() {
      written = 0
      walPages.get()
    },
    close() {
      db.close()
    },
  }
}

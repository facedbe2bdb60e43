import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { fail } from '../../../base/errors.ts'
import { endOfPrefix } from '../../keys.ts'
import { createKnown } from '../../known.ts'
import type { StorageKey } from '../../store.ts'
import { checksum, damaged, keyMark } from '../rows.ts'
import { createState } from '../state.ts'
import { absent, type Change } from './protocol/codec.ts'

/** Where a row lies and which commit wrote it; null where there is none. */
type Place = { readonly id: number | bigint; readonly sequence: number } | null

/** The sequence that a commit was given, or the keys and prefixes that are not as it expects. */
export type Outcome = number | readonly string[]

/** Applies commits to the file. One transaction takes any number of them; each stands or falls alone. */
export type Applier = {
  readonly lineage: string
  readonly reign: number
  /** Whether another process has become the owner, so that this one must not write. */
  readonly deposed: boolean
  /** @throws storage_locked when {@link deposed} */
  begin(): void
  apply(change: Change): Outcome
  /** Makes it durable. @param outside whether a commit of another process landed in this transaction */
  commit(outside: boolean): void
  rollback(): void
}

export function createApplier(db: DatabaseSync): Applier {
  const arrays = (sql: string): StatementSync => {
    const statement = db.prepare(sql)
    statement.setReturnArrays(true)
    return statement
  }
  const findPlace = arrays('SELECT id, version FROM rows WHERE key = ?')
  const anyBelow = arrays('SELECT 1 FROM rows WHERE key >= ? AND key < ? LIMIT 1')
  const insert = db.prepare('INSERT INTO rows (key, mark, version, sum, value) VALUES (?, ?, ?, ?, ?)')
  const update = db.prepare('UPDATE rows SET version = ?, sum = ?, value = ? WHERE id = ?')
  const remove = db.prepare('DELETE FROM rows WHERE id = ?')
  const readChanges = arrays('PRAGMA data_version')
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  // Every commit expects some of the same rows, and nobody else writes: most expectations need no look into the file.
  const known = createKnown<Place>()
  const stored = createState(db)
  let state = stored.read()
  const { reign } = state
  let deposed = false
  // A number is never given twice, not even when the first commit that had it was rolled back.
  let sequence = state.sequence
  let changesOfOthers = -1

  function place(key: StorageKey): Place {
    const remembered = known.get(key)
    if (remembered !== undefined) return remembered
    // With setReturnArrays a row is an array of the selected columns; the types do not know that.
    const row = findPlace.get(key) as unknown as [number, number] | undefined
    const found = row === undefined ? null : { id: row[0], sequence: row[1] }
    known.set(key, found)
    return found
  }

  function conflictsOf({ expect, expectEmpty }: Change): string[] {
    const conflicts: string[] = []
    for (const { key, sequence: expected } of expect) {
      if ((place(key)?.sequence ?? absent) !== expected) conflicts.push(key)
    }
    for (const prefix of expectEmpty) {
      if (anyBelow.get(prefix, endOfPrefix(prefix)) !== undefined) conflicts.push(prefix)
    }
    return conflicts
  }

  function put(key: StorageKey, value: Uint8Array): void {
    const sum = checksum(key, sequence, value)
    const before = place(key)
    if (before === null) {
      const { lastInsertRowid: id } = insert.run(key, keyMark(key), sequence, sum, value)
      known.set(key, { id, sequence })
    } else {
      if (update.run(sequence, sum, value, before.id).changes !== 1) damaged()
      known.set(key, { id: before.id, sequence })
    }
  }

  return {
    get lineage() {
      return state.lineage
    },
    reign,
    get deposed() {
      return deposed
    },
    begin() {
      begin.run()
      const [changes] = readChanges.get() as unknown as [number]
      if (changes === changesOfOthers) return
      // Nobody but the owner writes; should another program have done so, nothing remembered counts.
      known.clear()
      state = stored.read()
      // The lock keeps this from happening unless its file is removed; two owners would each remember too much.
      deposed = state.reign !== reign
      if (deposed) fail('storage_locked', 'another process has taken over the store; try again')
      sequence = Math.max(sequence, state.sequence)
      changesOfOthers = changes
    },
    apply(change) {
      const conflicts = conflictsOf(change)
      if (conflicts.length > 0) return conflicts
      sequence++
      for (const key of change.delete) {
        const before = place(key)
        if (before !== null) remove.run(before.id)
        known.set(key, null)
      }
      for (const { key, value } of change.put) put(key, value)
      return sequence
    },
    commit(fromOutside) {
      const next = { ...state, sequence, outside: fromOutside ? sequence : state.outside }
      if (sequence !== state.sequence) stored.write(next)
      commit.run()
      state = next
    },
    rollback() {
      known.clear()
      if (db.isTransaction) db.exec('ROLLBACK')
    },
  }
}

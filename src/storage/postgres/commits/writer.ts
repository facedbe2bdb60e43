import type { CommitResult, StorageKey, Version } from '../../store.ts'
import type { Connection } from '../connecting/connection.ts'
import { isUndone } from '../explain.ts'
import {
  beginCommit,
  commit,
  deleteRows,
  findOccupied,
  putRows,
  readVersions,
  rollback,
  takeTurn,
} from '../statements.ts'
import { arrayOf, canBe, endOf, hexOf, startOf, uuids } from '../values.ts'
import { Condemned, type Watch } from '../watch.ts'
import { evaluate, type Outcome, type Request } from './batch.ts'
import { type Doubt, landed, newVersion, type Slot, settle, slotHex } from './slot.ts'

/** Writes batches of commits, one after the other. */
export type Writer = {
  /** A batch whose answer was lost, and which has to be settled before anything else is written. */
  readonly doubt: Doubt | undefined
  /**
   * @throws what the driver throws; {@link doubt} tells whether it may have landed nevertheless
   */
  write(connection: Connection, batch: readonly Request[]): Promise<readonly CommitResult[]>
  /** Settles the doubt. Answers what became of the batch: its results, or undefined when it did not land. */
  settle(connection: Connection): Promise<readonly CommitResult[] | undefined>
}

export const strangeSlot =
  'the slot of this process in the database was changed by somebody else: another process uses the same state folder or a copy of it, or the database was restored from an older backup'

export function createWriter(slot: Slot, watch: Watch, hint: string): Writer {
  let doubt: (Doubt & { readonly results: readonly CommitResult[] }) | undefined

  async function look(
    connection: Connection,
    batch: readonly Request[],
  ): Promise<Outcome & { readonly sequence: number }> {
    const keys = [...new Set(batch.flatMap(({ expect }) => expect.map(({ key }) => key)))].filter(canBe)
    const prefixes = [...new Set(batch.flatMap(({ expectEmpty }) => expectEmpty))]
    const before = watch.mark()
    const asked = [slot.key, ...keys]
    const [, turn, versions, occupied] = await Promise.all([
      connection.run(beginCommit),
      connection.run(takeTurn),
      connection.run(readVersions, [arrayOf(asked.map(hexOf))]),
      prefixes.length === 0
        ? undefined
        : connection.run(findOccupied, [
            arrayOf(prefixes.map((prefix) => hexOf(startOf(prefix)))),
            arrayOf(prefixes.map((prefix) => hexOf(endOf(prefix)))),
          ]),
    ])
    const sequence = Number(turn.rows[0]?.[0])
    // It counts only once it has landed.
    watch.saw(connection, sequence - 1, before)
    const found = new Map<StorageKey, Version>()
    for (const [n, version] of versions.rows)
      found.set(asked[Number(n) - 1] as StorageKey, version as Version)
    if (found.get(slot.key) !== slot.version) throw new Condemned(`${strangeSlot}; ${hint}`)
    const taken = new Set((occupied?.rows ?? []).map(([n]) => prefixes[Number(n) - 1] as string))
    return { ...evaluate(batch, found, taken), sequence }
  }

  async function apply(
    connection: Connection,
    { results, writes, sequence }: Outcome & { readonly sequence: number },
  ): Promise<void> {
    const version = newVersion()
    const count = slot.count + 1
    const put = [...writes].flatMap(([key, write]) => (write === null ? [] : [{ key, ...write }]))
    const gone = [...writes].flatMap(([key, write]) => (write === null && canBe(key) ? [key] : []))
    put.push({ key: slot.key, version, hex: slotHex(count) })
    doubt = { version, otherwise: new Set([slot.version]), results }
    const steps = await Promise.allSettled([
      ...(gone.length === 0 ? [] : [connection.run(deleteRows, [arrayOf(gone.map(hexOf))])]),
      connection.run(putRows, [
        arrayOf(put.map(({ key }) => hexOf(key))),
        uuids(put.map((row) => row.version)),
        arrayOf(put.map(({ hex }) => hex)),
      ]),
      connection.run(commit),
    ])
    const end = steps.at(-1)
    if (end?.status === 'rejected' && !isUndone(end.reason)) throw end.reason
    doubt = undefined
    if (!landed(end)) throw steps.find((step) => step.status === 'rejected')?.reason
    slot.version = version
    slot.count = count
    watch.landed(sequence)
  }

  return {
    get doubt() {
      return doubt
    },
    async write(connection, batch) {
      try {
        const outcome = await look(connection, batch)
        if (outcome.results.some(({ ok }) => ok)) await apply(connection, outcome)
        else await connection.run(rollback)
        return outcome.results
      } catch (error) {
        // A transaction that is open still holds the turn of all nodes.
        if (!connection.lost) await connection.run(rollback).catch(() => {})
        throw error
      }
    },
    async settle(connection) {
      if (doubt === undefined) return undefined
      try {
        const { results } = doubt
        const had = await settle(connection, slot, doubt, `${strangeSlot}; ${hint}`)
        doubt = undefined
        return had ? results : undefined
      } catch (error) {
        if (!connection.lost) await connection.run(rollback).catch(() => {})
        throw error
      }
    },
  }
}

import type { CommitResult, StorageKey, Version } from '../../store.ts'
import type { Answer, Connection } from '../connection/connection.ts'
import { isUndone } from '../connection/explain.ts'
import { Condemned, type Watch } from '../connection/watch.ts'
import {
  beginCommit,
  commit,
  deleteRows,
  findOccupied,
  putRows,
  readVersions,
  replaceSlot,
  rollback,
  takeTurn,
} from '../statements.ts'
import { arrayOf, canBe, endOf, hexOf, literal, startOf, uuidOf, uuids } from '../values.ts'
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

/** What has to be so for a batch to be written. */
type Expected = {
  readonly expected: ReadonlyMap<StorageKey, Version | null>
  /** Below which no rows may lie. */
  readonly prefixes: readonly string[]
  /** There have been more commits than that. */
  readonly before: number
}

/** Of the statements of a transaction: those before the slot is replaced, that one, and those behind it to the end. */
type Answers = {
  readonly begun?: readonly Promise<Answer>[]
  readonly slot: Promise<Answer>
  readonly rest: readonly Promise<Answer>[]
}

const rangesOf = (prefixes: readonly string[]): string[] => [
  arrayOf(prefixes.map((prefix) => hexOf(startOf(prefix)))),
  arrayOf(prefixes.map((prefix) => hexOf(endOf(prefix)))),
]

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
      prefixes.length === 0 ? undefined : connection.run(findOccupied, rangesOf(prefixes)),
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

  /** The statements that write an outcome, if everything is as expected, and end the transaction. */
  function apply(
    connection: Connection,
    { writes }: Outcome,
    { next, expected, prefixes, before }: Expected & { readonly next: Slot },
  ): Answers {
    const put = [...writes].flatMap(([key, write]) => (write === null ? [] : [{ key, ...write }]))
    const gone = [...writes].flatMap(([key, write]) => (write === null && canBe(key) ? [key] : []))
    const slotKey = literal(hexOf(slot.key))
    const replaced = [slotKey, next.version]
    return {
      slot: connection.run(replaceSlot, [
        slotKey,
        slot.version,
        next.version,
        literal(slotHex(next.count)),
        arrayOf([...expected.keys()].map(hexOf)),
        uuids([...expected.values()].map(uuidOf)),
        ...rangesOf(prefixes),
        before,
      ]),
      rest: [
        ...(gone.length === 0 ? [] : [connection.run(deleteRows, [...replaced, arrayOf(gone.map(hexOf))])]),
        ...(put.length === 0
          ? []
          : [
              connection.run(putRows, [
                ...replaced,
                arrayOf(put.map(({ key }) => hexOf(key))),
                uuids(put.map((row) => row.version)),
                arrayOf(put.map(({ hex }) => hex)),
              ]),
            ]),
        connection.run(commit),
      ],
    }
  }

  /**
   * Sends the rest of a transaction, with its end, and sees what becomes of it.
   *
   * @returns whether everything was as expected, and was written
   * @throws what made it fail; the doubt tells whether it may have landed nevertheless
   */
  async function finish(results: readonly CommitResult[], send: (next: Slot) => Answers): Promise<boolean> {
    const next = { key: slot.key, version: newVersion(), count: slot.count + 1 }
    doubt = { landed: new Set([next.version]), otherwise: new Set([slot.version]), results }
    const { begun = [], slot: replacing, rest } = send(next)
    const steps = await Promise.allSettled([...begun, replacing, ...rest])
    const end = steps.at(-1)
    if (end?.status === 'rejected' && !isUndone(end.reason)) throw end.reason
    doubt = undefined
    if (!landed(end)) throw steps.find((step) => step.status === 'rejected')?.reason
    if ((await replacing).rows.length === 0) return false
    slot.version = next.version
    slot.count = next.count
    return true
  }

  /** In two round trips: looks, decides about one commit after the other, and writes what those come to that land. */
  async function inTurn(connection: Connection, batch: readonly Request[]) {
    const { sequence, ...outcome } = await look(connection, batch)
    if (outcome.results.some(({ ok }) => ok)) {
      // Nobody else writes before this transaction ends.
      const seen = { expected: new Map(), prefixes: [], before: sequence - 1 }
      const isWritten = await finish(outcome.results, (next) => apply(connection, outcome, { next, ...seen }))
      if (!isWritten) throw new Condemned(`${strangeSlot}; ${hint}`)
      watch.landed(sequence)
    } else {
      await connection.run(rollback)
    }
    return outcome.results
  }

  /**
   * In one round trip, on the chance that everything is as the commits expect it, which is the rule. Where it is, they
   * can be decided about beforehand; where two expect different things of a row, the last one is believed.
   *
   * @returns undefined when it is not, and nothing was written
   */
  async function atOnce(connection: Connection, batch: readonly Request[]) {
    const expected = new Map<StorageKey, Version | null>()
    for (const { key, version } of batch.flatMap(({ expect }) => expect)) {
      const impossible = version === null ? !canBe(key) : uuidOf(version) === undefined
      if (impossible) return undefined
      expected.set(key, version)
    }
    const prefixes = batch.flatMap(({ expectEmpty }) => expectEmpty)
    const present = [...expected].flatMap(([key, version]) =>
      version === null ? [] : [[key, version] as const],
    )
    const outcome = evaluate(batch, new Map(present), new Set())
    const asked = { expected, prefixes, before: watch.mark() }
    let turn: Promise<Answer> | undefined
    const isWritten = await finish(outcome.results, (next) => {
      const begun = [connection.run(beginCommit), connection.run(takeTurn)]
      turn = begun[1]
      return { begun, ...apply(connection, outcome, { next, ...asked }) }
    })
    if (!isWritten) return undefined
    watch.landed(Number((await turn)?.rows[0]?.[0]))
    return outcome.results
  }

  return {
    get doubt() {
      return doubt
    },
    async write(connection, batch) {
      try {
        return (await atOnce(connection, batch)) ?? (await inTurn(connection, batch))
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

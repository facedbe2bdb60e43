import { randomUUID } from 'node:crypto'
import type { StorageKey, Version } from '../../store.ts'
import type { Answer, Connection } from '../connection/connection.ts'
import { Condemned } from '../connection/watch.ts'
import { beginCommit, commit, putSlot, readSlot, rollback, takeTurn } from '../statements.ts'
import { bytesOf, hexOf, literal } from '../values.ts'

/**
 * The row that this process replaces with everything that it writes, in the same transaction, and expects as it
 * left it. Whoever replaces it knows of each earlier write whether it landed, and that it cannot land any more.
 */
export type Slot = {
  readonly key: StorageKey
  /** What it was left at. */
  version: Version
  /** How often it was replaced. */
  count: number
}

/** A write whose answer was lost. */
export type Doubt = {
  /** What the slot may be if it landed. */
  readonly landed: Set<string>
  /** What the slot may be if it did not land. */
  readonly otherwise: Set<string>
}

export const slotKey = (node: string, process: number): StorageKey =>
  // Behind a NUL, where no key of others lies.
  `\0cluster/commit/${node}/${process}` as StorageKey

export const slotHex = (count: number): string => hexOf(JSON.stringify({ count }))

export const newVersion = (): Version => randomUUID() as Version

/** What a COMMIT came to: true when it landed, false when it certainly did not. */
export function landed(settled: PromiseSettledResult<Answer> | undefined): boolean {
  if (settled?.status === 'rejected') throw settled.reason
  return settled?.value.command === 'COMMIT'
}

/**
 * Takes the slot over at the start.
 *
 * @param seen how often it had been replaced when this was last remembered
 * @throws {@link Condemned} with `lost` when it went back since
 */
export async function takeSlot(
  connection: Connection,
  key: StorageKey,
  seen: number,
  lost: string,
): Promise<Slot> {
  const found = await lockSlot(connection, key)
  if (found.count < seen) {
    await connection.run(rollback)
    throw new Condemned(lost)
  }
  const slot = { key, version: newVersion(), count: found.count + 1 }
  await replace(connection, slot)
  return slot
}

/**
 * Settles a doubt by a compare-and-set on the slot: when it wins, the write in doubt can never land any more; when
 * it loses, that one did. The slot is replaced in both cases: a primary that was restarted, or whose connection was
 * ended, shows what no standby has received, and the commit of what comes after it waits for that as well.
 *
 * @returns whether it had landed
 * @throws {@link Condemned} when the slot is none of what it may be
 */
export async function settle(
  connection: Connection,
  slot: Slot,
  { landed, otherwise }: Doubt,
  strange: string,
): Promise<boolean> {
  const found = await lockSlot(connection, slot.key)
  const had = landed.has(found.version ?? '')
  if (!had && !otherwise.has(found.version ?? '')) {
    await connection.run(rollback)
    throw new Condemned(strange)
  }
  const next = { key: slot.key, version: newVersion(), count: found.count + 1 }
  const either = had ? landed : otherwise
  either.add(next.version)
  await replace(connection, next)
  slot.version = next.version
  slot.count = next.count
  return had
}

async function lockSlot(connection: Connection, key: StorageKey) {
  const [, , { rows }] = await Promise.all([
    connection.run(beginCommit),
    connection.run(takeTurn),
    connection.run(readSlot, [literal(hexOf(key))]),
  ])
  const [version, value] = rows[0] ?? []
  return { version, count: value == null ? 0 : countOf(value) }
}

function countOf(value: string): number {
  // Written by this program alone; what is not readable counts as never used.
  const { count } = JSON.parse(Buffer.from(bytesOf(value)).toString()) as { count?: unknown }
  return typeof count === 'number' ? count : 0
}

async function replace(connection: Connection, { key, version, count }: Slot): Promise<void> {
  const [put, end] = await Promise.allSettled([
    connection.run(putSlot, [literal(hexOf(key)), version, literal(slotHex(count))]),
    connection.run(commit),
  ])
  if (!landed(end)) throw put?.status === 'rejected' ? put.reason : new Error('the database undid a commit')
}

import type { Clock, HighWaterClock } from '../base/clock.ts'
import type { StorageKey } from '../storage/store.ts'
import { jsonRecord } from '../transaction/record.ts'
import type { Transaction } from '../transaction/transaction.ts'

/** The highest time that any process of the cluster has told and stored. Milliseconds since 1970. */
const marks = jsonRecord<{ readonly at: number }>('high-water mark of the clock')
const markKey = 'cluster/clock' as StorageKey

/** Lets the clock tell no time before the stored mark. @returns the mark */
export async function takeTime(tx: Transaction, clock: HighWaterClock): Promise<number> {
  const stored = (await tx.get(marks, markKey))?.at ?? 0
  clock.raise(stored)
  return stored
}

/** Does as {@link takeTime}, and stores the clock's time where that is later. @returns the mark from then on */
export async function storeTime(tx: Transaction, clock: HighWaterClock): Promise<number> {
  const stored = await takeTime(tx, clock)
  const at = clock.now()
  if (at <= stored) return stored
  tx.put(marks, markKey, { at })
  return at
}

/**
 * Milliseconds before its end from which on a process asks whether another, whose clock is ahead, has already
 * called something expired. Processes raise their clocks to each other's every few seconds, so they differ by
 * less.
 */
export const closeToEnd = 30_000

export type ClusterTime = {
  readonly clock: Clock
  /** Resolves when every process can know that this time is past; absent where there is only one. */
  readonly settle?: ((time: number) => Promise<void>) | undefined
}

/**
 * Whether something has expired. What one process of the cluster has found so is expired for all of them from
 * then on, whatever their clocks say: it is stored before it is answered, and asked for close to the end.
 */
export async function isOver(
  tx: Transaction,
  { clock, settle }: ClusterTime,
  expires: number,
): Promise<boolean> {
  const left = expires - clock.now()
  if (left <= 0) {
    await settle?.(expires)
    return true
  }
  if (left > closeToEnd) return false
  return expires <= ((await tx.get(marks, markKey))?.at ?? 0)
}

import type { HighWaterClock } from '../../base/clock.ts'
import type { StorageKey } from '../../storage/store.ts'
import { jsonRecord } from '../../transaction/record.ts'
import { type Ground, transact } from '../../transaction/transaction.ts'

/** The highest time that any process of the cluster has told and stored. Milliseconds since 1970. */
const marks = jsonRecord<{ readonly at: number }>('high-water mark of the clock')
const markKey = 'cluster/clock' as StorageKey

/** Lets the clock tell no time before the stored mark. */
export const raiseClock = (ground: Ground, clock: HighWaterClock): Promise<void> =>
  transact(
    () => ground,
    async (tx) => {
      clock.raise((await tx.get(marks, markKey))?.at ?? 0)
    },
  )

/** Raises the clock as {@link raiseClock} does, and stores its time where that is later. */
export const storeClock = (ground: Ground, clock: HighWaterClock): Promise<void> =>
  transact(
    () => ground,
    async (tx) => {
      const stored = (await tx.get(marks, markKey))?.at ?? 0
      clock.raise(stored)
      const at = clock.now()
      if (at > stored) tx.put(marks, markKey, { at })
    },
  )

import type { HighWaterClock } from '../../base/clock.ts'
import { lineUp } from '../../base/line-up.ts'
import { storeTime, takeTime } from '../../lease/cluster-time.ts'
import { type Ground, transact } from '../../transaction/transaction.ts'

/** The time that a node shares with the others of its cluster. */
export type ClockMark = {
  /** Lets the clock tell no time before the stored mark. */
  raise(): Promise<void>
  /** Raises the clock as {@link ClockMark.raise} does, and stores its time where that is later. */
  store(): Promise<void>
  /** Resolves when the stored mark is not before a time that the clock has told. */
  settle(time: number): Promise<void>
}

/** @param check throws where this node must not store its time */
export function clockMark(ground: Ground, clock: HighWaterClock, check: () => void): ClockMark {
  let known = 0
  const store = lineUp(async () => {
    check()
    known = await transact(
      () => ground,
      (tx) => storeTime(tx, clock),
    )
  })
  return {
    async raise() {
      known = await transact(
        () => ground,
        (tx) => takeTime(tx, clock),
      )
    },
    store,
    settle: async (time) => {
      if (time > known) await store()
    },
  }
}

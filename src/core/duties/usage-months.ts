import type { Clock } from '../../base/clock.ts'
import type { Ground } from '../../transaction/transaction.ts'
import { merge } from '../../usage/days/people.ts'
import {
  daysPrefix,
  decode,
  lastInMonth,
  monthKey,
  monthOf,
  monthRow,
  peopleRows,
} from '../../usage/days/record.ts'
import type { Duty } from './duty.ts'

/** Days that one run adds to their months. */
const maxDays = 100

type Parts = { readonly ground: () => Ground; readonly clock: Clock }

/** Adds days that are no longer kept one by one to their month. Row by row, each in one commit: none counts twice. */
export function usageMonthsDuty({ ground, clock }: Parts): Duty {
  return {
    name: 'usage-months',
    every: 3600_000,
    async run(turn) {
      const { store } = ground()
      for (let step = 0; step < maxDays && !turn.signal.aborted; step++) {
        const [folder] = (await store.list(daysPrefix, { limit: 1 })).names
        if (folder === undefined || folder > `${lastInMonth(clock.now())}/`) return 'done'
        const { rows } = await store.scan(daysPrefix + folder)
        for (const { key } of rows) {
          const month = monthKey(monthOf(folder), key.slice(daysPrefix.length + folder.length))
          await turn.transact(async (tx) => {
            await tx.fetch([key, month].map((one) => ({ kind: peopleRows, key: one })))
            const sum = decode(await tx.get(peopleRows, month))
            merge(sum, decode(await tx.get(peopleRows, key)))
            tx.put(peopleRows, month, monthRow(sum))
            tx.delete(key)
          })
        }
      }
      return 'more'
    },
  }
}

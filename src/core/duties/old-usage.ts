import type { Clock } from '../../base/clock.ts'
import type { Ground } from '../../transaction/transaction.ts'
import { lastDropped, usagePrefix } from '../../usage/record.ts'
import type { Duty } from './duty.ts'

const maxSteps = 100
/** Rows that one step removes. */
const maxRows = 200

type Parts = { readonly ground: () => Ground; readonly clock: Clock }

/** Removes the usage of days that are over for too long; no answer counts them any more. */
export function oldUsageDuty({ ground, clock }: Parts): Duty {
  return {
    name: 'usage',
    every: 3600_000,
    async run(turn) {
      const { store } = ground()
      for (let step = 0; step < maxSteps && !turn.signal.aborted; step++) {
        const [day] = (await store.list(usagePrefix, { limit: 1 })).names
        if (day === undefined || day > `${lastDropped(clock.now())}/`) return 'done'
        const { rows } = await store.scan(usagePrefix + day, { limit: maxRows })
        await turn.transact(async (tx) => {
          for (const { key } of rows) tx.delete(key)
        })
      }
      return 'more'
    },
  }
}

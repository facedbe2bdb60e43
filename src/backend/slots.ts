import { fail } from '../base/errors.ts'

/** Places for work that anybody may cause, so that it never takes more than its share. */
export type Slots = {
  /** @throws rate_limited when all places are taken */
  run<T>(work: () => Promise<T>): Promise<T>
}

/**
 * @param places pieces of work under way, those that wait included
 * @param atOnce pieces of work that run together; the others wait for their turn, first come, first served
 */
export function createSlots(places: number, atOnce = places): Slots {
  const waiting: (() => void)[] = []
  let taken = 0
  return {
    async run(work) {
      if (taken >= places) fail('rate_limited', 'too many logins at once, try again in a moment')
      const waits = taken++ >= atOnce
      try {
        if (waits) await new Promise<void>((go) => waiting.push(go))
        return await work()
      } finally {
        taken--
        waiting.shift()?.()
      }
    },
  }
}

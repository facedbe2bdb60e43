import { fail } from '../base/errors.ts'

/** Places for work that anybody may cause, so that it never takes more than its share. */
export type Slots = {
  /** @throws rate_limited when all places are taken */
  run<T>(work: () => Promise<T>): Promise<T>
}

export function createSlots(places: number): Slots {
  let taken = 0
  return {
    async run(work) {
      if (taken >= places) fail('rate_limited', 'too many logins at once, try again in a moment')
      taken++
      try {
        return await work()
      } finally {
        taken--
      }
    },
  }
}

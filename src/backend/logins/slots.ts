import { fail } from '../../base/errors.ts'

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

/** Places of each of several, so that one that is slow, or hostile, takes none of another's. */
export type SlotsOfEach = {
  /** @throws rate_limited when all places of the name are taken */
  run<T>(name: string, work: () => Promise<T>): Promise<T>
}

/** @param places pieces of work under way for each name; only names with some are kept */
export function createSlotsOfEach(places: number): SlotsOfEach {
  const each = new Map<string, { readonly slots: Slots; users: number }>()
  return {
    async run(name, work) {
      const own = each.get(name) ?? { slots: createSlots(places), users: 0 }
      each.set(name, own)
      own.users++
      try {
        return await own.slots.run(work)
      } finally {
        if (--own.users === 0) each.delete(name)
      }
    },
  }
}

/** Lets few go on at a time, and fewer while they stand in each other's way; the others wait in order. */
export type Turns<T> = {
  /** Whether it may go on, or has gone on before; else it waits, and goes on by itself when its turn comes. */
  take(one: T): boolean
  /** Tells of one that has a turn what came of it. Any other one changes nothing. */
  landed(one: T): void
  refused(one: T): void
  /** Its turn is over, if it had one. */
  end(one: T): void
  /** Those that wait and are late: they do so no longer. */
  expire(isLate: (one: T) => boolean): T[]
  readonly waiting: number
}

/** With two, one that is refused again and again holds up none that rest on something else. */
const fewest = 2
/** So many that land without one that is refused let one more go on at a time. */
const enoughLanded = 4

/** @param goOn is called with each that waited, when its turn has come */
export function createTurns<T>(most: number, goOn: (one: T) => void): Turns<T> {
  const having = new Set<T>()
  let held: T[] = []
  let allowed = most
  let landed = 0

  return {
    take(one) {
      if (having.has(one)) return true
      if (having.size < allowed) having.add(one)
      else held.push(one)
      return having.has(one)
    },
    landed(one) {
      if (having.has(one) && ++landed % enoughLanded === 0) allowed = Math.min(most, allowed + 1)
    },
    refused(one) {
      if (!having.has(one)) return
      allowed = fewest
      landed = 0
    },
    end(one) {
      if (!having.delete(one)) return
      for (const next of held.splice(0, Math.max(0, allowed - having.size))) {
        having.add(next)
        goOn(next)
      }
    },
    expire(isLate) {
      const late = held.filter(isLate)
      held = held.filter((one) => !isLate(one))
      return late
    },
    get waiting() {
      return held.length
    },
  }
}

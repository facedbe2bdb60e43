/** How far another clock is ahead of one's own, milliseconds; negative for one that is behind. */
export type Skew = {
  readonly estimate: number
  /** The estimate is right to within this much. */
  readonly error: number
}

/** What one beat proves: the other clock is ahead by `least` at least and by `most` at most. */
type Bounds = { readonly least: number; readonly most: number }

/** Beats that are remembered: long enough to narrow the bounds, short enough to follow a clock that drifts. */
const remembered = 8

export type SkewMeter = {
  /**
   * Takes a beat into account: the other clock said `told`, after one's own said `before` (when the beat was
   * not there yet) and before it said `after` (when it was).
   */
  observe(told: number, before: number, after: number): void
  /** Undefined before the first beat that was awaited. */
  read(): Skew | undefined
}

/** Measures another clock by its beats: each gives bounds, and what all of the last ones allow is the answer. */
export function createSkewMeter(): SkewMeter {
  let beats: Bounds[] = []
  return {
    observe(told, before, after) {
      const beat = { least: told - after, most: told - before }
      beats = [...beats.slice(1 - remembered), beat]
      // A clock was set, or drifted: what was learnt before is no longer true.
      if (isEmpty(common(beats))) beats = [beat]
    },
    read() {
      if (beats.length === 0) return undefined
      const { least, most } = common(beats)
      return { estimate: Math.round((least + most) / 2), error: Math.ceil((most - least) / 2) }
    },
  }
}

const common = (beats: readonly Bounds[]): Bounds => ({
  least: Math.max(...beats.map(({ least }) => least)),
  most: Math.min(...beats.map(({ most }) => most)),
})

const isEmpty = ({ least, most }: Bounds) => least > most

/** What is certain of a skew, without its sign: 0 where the clocks may well agree. */
export const certainly = ({ estimate, error }: Skew) => Math.max(0, Math.abs(estimate) - error)

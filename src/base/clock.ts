/** Where time comes from. Milliseconds throughout; only the edge turns them into seconds or text. */
export type Clock = {
  /** Wall clock, milliseconds since 1970. Never goes back within a process (see {@link highWaterClock}). */
  now(): number
  /** A clock for measuring spans, milliseconds from an arbitrary start; unaffected by clock changes. */
  monotonic(): number
}

export type HighWaterClock = Clock & {
  /** Lets no time before this one be told from now on. */
  raise(mark: number): void
  /** Milliseconds by which the clock below is behind the highest time that was told; 0 when it is not. */
  behind(): number
}

/**
 * A clock held at its high-water mark: when the clock below is set back, nothing that expired comes to life
 * again. Until that clock has caught up, time goes on from the mark at half its speed: what has a TTL still
 * ends, and a small jump heals by itself.
 *
 * @param highWater the last mark seen before a restart, milliseconds since 1970
 */
export function highWaterClock(below: Clock, highWater = 0): HighWaterClock {
  let mark = highWater
  /** When the mark was last moved, while the clock below is behind it. */
  let moved: number | undefined
  const clock: HighWaterClock = {
    now() {
      const told = below.now()
      if (moved === undefined && told >= mark) {
        mark = told
        return told
      }
      const here = below.monotonic()
      mark += (here - (moved ?? here)) / 2
      moved = here
      if (told < mark) return Math.floor(mark)
      mark = told
      moved = undefined
      return told
    },
    monotonic: () => below.monotonic(),
    raise(to) {
      if (to > mark) mark = to
    },
    behind: () => Math.max(0, clock.now() - below.now()),
  }
  return clock
}

/** The system's clock, held at its high-water mark. */
export function systemClock(): HighWaterClock {
  return highWaterClock({ now: Date.now, monotonic: () => performance.now() })
}

export type ManualClock = Clock & {
  advance(milliseconds: number): void
  /** Sets the wall clock alone, forwards or back, as an administrator does. */
  jump(milliseconds: number): void
}

/** A clock for tests that moves only when told to. */
export function manualClock(start = Date.UTC(2030, 0, 1)): ManualClock {
  let time = start
  let span = 0
  return {
    now: () => time,
    monotonic: () => span,
    advance: (milliseconds) => {
      time += milliseconds
      span += milliseconds
    },
    jump: (milliseconds) => {
      time += milliseconds
    },
  }
}

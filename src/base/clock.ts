/** Where time comes from. Milliseconds throughout; only the edge turns them into seconds or text. */
export type Clock = {
  /** Wall clock, milliseconds since 1970. Never goes back within a process (see {@link systemClock}). */
  now(): number
  /** A clock for measuring spans, milliseconds from an arbitrary start; unaffected by clock changes. */
  monotonic(): number
}

/**
 * The system's clock, held at its high-water mark: when the wall clock is set back, time stands still here
 * until it has caught up, so that nothing that expired comes to life again.
 *
 * @param highWater the last mark seen before a restart, milliseconds since 1970
 */
export function systemClock(highWater = 0): Clock {
  let mark = highWater
  return {
    now: () => {
      const wall = Date.now()
      if (wall > mark) mark = wall
      return mark
    },
    monotonic: () => performance.now(),
  }
}

/** A clock for tests that moves only when told to. */
export function manualClock(start = Date.UTC(2030, 0, 1)): Clock & { advance(milliseconds: number): void } {
  let time = start
  return {
    now: () => time,
    monotonic: () => time - start,
    advance: (milliseconds) => {
      time += milliseconds
    },
  }
}

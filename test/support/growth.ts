const factor = 8
/** Work that is linear takes {@link factor} times as long for such an input, quadratic work its square. */
const allowed = 4 * factor

/**
 * Whether work grows about as its input does: the processor time that it takes of this process is compared
 * between an input and one that is eight times as large, so that other processes do not matter.
 *
 * @param size of the smaller input; large enough for some tenths of a millisecond of work
 */
export function growsLinearly<T>(make: (size: number) => T, work: (input: T) => void, size: number): boolean {
  const small = make(size)
  const large = make(size * factor)
  work(small)
  const usual = leastCost(() => work(small))
  // What a pause of the garbage collector disturbed gets another chance.
  for (let i = 0; i < 3; i++) if (cost(() => work(large)) < allowed * Math.max(usual, least)) return true
  return false
}

/** Microseconds, below which a measurement says nothing. */
const least = 300

/** Microseconds of processor time that work takes at its best of five times. */
export const leastCost = (work: () => void): number =>
  Math.min(...Array.from({ length: 5 }, () => cost(work)))

function cost(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

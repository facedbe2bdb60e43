import type { Encoded } from './protocol/codec.ts'

/** Commits that were handed over and not answered yet, in order; sent again to the next owner. */
export type Unanswered = {
  readonly size: number
  /** @param now on a monotonic clock, milliseconds */
  add(commits: readonly Encoded[], now: number): void
  remove(number: number): void
  all(): Encoded[]
  /** The lowest number, or 0 without any. */
  oldest(): number
  /** Takes out what was added before a time. @returns the numbers */
  takeOlder(time: number): number[]
}

export function createUnanswered(): Unanswered {
  const waiting = new Map<number, { readonly commit: Encoded; readonly since: number }>()
  return {
    get size() {
      return waiting.size
    },
    add(commits, now) {
      for (const commit of commits) waiting.set(commit.number, { commit, since: now })
    },
    remove: (number) => {
      waiting.delete(number)
    },
    all: () => [...waiting.values()].map(({ commit }) => commit),
    oldest: () => waiting.keys().next().value ?? 0,
    takeOlder(time) {
      const late = [...waiting].filter(([, { since }]) => since < time).map(([number]) => number)
      for (const number of late) waiting.delete(number)
      return late
    },
  }
}

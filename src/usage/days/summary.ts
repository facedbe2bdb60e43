import { others, type People, type Person, type Tally } from './people.ts'

/** Requests of some people; `people` are those with an entity, and at least as many where `more` is set. */
export type Sum = Tally & { people: number; more: boolean }

export type Summary = Sum & {
  /** By the mount's UUID; `''` for what was not told apart. */
  readonly mounts: ReadonlyMap<string, Sum>
  /** By the UUID of the auth mount that tokens came from; `''` for requests without one. */
  readonly methods: ReadonlyMap<string, Sum>
}

const noSum = (): Sum => ({ reads: 0, writes: 0, failed: 0, people: 0, more: false })

/** Adds up what disjoint sets of people did. */
export function summaryOf(parts: readonly People[]): Summary {
  const whole = noSum()
  const mounts = new Map<string, Sum>()
  const methods = new Map<string, Sum>()
  for (const { persons } of parts) {
    for (const [id, { cells }] of persons) {
      const sums = new Set([whole])
      for (const [cell, tally] of cells) {
        const [mount = '', method = ''] = cell.split('/')
        for (const sum of [whole, within(mounts, mount), within(methods, method)]) {
          addTally(sum, tally)
          sums.add(sum)
        }
      }
      for (const sum of sums) {
        if (id === others) sum.more = true
        else if (id !== '') sum.people++
      }
    }
  }
  return { ...whole, mounts, methods }
}

function within(sums: Map<string, Sum>, name: string): Sum {
  const found = sums.get(name) ?? noSum()
  sums.set(name, found)
  return found
}

function addTally(sum: Tally, { reads, writes, failed }: Readonly<Tally>): void {
  sum.reads += reads
  sum.writes += writes
  sum.failed += failed
}

export type PersonSum = Tally & Pick<Person, 'lastRead' | 'lastWrite'>

/** What each person did over several days, those without an entity and those not told apart left out. */
export function personSums(parts: readonly People[]): Map<string, PersonSum> {
  const sums = new Map<string, PersonSum>()
  for (const { persons } of parts) {
    for (const [id, { cells, lastRead, lastWrite }] of persons) {
      if (id === '' || id === others) continue
      const sum = sums.get(id) ?? { reads: 0, writes: 0, failed: 0, lastRead: 0, lastWrite: 0 }
      for (const tally of cells.values()) addTally(sum, tally)
      sum.lastRead = Math.max(sum.lastRead, lastRead)
      sum.lastWrite = Math.max(sum.lastWrite, lastWrite)
      sums.set(id, sum)
    }
  }
  return sums
}

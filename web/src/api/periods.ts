/** Requests of one day (`2030-01-31`) or month (`2030-01`), of UTC. */
export type Period = {
  readonly name: string
  readonly requests: number
  readonly reads: number
  readonly writes: number
  readonly failed: number
  readonly people: number
  /** Of key-value mounts. */
  readonly secretReads: number
  /** Requests by the type of the mount. */
  readonly engines: Readonly<Record<string, number>>
}

const dayLength = 24 * 3600_000

const none = (name: string): Period => ({
  name,
  requests: 0,
  reads: 0,
  writes: 0,
  failed: 0,
  people: 0,
  secretReads: 0,
  engines: {},
})

/** All days of a span, those without requests as well. */
export function allDays(found: readonly Period[], start: string, end: string): Period[] {
  const known = new Map(found.map((one) => [one.name, one]))
  const days: Period[] = []
  for (let at = Date.parse(start); at <= Date.parse(end); at += dayLength) {
    const name = new Date(at).toISOString().slice(0, 10)
    days.push(known.get(name) ?? none(name))
  }
  return days
}

/** All months from the first to the last that has requests. */
export function allMonths(found: readonly Period[]): Period[] {
  const [first, last] = [found[0], found.at(-1)]
  if (first === undefined || last === undefined) return []
  const known = new Map(found.map((one) => [one.name, one]))
  const months: Period[] = []
  for (let name = first.name; name <= last.name; name = nextMonth(name))
    months.push(known.get(name) ?? none(name))
  return months
}

function nextMonth(name: string): string {
  const [year = 0, month = 0] = name.split('-').map(Number)
  return new Date(Date.UTC(year, month)).toISOString().slice(0, 7)
}

/** When a period began, seconds since 1970. */
export const beginOf = ({ name }: Period): number =>
  Date.parse(name.length === 7 ? `${name}-01` : name) / 1000

/** The engines with the most requests; the others together are `rest`. */
export function topEngines(periods: readonly Period[], most: number): { names: string[]; hasRest: boolean } {
  const sums = new Map<string, number>()
  for (const { engines } of periods) {
    for (const [name, count] of Object.entries(engines)) sums.set(name, (sums.get(name) ?? 0) + count)
  }
  const names = [...sums]
    .sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
    .map(([name]) => name)
  return { names: names.slice(0, most), hasRest: names.length > most }
}

/** Requests of a period to engines that are not among these. */
export const restOf = ({ engines }: Period, names: readonly string[]): number =>
  Object.entries(engines).reduce((sum, [name, count]) => (names.includes(name) ? sum : sum + count), 0)

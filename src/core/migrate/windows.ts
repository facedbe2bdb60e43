import { compareKeys } from '../../storage/keys.ts'
import type { Reader, Scanning, ScanRow } from '../../storage/store.ts'
import { type Pause, persist } from './patience.ts'
import { isCopied } from './rows.ts'

/** Rows of both stores between two keys: all that there are, in order. */
export type Window = {
  /** Exclusive; undefined at the beginning. */
  readonly after: string | undefined
  /** Inclusive; undefined where it reaches to the end. */
  readonly end: string | undefined
  readonly source: readonly ScanRow[]
  readonly target: readonly ScanRow[]
}

/** Rows that are asked for at a time. */
const pageSize = 1000

/** Goes through both stores side by side, a page of each in memory and the next one on its way. */
export async function* windows(source: Reader, target: Reader, pause: Pause): AsyncGenerator<Window> {
  const here = createPages(source, pause)
  const there = createPages(target, pause)
  for (let after: string | undefined; ; ) {
    await Promise.all([here.fill(), there.fill()])
    const ends = [here.end(), there.end()].filter((end) => end !== undefined)
    const end = ends.sort(compareKeys)[0]
    yield { after, end, source: here.take(end), target: there.take(end) }
    if (end === undefined) return
    after = end
  }
}

/** All rows of one store that a move copies, a page at a time. */
export async function* pagesOf(reader: Reader, pause: Pause): AsyncGenerator<readonly ScanRow[]> {
  const pages = createPages(reader, pause)
  for (;;) {
    await pages.fill()
    const end = pages.end()
    yield pages.take(end)
    if (end === undefined) return
  }
}

/** The rows that a move copies between two keys, whatever their number. */
export async function rowsBetween(
  reader: Reader,
  { after, end }: Pick<Window, 'after' | 'end'>,
  pause: Pause,
): Promise<ScanRow[]> {
  const rows: ScanRow[] = []
  for (let from = after; ; ) {
    const page = await scanPage(reader, from, pause)
    const last = page.rows.at(-1)?.key
    const count = end === undefined ? page.rows.length : countUpTo(page.rows, end)
    rows.push(...page.rows.slice(0, count).filter(({ key }) => isCopied(key)))
    if (!page.more || last === undefined || (end !== undefined && compareKeys(last, end) >= 0)) return rows
    from = last
  }
}

const scanPage = (reader: Reader, after: string | undefined, pause: Pause): Promise<Scanning> =>
  persist(pause, () => reader.scan('', { after, limit: pageSize }))

/** How many rows of a page have a key up to `end`, by halving. */
function countUpTo(rows: readonly ScanRow[], end: string): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    // It lies between two indices of the page.
    if (compareKeys((rows[middle] as ScanRow).key, end) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

function createPages(reader: Reader, pause: Pause) {
  let rows: readonly ScanRow[] = []
  let more = true
  /** The last key of what was read; known also where no row of the page is copied. */
  let last: string | undefined
  let next: Promise<Scanning> | undefined
  let spent = true

  function ahead(): void {
    next = more ? scanPage(reader, last, pause) : undefined
    // Whoever waits for it is told.
    next?.catch(() => undefined)
  }

  return {
    /** Has a page in hand, unless everything was taken. */
    async fill(): Promise<void> {
      if (!spent || !more) return
      if (next === undefined) ahead()
      const page = await (next as Promise<Scanning>)
      rows = page.rows
      last = page.rows.at(-1)?.key ?? last
      more = page.more
      spent = false
      ahead()
    },
    /** How far the page in hand reaches; undefined where it reaches to the end. */
    end: () => (more ? last : undefined),
    take(end: string | undefined): ScanRow[] {
      // Both stores being alike, their pages mostly end with the same row.
      const count = end === undefined || end === last ? rows.length : countUpTo(rows, end)
      const taken = rows.slice(0, count).filter(({ key }) => isCopied(key))
      rows = rows.slice(count)
      spent = rows.length === 0
      return taken
    },
  }
}

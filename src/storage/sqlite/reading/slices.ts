import { defaultLimit, type Listing, type ListOptions, type Scanning, type ScanRow } from '../../store.ts'
import type { Connection } from './reader.ts'

/** Names, or rows, that are read without letting other work run in between. */
const slice = 1000
const maxScanBytes = 8 * 1024 * 1024

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/**
 * A list in slices, for an instant that only the main thread can read: what else waits there runs in between.
 *
 * @param connection asked before each slice; throws when the instant is gone
 */
export async function listInSlices(
  connection: () => Pick<Connection, 'names'>,
  prefix: string,
  { after, limit = defaultLimit }: ListOptions,
): Promise<Listing> {
  const names: string[] = []
  for (let cursor = after; ; cursor = names.at(-1)) {
    const wanted = Math.min(slice, limit - names.length)
    const page = connection().names(prefix, { after: cursor, limit: wanted })
    for (const name of page.names) names.push(name)
    if (!page.more || names.length >= limit) return { names, more: page.more }
    await turn()
  }
}

/** The same for a scan; the page ends early when its values become many bytes. */
export async function scanInSlices(
  connection: () => Pick<Connection, 'rows'>,
  prefix: string,
  { after, limit = defaultLimit }: ListOptions,
): Promise<Scanning> {
  const rows: ScanRow[] = []
  let bytes = 0
  for (let cursor = after; ; cursor = rows.at(-1)?.key) {
    const wanted = Math.min(slice, limit - rows.length)
    const page = connection().rows(prefix, { after: cursor, limit: wanted })
    for (const row of page.rows) {
      rows.push(row)
      bytes += row.value.length
    }
    if (!page.more || rows.length >= limit || bytes >= maxScanBytes) return { rows, more: page.more }
    await turn()
  }
}

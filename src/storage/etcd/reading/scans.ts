import { compareKeys, endOfPrefix, justBehind, startOfScan } from '../../keys.ts'
import { defaultLimit, type ListOptions, type StorageKey } from '../../store.ts'
import type { Calls } from '../connection/calls.ts'
import { depthOf, type Layout } from '../layout.ts'
import { maxOps } from '../messages/ops.ts'
import type { Batches } from './batches.ts'
import { type KeyRange, readRanges } from './ranges.ts'

export type FoundRow = { readonly key: StorageKey; readonly value: Uint8Array; readonly revision: bigint }
type Parts = { readonly calls: Calls; readonly batches: Batches; readonly layout: Layout }

/** Depths that are asked for at once. */
const manyDepths = 8
/** Bytes of values after which a page is full. */
const maxPageBytes = 8 * 1024 * 1024
/** Values that are asked for first, when nothing is known of their size. */
const firstValues = 8

/** Rows below a prefix in order, at an instant, 0 for now. @returns the instant, too */
export async function scanAt(
  parts: Parts,
  revision: bigint,
  prefix: string,
  { after, limit = defaultLimit }: ListOptions,
): Promise<{ readonly rows: readonly FoundRow[]; readonly more: boolean; readonly revision: bigint }> {
  const keys: string[] = []
  let instant = revision
  let from: string | undefined = startOfScan(prefix, after)
  while (from !== undefined && keys.length <= limit) {
    const found = await keysFrom(parts, { prefix, from, limit: limit + 1 - keys.length }, instant)
    instant = found.revision
    keys.push(...found.keys)
    from = found.next
  }
  const { rows, full } = await valuesOf(parts, keys.slice(0, limit), instant)
  return { rows, more: full || keys.length > limit, revision: instant }
}

type Stretch = { readonly prefix: string; readonly from: string; readonly limit: number }

/**
 * The next keys of all depths, in order. What a depth has beyond its page bounds what is known of the others: behind
 * `next` goes on another call.
 */
async function keysFrom(
  { calls, layout }: Parts,
  { prefix, from, limit }: Stretch,
  revision: bigint,
): Promise<{ readonly keys: string[]; readonly next: string | undefined; readonly revision: bigint }> {
  const keys: string[] = []
  let instant = revision
  let next: string | undefined
  let deeper = true
  for (let depth = depthOf(prefix); deeper; depth += manyDepths) {
    const asked = Array.from({ length: manyDepths }, (_, i): KeyRange => {
      const to =
        prefix === ''
          ? `${layout.at(depth + i, '').slice(0, -1)}0`
          : layout.at(depth + i, endOfPrefix(prefix))
      return { from: layout.at(depth + i, from), to, limit }
    })
    const found = await readRanges(calls, asked, instant)
    instant = found.revision
    deeper = false
    for (const [i, { kvs, more }] of found.answers.entries()) {
      const names = kvs.map(({ key }) => layout.nameOf(Buffer.from(key).toString()))
      keys.push(...names.filter((name) => !name.endsWith('/')))
      const last = names.at(-1)
      if (more && last !== undefined && (next === undefined || compareKeys(last, next) < 0)) next = last
      if (i === manyDepths - 1) {
        // Below a folder that lies at this depth, or that the start lies in, there may be more.
        deeper = more || names.some((name) => name.endsWith('/')) || depthOf(from) > depth + i
      }
    }
  }
  keys.sort(compareKeys)
  // A marker may be the bound: nothing at or before it is missing, since what lies beneath is greater.
  const bound = next
  const kept = bound === undefined ? keys : keys.filter((key) => compareKeys(key, bound) <= 0)
  return { keys: kept, next: bound === undefined ? undefined : justBehind(bound), revision: instant }
}

/** The rows of keys, as many as fit into a page. */
async function valuesOf({ batches, layout }: Parts, keys: readonly string[], revision: bigint) {
  const rows: FoundRow[] = []
  let bytes = 0
  for (let at = 0, count = firstValues; at < keys.length && bytes < maxPageBytes; ) {
    const part = keys.slice(at, at + count)
    const { found } = await batches.read(
      part.map((key) => ({ key: layout.row(key), known: 0n })),
      revision,
    )
    for (const [i, row] of found.entries()) {
      if (typeof row !== 'object') continue
      // It lies in the store as a key.
      rows.push({ key: part[i] as StorageKey, ...row })
      bytes += row.value.length
    }
    at += part.length
    const average = bytes / Math.max(rows.length, 1)
    count = Math.max(1, Math.min(maxOps, Math.floor(maxPageBytes / Math.max(average, 1))))
  }
  return { rows, full: rows.length < keys.length }
}

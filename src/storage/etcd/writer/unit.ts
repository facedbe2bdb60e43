import { fail } from '../../../base/errors.ts'
import type { Commit } from '../../store.ts'
import { folderOf, type Layout } from '../layout.ts'
import type { TxnResponse } from '../messages/etcd_pb.js'
import {
  absent,
  type Comparison,
  emptyBelow,
  maxOps,
  nested,
  type Op,
  peek,
  peekBelow,
  put,
  rangeOf,
  remove,
  type Txn,
  writtenAt,
} from '../messages/ops.ts'
import type { Versions } from '../versions.ts'
import { comparisonsOf, leastComparisons, type Upkeep } from './folders.ts'
import type { Slot } from './slots.ts'
import { comparedAlone, type Standing } from './standing/standing.ts'
import type { Expected } from './standing/stretches.ts'

/** etcd takes requests of 1.5 MiB. */
export const maxBytes = 1536 * 1024 - 16 * 1024
/** No row has this revision. */
const never = 2n ** 62n

/** What a caller asked for, as it was at the call. */
export type Request = {
  readonly expect: readonly Expected[]
  readonly expectEmpty: readonly string[]
  readonly put: ReadonlyMap<string, Uint8Array>
  readonly delete: ReadonlySet<string>
}

/** @returns the request of a commit; deletes of what is put as well are left out, since puts come last */
export function requestOf(commit: Commit, versions: Versions, layout: Layout): Request {
  const { expect = [], expectEmpty = [], put: puts = [], delete: gone = [] } = commit
  const put = new Map(puts.map(({ key, value }) => [key as string, Uint8Array.from(value)]))
  return {
    expect: expect.map(({ key, version }) => ({
      name: key,
      key: layout.row(key),
      revision: version === null ? 0n : (versions.revisionOf(version) ?? never),
    })),
    expectEmpty: [...expectEmpty],
    put,
    delete: new Set(gone.filter((key) => !put.has(key))),
  }
}

/** A commit as a transaction that stands beside others in one request. */
export type Unit = {
  /** Operations that it needs of those that etcd allows along the nesting. */
  readonly ops: number
  readonly bytes: number
  /** Whether it cannot be told which keys it relies on: it goes by itself. */
  readonly alone: boolean
  /** Keys of etcd that it relies on, and beginnings of such keys. */
  readonly reads: ReadonlySet<string>
  readonly readsBelow: readonly string[]
  readonly writes: ReadonlySet<string>
  /**
   * Keys that the request around it writes, whether it lands or not: several units may write them. One that goes by
   * itself writes them itself, and only when it lands; else two that rest on them would refuse each other again and
   * again.
   */
  readonly removed: ReadonlySet<string>
  /** Whether the row is not what it was that says whose store this is: no commit lands then. */
  replaced(answer: TxnResponse): boolean
  /** The transaction, with its slot. */
  build(slot: Slot, nonce: Uint8Array): Txn
  /**
   * What the caller's expectations failed by; none when it was something of the store's own, or when that does not
   * tell all. The answer is that of the other branch of {@link build}.
   */
  conflicts(answer: TxnResponse): string[]
}

/** Comparisons of the folders of what is written that go one by one, if that leaves so many for what is expected. */
const enoughRoom = 40

/** Comparisons that are left for the rows that a request expects. */
export function roomFor(request: Request, upkeep: Upkeep, layout: Layout): number {
  const marks = removedBy(request, layout)
  const most = maxOps - around(1, marks)
  const writes =
    marks.size + request.put.size + request.delete.size + upkeep.mark.length + upkeep.unmark.length
  const room = comparisonsBeside(writes, most) - request.expectEmpty.length
  const detailed = room - upkeep.needed.size - upkeep.emptied.length
  return detailed >= enoughRoom ? detailed : room - leastComparisons(upkeep)
}

/**
 * @param standing of a request that expects more than {@link roomFor} leaves room for
 * @throws storage_limit when it does not fit into one request
 */
export function unitOf(
  request: Request,
  upkeep: Upkeep,
  { layout, storeRevision }: { readonly layout: Layout; readonly storeRevision: bigint },
  standing?: Standing,
): Unit {
  const expected = standing?.single ?? request.expect
  const empty = request.expectEmpty.map((name) => ({
    name,
    key: name === '' ? layout.children('') : layout.marker(name),
  }))
  const asked: Comparison[] = [
    ...comparedAlone(expected),
    ...(standing?.together ?? []),
    ...empty.map(({ name, key }) => (name === '' ? emptyBelow(key) : absent(key))),
  ]
  const isTogether = (standing?.together.length ?? 0) > 0
  const marks = removedBy(request, layout)
  const removed = isTogether ? new Set<string>() : marks
  const most = maxOps - around(1, removed)
  const writes = new Map<string, Uint8Array | undefined>()
  for (const folder of upkeep.unmark) writes.set(layout.marker(folder), undefined)
  for (const key of request.delete) writes.set(layout.row(key), undefined)
  for (const folder of upkeep.mark) writes.set(layout.marker(folder), new Uint8Array(0))
  for (const [key, value] of request.put) writes.set(layout.row(key), value)
  if (isTogether) for (const mark of marks) writes.set(mark, new Uint8Array(0))

  const { compare, wide } = comparisonsOf(upkeep, comparisonsBeside(writes.size, most) - asked.length)
  const compares = asked.length + compare.length + 2
  const packing = packed(compares, writes.size + 1, most)
  const bytes = bytesOf([...asked, ...compare], writes, removed) + 64
  if (packing === undefined || bytes > maxBytes) {
    fail('storage_limit', 'one write may not touch so many folders; write less at once')
  }
  return {
    ops: packing.ops,
    bytes,
    alone: wide || isTogether,
    reads: new Set([
      ...expected.map(({ key }) => key),
      ...empty.filter(({ name }) => name !== '').map(({ key }) => key),
      ...upkeep.needed,
    ]),
    readsBelow: [...empty.filter(({ name }) => name === '').map(({ key }) => key), ...upkeep.emptied],
    writes: new Set(writes.keys()),
    removed,
    build(slot, nonce) {
      const ops: Op[] = [put(slot.key, nonce)]
      for (const [key, value] of writes) ops.push(value === undefined ? remove(key) : put(key, value))
      return {
        compare: [
          writtenAt(slot.key, slot.revision),
          writtenAt(layout.store, storeRevision),
          ...asked,
          ...compare,
        ],
        success:
          packing.size === 0 ? ops : chunks(ops, packing.size).map((part) => nested({ success: part })),
        failure: [
          peek(slot.key),
          peek(layout.store),
          ...expected.map(({ key }) => peek(key)),
          ...empty.map(({ name, key }) => (name === '' ? peekBelow(key, 1) : peek(key))),
        ],
      }
    },
    replaced: ({ responses }) => (rangeOf(responses[1]).kvs[0]?.modRevision ?? 0n) !== storeRevision,
    conflicts({ responses }) {
      if (isTogether) return []
      const found = responses.slice(2).map((op) => rangeOf(op).kvs[0]?.modRevision ?? 0n)
      return [
        ...expected.filter(({ revision }, i) => found[i] !== revision).map(({ name }) => name),
        ...empty.filter((_, i) => found[expected.length + i] !== 0n).map(({ name }) => name),
      ]
    },
  }
}

/** What a request writes about the folders that it deletes from. */
function removedBy(request: Request, layout: Layout): Set<string> {
  return new Set(Array.from(request.delete, (key) => layout.removed(folderOf(key))))
}

/** Operations of a request around those of its units: one for each, and one within which it writes of removals. */
export const around = (units: number, removed: ReadonlySet<string>): number =>
  units + Math.min(removed.size, 1)

/**
 * How so many writes fit beside so many comparisons: in one list, or in nested ones of `size`.
 *
 * @param most operations along the nesting
 * @returns undefined when they do not
 */
function packed(
  compares: number,
  writes: number,
  most: number,
): { readonly ops: number; readonly size: number } | undefined {
  if (compares > most) return undefined
  if (writes <= most) return { ops: Math.max(compares, writes), size: 0 }
  const lists = Math.max(compares, most >> 1)
  const size = most - lists
  return size > 0 && writes <= lists * size ? { ops: most, size } : undefined
}

/** The most comparisons, beside two of the store's own, with which so many writes and that of the slot fit. */
function comparisonsBeside(writes: number, most: number): number {
  let compares = most
  while (compares > most >> 1 && packed(compares, writes + 1, most) === undefined) compares--
  return compares - 2
}

function* chunksOf<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}
const chunks = <T>(items: readonly T[], size: number): T[][] => [...chunksOf(items, size)]

/** Bytes that a unit takes in a request, or a few more; what is compared is asked for in the other branch. */
function bytesOf(
  compare: readonly Comparison[],
  writes: ReadonlyMap<string, Uint8Array | undefined>,
  removed: ReadonlySet<string>,
): number {
  let sum = 0
  for (const { key, rangeEnd } of compare) sum += 2 * (key?.length ?? 0) + (rangeEnd?.length ?? 0) + 48
  for (const [key, value] of writes) sum += Buffer.byteLength(key) + (value?.length ?? 0) + 24
  for (const key of removed) sum += Buffer.byteLength(key) + 24
  return sum
}

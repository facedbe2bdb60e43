import { fail } from '../../../../base/errors.ts'
import type { Calls } from '../../connection/calls.ts'
import { behind, depthOf, folderOf, type Layout } from '../../layout.ts'
import { type Comparison, unchangedSince, unwrittenSince, writtenAt } from '../../messages/ops.ts'
import { childrenFrom, type KeyRange, readRanges } from '../../reading/ranges.ts'
import { cut, type Expected, type Stretch } from './stretches.ts'

/**
 * What a commit rests on that expects more rows than etcd compares one by one. They were seen as they are expected at
 * one instant, and of the fullest folders it is compared whether anything has changed since: whether a row of those
 * that are expected, or between them, is newer, and whether a commit has deleted something, which leaves nothing to
 * compare but the mark of removals of the folder. So what else happens in such a folder may refuse the commit, and it
 * is planned anew; it never lets one land that should not.
 */
export type Standing = {
  /** What is compared one by one. */
  readonly single: readonly Expected[]
  /** What is compared for the rest. */
  readonly together: readonly Comparison[]
}

/** What a commit expects. */
export type Grounds = { readonly expect: readonly Expected[]; readonly expectEmpty: readonly string[] }

type Parts = {
  readonly calls: Calls
  readonly layout: Layout
  /** Rows that comparisons may go through. */
  readonly mostCompared?: number
}

/** A stretch and a mark of removals stand for a folder: fewer rows are not worth it. */
const fewRows = 2
/** etcd does nothing else meanwhile, and takes some 3 µs for each. */
const defaultCompared = 100_000

/**
 * Looks at what is expected, and finds the comparisons for its rows.
 *
 * @param room comparisons that there may be
 * @returns the names of all that is not as it is expected to be, if there is any
 * @throws storage_limit when the rows lie among too many others
 */
export async function standingOf(
  { calls, layout, mostCompared = defaultCompared }: Parts,
  { expect, expectEmpty }: Grounds,
  room: number,
): Promise<Standing | { readonly conflicts: readonly string[] }> {
  const { single, stretches, marks } = plan(layout, expect, room)
  const wanted = [
    ...expect.map(({ key }) => only(key)),
    ...expectEmpty.map((folder) =>
      folder === '' ? childrenFrom(layout.children(''), 1) : only(layout.marker(folder)),
    ),
    ...stretches.map(({ first, last }): KeyRange => ({ from: first, to: after(last), limit: 1 })),
  ]
  const { revision, answers } = await readRanges(calls, wanted, 0n)
  const conflicts = [
    ...expect.filter((row, i) => (answers[i]?.kvs[0]?.modRevision ?? 0n) !== row.revision),
    ...expectEmpty.filter((_, i) => (answers[expect.length + i]?.count ?? 0n) > 0n).map((name) => ({ name })),
  ]
  if (conflicts.length > 0) return { conflicts: conflicts.map(({ name }) => name) }

  const compared = answers.slice(expect.length + expectEmpty.length)
  if (compared.reduce((sum, { count }) => sum + count, 0n) > mostCompared) {
    fail('storage_limit', 'one write may not rest on rows that lie among so many others')
  }
  const together = stretches.map(({ first, last }) => unchangedSince(revision, first, after(last)))
  return { single, together: [...marks(revision), ...together] }
}

type Plan = {
  readonly single: readonly Expected[]
  readonly stretches: readonly Stretch[]
  /** Whether something has been deleted since a revision. */
  marks(revision: bigint): Comparison[]
}

/** Whole folders, as few as leave room to cut them where they are widest; else whatever lies at a depth. */
function plan(layout: Layout, expected: readonly Expected[], room: number): Plan {
  const folders = [...Map.groupBy(expected, ({ name }) => folderOf(name))].sort(
    ([, a], [, b]) => b.length - a.length,
  )
  const taken: Expected[][] = []
  const left: Expected[] = []
  const marks = new Set<string>()
  let single = expected.length
  for (const [folder, rows] of folders) {
    if (single + taken.length + marks.size <= room >> 1 || rows.length <= fewRows) {
      left.push(...rows)
      continue
    }
    taken.push(rows)
    marks.add(layout.removed(folder))
    single -= rows.length
  }
  if (single + taken.length + marks.size <= room) {
    const { stretches, alone } = cut(taken, room - single - marks.size)
    return {
      single: [...left, ...alone],
      stretches,
      marks: (revision) => [...marks].map((mark) => unwrittenSince(revision, mark)),
    }
  }
  const depths = [...Map.groupBy(expected, ({ name }) => depthOf(name)).values()]
  const { stretches, alone } = cut(depths, room - 1)
  return {
    single: alone,
    stretches,
    marks: (revision) => [unchangedSince(revision, layout.removals, behind(layout.removals))],
  }
}

/** What rows are compared with when there are few enough. */
export const comparedAlone = (rows: readonly Expected[]): Comparison[] =>
  rows.map(({ key, revision }) => writtenAt(key, revision))

const only = (key: string): KeyRange => ({ from: key, to: after(key), limit: 1 })
/** The next key there can be. */
const after = (key: string): string => `${key}\0`

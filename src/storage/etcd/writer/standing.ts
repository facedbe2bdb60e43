import type { Calls } from '../connection/calls.ts'
import { folderOf, type Layout } from '../layout.ts'
import { type Comparison, unchangedSince, unwrittenSince, writtenAt } from '../messages/ops.ts'
import { type KeyRange, readRanges } from '../reading/ranges.ts'

/** A row that a commit expects: its name, its key in etcd, and the revision that wrote it, 0 for one that is not there. */
export type Expected = { readonly name: string; readonly key: string; readonly revision: bigint }

/**
 * What a commit rests on that expects more rows than etcd compares one by one. They were seen as they are expected at
 * one instant, and of the fullest folders it is compared whether anything has changed since: whether a row between
 * the first and the last that are expected is newer, and whether a commit has deleted something, which leaves nothing
 * to compare but the mark of removals of the folder. So what else happens in such a folder may refuse the commit, and
 * it is planned anew; it never lets one land that should not.
 */
export type Standing = {
  /** What is compared one by one, and told of when it is not so. */
  readonly single: readonly Expected[]
  /** What is compared for the rest. */
  readonly together: readonly Comparison[]
}

/** Comparisons that expectations may take; the rest is for the folders of what is written. */
const maxComparisons = 40
/** Two comparisons and the mark of all folders stand for a folder: fewer rows are not worth it. */
const fewRows = 3

/**
 * Looks at what is expected, and finds the comparisons for it.
 *
 * @returns the names of rows that are not as they are expected to be, if there are any
 */
export async function standingOf(
  { calls, layout }: { readonly calls: Calls; readonly layout: Layout },
  expected: readonly Expected[],
): Promise<Standing | { readonly conflicts: readonly string[] }> {
  const { revision, answers } = await readRanges(
    calls,
    expected.map(({ key }) => only(key)),
    0n,
  )
  const conflicts = expected.filter((row, i) => (answers[i]?.kvs[0]?.modRevision ?? 0n) !== row.revision)
  if (conflicts.length > 0) return { conflicts: conflicts.map(({ name }) => name) }

  const folders = [...Map.groupBy(expected, ({ name }) => folderOf(name))].sort(
    ([, a], [, b]) => b.length - a.length,
  )
  let single = expected.length
  const together: Comparison[] = []
  const left: Expected[] = []
  for (const [folder, rows] of folders) {
    if (single + together.length <= maxComparisons || rows.length <= fewRows) {
      left.push(...rows)
      continue
    }
    if (together.length === 0) together.push(unwrittenSince(revision, layout.removedAnywhere))
    const [first, last] = endsOf(rows.map(({ key }) => key))
    together.push(
      unchangedSince(revision, first, after(last)),
      unwrittenSince(revision, layout.removed(folder)),
    )
    single -= rows.length
  }
  return { single: left, together }
}

/** What rows are compared with when there are few enough. */
export const comparedAlone = (rows: readonly Expected[]): Comparison[] =>
  rows.map(({ key, revision }) => writtenAt(key, revision))

const only = (key: string): KeyRange => ({ from: key, to: after(key), limit: 1 })
/** The next key there can be. */
const after = (key: string): string => `${key}\0`

/** The first and the last in etcd's order, which is that of bytes. */
function endsOf(keys: readonly string[]): readonly [string, string] {
  const sorted = keys.map((key) => Buffer.from(key)).sort(Buffer.compare)
  return [String(sorted[0]), String(sorted.at(-1))]
}

import type { Known } from '../../known.ts'
import type { Calls } from '../connection/calls.ts'
import { behind, depthOf, folderOf, type Layout } from '../layout.ts'
import { type Comparison, exists, unchangedSince } from '../messages/ops.ts'
import { childrenFrom, readRanges } from '../reading/ranges.ts'

/**
 * What this process believes of folders: nothing stands on it, since each commit compares what it relies on, and is
 * planned anew when that is not so.
 */
export type Beliefs = {
  /** Folders whose marker is there. */
  readonly marked: Known<true>
  /** An entry of a folder, which keeps it from being empty. */
  readonly witness: Known<string>
}

/** What a commit has to do about markers, and what it relies on. */
export type Upkeep = {
  /** Entries that must be there. */
  readonly needed: Set<string>
  /** What the children of emptied folders begin with, as they were at `revision`. */
  readonly emptied: string[]
  readonly revision: bigint
  readonly mark: readonly string[]
  readonly unmark: readonly string[]
}

type Parts = { readonly calls: Calls; readonly layout: Layout; readonly beliefs: Beliefs }

/**
 * Finds out which markers a commit puts and deletes. Putting a marker that is there is right and costs one operation;
 * so only what is believed to be there is compared instead, and no read is needed. A folder that loses a row stays
 * while another entry is there, its witness; without a known one, the children of the folder are read.
 */
export async function upkeepOf(
  { calls, layout, beliefs }: Parts,
  puts: Iterable<string>,
  deletes: Iterable<string>,
): Promise<Upkeep> {
  const needed = new Set<string>()
  const mark = new Set<string>()
  const kept = new Set<string>()
  for (const key of puts) {
    let sure = false
    for (let folder = folderOf(key); folder !== '' && !kept.has(folder); folder = folderOf(folder)) {
      kept.add(folder)
      if (sure) continue
      if (beliefs.marked.get(folder) === true) {
        needed.add(layout.marker(folder))
        sure = true
      } else mark.add(folder)
    }
  }
  // What each folder may lose: rows that are deleted, and markers of folders that may become empty by that.
  const mayLose = new Map<string, Set<string>>()
  const loses = (of: Map<string, Set<string>>, folder: string, entry: string) => {
    const lost = of.get(folder)
    if (lost === undefined) of.set(folder, new Set([entry]))
    else lost.add(entry)
  }
  const losing = new Map<string, Set<string>>()
  for (const key of deletes) {
    const parent = folderOf(key)
    if (parent !== '' && !kept.has(parent)) loses(losing, parent, layout.row(key))
    for (let folder = parent, entry = layout.row(key); folder !== '' && !kept.has(folder); ) {
      loses(mayLose, folder, entry)
      entry = layout.marker(folder)
      folder = folderOf(folder)
    }
  }
  const witnesses = new Map<string, string>()
  const unsure = new Set<string>()
  for (const parent of losing.keys()) {
    for (let folder = parent; folder !== '' && !kept.has(folder); folder = folderOf(folder)) {
      const witness = beliefs.witness.get(folder)
      if (witness !== undefined && mayLose.get(folder)?.has(witness) !== true) {
        witnesses.set(folder, witness)
        break
      }
      unsure.add(folder)
    }
  }

  const unmark: string[] = []
  const emptied: string[] = []
  // Those that lie deeper come first: whether they go tells what the ones above lose.
  const folders = [...new Set([...unsure, ...witnesses.keys()])].sort((a, b) => depthOf(b) - depthOf(a))
  const asked = folders.filter((folder) => !witnesses.has(folder))
  const ranges = asked.map((folder) =>
    childrenFrom(layout.children(folder), (mayLose.get(folder)?.size ?? 0) + 1),
  )
  const { answers, revision } =
    ranges.length === 0 ? { answers: [], revision: 0n } : await readRanges(calls, ranges, 0n)
  for (const folder of folders) {
    const lost = losing.get(folder)
    if (lost === undefined) continue
    const left =
      witnesses.get(folder) ??
      (answers[asked.indexOf(folder)]?.kvs ?? [])
        .map(({ key }) => Buffer.from(key).toString())
        .find((entry) => !lost.has(entry))
    if (left !== undefined) {
      beliefs.witness.set(folder, left)
      needed.add(left)
      continue
    }
    unmark.push(folder)
    emptied.push(layout.children(folder))
    const above = folderOf(folder)
    if (above !== '' && !kept.has(above)) loses(losing, above, layout.marker(folder))
  }
  return { needed, emptied, revision, mark: [...mark], unmark }
}

/** Comparisons that fit into a transaction beside what a commit expects by itself. */
export function comparisonsOf(
  { needed, emptied, revision }: Upkeep,
  room: number,
): { readonly compare: Comparison[]; readonly wide: boolean } {
  const compare = [...needed].map(exists)
  if (compare.length + emptied.length <= room) {
    compare.push(...emptied.map((children) => unchangedSince(revision, children, behind(children))))
    return { compare, wide: false }
  }
  // Too many folders for a comparison each: one a depth, over all that lies between them.
  const depths = Map.groupBy(emptied, (children) => depthOf(children))
  for (const folders of depths.values()) {
    const sorted = folders.map((text) => Buffer.from(text)).sort(Buffer.compare)
    const [first, last] = [sorted[0], sorted.at(-1)]
    if (first === undefined || last === undefined) continue
    compare.push(unchangedSince(revision, first.toString(), behind(last.toString())))
  }
  return { compare, wide: true }
}

/** How few comparisons these can be. */
export const leastComparisons = ({ needed, emptied }: Upkeep): number =>
  needed.size + Math.min(emptied.length, new Set(emptied.map(depthOf)).size)

/** Remembers what a commit that landed has made of the folders. */
export function learn(
  { beliefs, layout }: Pick<Parts, 'beliefs' | 'layout'>,
  { mark, unmark }: Upkeep,
  puts: Iterable<string>,
): void {
  for (const folder of mark) beliefs.marked.set(folder, true)
  for (const folder of unmark) beliefs.marked.delete(folder)
  for (const key of puts) {
    const folder = folderOf(key)
    if (beliefs.witness.get(folder) === undefined) beliefs.witness.set(folder, layout.row(key))
  }
}

/** Forgets what a commit relied on, since something of it is not so. */
export function forget(beliefs: Beliefs, keys: Iterable<string>): void {
  for (const key of keys) {
    for (let folder = folderOf(key); folder !== ''; folder = folderOf(folder)) {
      beliefs.marked.delete(folder)
      beliefs.witness.delete(folder)
    }
  }
}

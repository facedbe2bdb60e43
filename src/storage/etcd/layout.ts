/**
 * Where things lie in etcd, below a prefix such as `coffer/`:
 *
 * - `coffer/store`: format and lineage of the store.
 * - `coffer/cluster/commit/<node>/<slot>`: which commit of a node landed last in a slot; see writer/slots.ts.
 * - `coffer/cluster/removed/<number>`: written with each commit that deletes a row of a folder of that number; see
 *   writer/standing/standing.ts.
 * - `coffer/rows/<depth>/<key>`: the rows. The depth is the number of slashes of the key, three hexadecimal
 *   digits, so that the children of a folder are one range without what lies beneath them.
 * - `coffer/rows/<depth>/<folder>/`: a marker, empty, beside the rows of the folder above: there if and only if
 *   some row lies below the folder.
 */
export type Layout = {
  readonly prefix: string
  readonly store: string
  slot(node: string, slot: number): string
  /** What a deletion in a folder writes; some folders share it. */
  removed(folder: string): string
  /** What all of these begin with. */
  readonly removals: string
  row(key: string): string
  /** @param folder ends in `/` */
  marker(folder: string): string
  /** What the names of all children of a folder begin with. */
  children(folder: string): string
  /** The same for what lies below a folder at a depth. */
  at(depth: number, text: string): string
  /** The key, or the folder, that an entry stands for. */
  nameOf(entry: string): string
}

export function createLayout(prefix: string): Layout {
  const rows = `${prefix}rows/`
  const removals = `${prefix}cluster/removed/`
  const at = (depth: number, text: string) => `${rows}${depth.toString(16).padStart(3, '0')}/${text}`
  const start = at(0, '').length
  return {
    prefix,
    store: `${prefix}store`,
    slot: (node, slot) => `${prefix}cluster/commit/${node}/${slot}`,
    removed: (folder) => `${removals}${numberOf(folder)}`,
    removals,
    row: (key) => at(depthOf(key), key),
    marker: (folder) => at(depthOf(folder) - 1, folder),
    children: (folder) => at(depthOf(folder), folder),
    at,
    nameOf: (entry) => entry.slice(start),
  }
}

/** Few enough to be compared all at once. */
const removedRows = 4096

/** The same for one folder each time, and spread over folders (FNV-1a, mixed once more). */
function numberOf(folder: string): number {
  let sum = 0x811c9dc5
  for (let i = 0; i < folder.length; i++) sum = Math.imul(sum ^ folder.charCodeAt(i), 0x01000193)
  return ((sum ^ (sum >>> 16)) >>> 0) % removedRows
}

/** Slashes of a key or of a folder, whose children are that deep. */
export function depthOf(text: string): number {
  let count = 0
  for (let at = text.indexOf('/'); at >= 0; at = text.indexOf('/', at + 1)) count++
  return count
}

/** The folder that a key or a folder lies in; empty for the topmost. */
export function folderOf(text: string): string {
  return text.slice(0, text.lastIndexOf('/', text.length - 2) + 1)
}

/** The first text behind everything that begins with `text`, which ends in `/`. */
export const behind = (text: string): string => `${text.slice(0, -1)}0`

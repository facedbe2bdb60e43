import { createPrefixTable, type PrefixTable } from './prefix-table.ts'

/**
 * Values by patterns that hold a `+`, one level a segment. Among several that match, the one whose first
 * wildcard comes later wins; then one without a trailing `*`; then the one with fewer `+`; then the longer;
 * then the one that sorts last. Length and order are those of UTF-8.
 */
export type WildcardTree<T> = {
  readonly root: Node<T>
  /** Segments of the deepest pattern; 0 when there is none. */
  readonly depth: number
  /** @param segments of a pattern that is not there yet */
  add(segments: readonly (string | undefined)[], prefix: boolean, value: T): void
  find(path: string): Ranked<T> | undefined
}

export type Node<T> = {
  readonly literal: Map<string, Node<T>>
  plus: Node<T> | undefined
  /** The pattern ends with this segment. */
  end: Ranked<T> | undefined
  /** Patterns that end in `<beginning>*` below this segment, by their beginnings. */
  readonly starts: Map<string, Ranked<T>>
  /** The same to be searched, made when it is first asked for. */
  table: PrefixTable<Ranked<T>> | undefined
}

/** A value with what decides between several patterns. */
export type Ranked<T> = {
  readonly value: T
  /** Characters before the first wildcard. */
  readonly first: number
  readonly prefix: boolean
  readonly pluses: number
  /** The pattern, without a trailing `*`. */
  readonly text: string
}

const newNode = <T>(): Node<T> => ({
  literal: new Map(),
  plus: undefined,
  end: undefined,
  starts: new Map(),
  table: undefined,
})

export function createWildcardTree<T>(): WildcardTree<T> {
  const root = newNode<T>()
  let depth = 0
  return {
    root,
    get depth() {
      return depth
    },
    add(segments, prefix, value) {
      depth = Math.max(depth, segments.length)
      const node = nodeFor(root, prefix ? segments.slice(0, -1) : segments)
      const ranked = rank(segments, prefix, value)
      if (prefix) node.starts.set(segments.at(-1) ?? '', ranked)
      else node.end = ranked
    },
    find: (path) => (depth === 0 ? undefined : walk(root, path, 0, undefined)),
  }
}

function nodeFor<T>(root: Node<T>, segments: readonly (string | undefined)[]): Node<T> {
  let node = root
  for (const segment of segments) {
    if (segment === undefined) {
      node.plus ??= newNode()
      node = node.plus
      continue
    }
    let next = node.literal.get(segment)
    if (next === undefined) {
      next = newNode()
      node.literal.set(segment, next)
    }
    node = next
  }
  return node
}

function rank<T>(segments: readonly (string | undefined)[], prefix: boolean, value: T): Ranked<T> {
  const pluses = segments.filter((segment) => segment === undefined).length
  const text = segments.map((segment) => segment ?? '+').join('/')
  const before = segments.slice(0, segments.indexOf(undefined))
  const first = before.reduce((sum, segment) => sum + (segment ?? '').length + 1, 0)
  return { value, first, prefix, pluses, text }
}

/** Which of two patterns that both match decides. */
export function better<T>(a: Ranked<T> | undefined, b: Ranked<T>): Ranked<T> {
  if (a === undefined) return b
  if (a.first !== b.first) return a.first > b.first ? a : b
  if (a.prefix !== b.prefix) return a.prefix ? b : a
  if (a.pluses !== b.pluses) return a.pluses < b.pluses ? a : b
  const [x, y] = [Buffer.from(a.text), Buffer.from(b.text)]
  if (x.length !== y.length) return x.length > y.length ? a : b
  return Buffer.compare(x, y) >= 0 ? a : b
}

/** @param from where the next segment of `path` begins; beyond the end when none is left */
function walk<T>(
  node: Node<T>,
  path: string,
  from: number,
  best: Ranked<T> | undefined,
): Ranked<T> | undefined {
  if (from > path.length) return node.end === undefined ? best : better(best, node.end)
  let found = best
  const slash = path.indexOf('/', from)
  const end = slash < 0 ? path.length : slash
  const segment = path.slice(from, end)
  if (node.starts.size > 0) {
    node.table ??= createPrefixTable(node.starts)
    const at = node.table.find(segment)
    if (at >= 0) found = better(found, node.table.value(at))
  }
  if (node.literal.size > 0) {
    const literal = node.literal.get(segment)
    if (literal !== undefined) found = walk(literal, path, end + 1, found)
  }
  return node.plus === undefined ? found : walk(node.plus, path, end + 1, found)
}

/** The nodes that the segments of a folder lead to. */
export function nodesAt<T>(root: Node<T>, folder: string): Node<T>[] {
  let level = [root]
  for (const part of folder === '' ? [] : folder.slice(0, -1).split('/')) {
    level = level.flatMap(({ literal, plus }) => {
      const next = literal.get(part)
      return [...(next === undefined ? [] : [next]), ...(plus === undefined ? [] : [plus])]
    })
  }
  return level
}

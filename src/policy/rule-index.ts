import type { FilledPattern } from './pattern.ts'

/**
 * Rules by path. An exact path beats every wildcard. Among wildcard rules the one whose first wildcard comes
 * later wins; then one without a trailing `*`, then the one with fewer `+`, then the longer.
 */
export type RuleIndex<R> = {
  add(pattern: FilledPattern, rule: R): void
  /** The one rule that decides about a path. */
  find(path: string): R | undefined
  /** The rule for exactly this path or folder, wildcards aside. */
  exact(path: string): R | undefined
  /** Whether a rule that satisfies `wanted` matches some path below a folder. */
  anyBelow(folder: string, wanted: (rule: R) => boolean): boolean
  nextSegments(folder: string, wanted: (rule: R) => boolean): 'any' | readonly string[]
}

/** A node of the tree of patterns that hold a `+`, or end in `*`: one level a segment. */
type Node<R> = {
  readonly literal: Map<string, Node<R>>
  any: Node<R> | undefined
  /** The pattern ends with this segment. */
  end: Ranked<R> | undefined
  /** Patterns that end here in `<beginning>*`, the longest beginning first. */
  readonly prefixes: { readonly beginning: string; ranked: Ranked<R> }[]
}

type Ranked<R> = {
  rule: R
  /** Characters before the first wildcard. */
  readonly first: number
  readonly prefix: boolean
  readonly pluses: number
  readonly length: number
}

const newNode = <R>(): Node<R> => ({ literal: new Map(), any: undefined, end: undefined, prefixes: [] })

/** More candidates than this are not worth probing one by one. */
const maxNext = 100

export function createRuleIndex<R>(join: (a: R, b: R) => R): RuleIndex<R> {
  const exact = new Map<string, R>()
  /** All patterns, the exact ones too: for what lies below a folder. */
  const all = newNode<R>()
  /** Only those with wildcards: for finding the rule of a path. */
  const wild = newNode<R>()

  function insert(root: Node<R>, { segments, prefix }: FilledPattern, rule: R): void {
    let node = root
    const inner = prefix ? segments.slice(0, -1) : segments
    for (const segment of inner) {
      if (segment === 'any') node = node.any ??= newNode()
      else {
        let next = node.literal.get(segment.text)
        if (next === undefined) node.literal.set(segment.text, (next = newNode()))
        node = next
      }
    }
    const ranked = rank({ segments, prefix }, rule)
    if (!prefix) {
      node.end = node.end === undefined ? ranked : { ...ranked, rule: join(node.end.rule, rule) }
      return
    }
    const last = segments.at(-1)
    const beginning = last === undefined || last === 'any' ? '' : last.text
    const same = node.prefixes.find((entry) => entry.beginning === beginning)
    if (same !== undefined) same.ranked = { ...ranked, rule: join(same.ranked.rule, rule) }
    else {
      node.prefixes.push({ beginning, ranked })
      node.prefixes.sort((a, b) => b.beginning.length - a.beginning.length)
    }
  }

  function findWild(path: string): R | undefined {
    const best = walk(wild, path.split('/'), 0, undefined)
    return best?.rule
  }

  return {
    add(pattern, rule) {
      insert(all, pattern, rule)
      const wildcard = pattern.prefix || pattern.segments.includes('any')
      if (wildcard) insert(wild, pattern, rule)
      else {
        const path = pattern.segments.map((segment) => (segment === 'any' ? '+' : segment.text)).join('/')
        const before = exact.get(path)
        exact.set(path, before === undefined ? rule : join(before, rule))
      }
    },
    find(path) {
      const found = exact.get(path)
      if (found !== undefined) return found
      if (!path.endsWith('/')) return findWild(path)
      // A folder is granted with or without its slash.
      const bare = path.slice(0, -1)
      return exact.get(bare) ?? findWild(path) ?? findWild(bare)
    },
    exact: (path) => exact.get(path) ?? (path.endsWith('/') ? exact.get(path.slice(0, -1)) : undefined),
    anyBelow: (folder, wanted) => nodesAt(all, folder).some((node) => holds(node, wanted)),
    nextSegments(folder, wanted) {
      const segments = new Set<string>()
      if (coveredByPrefix(all, folder, wanted)) return 'any'
      for (const node of nodesAt(all, folder)) {
        if (node.any !== undefined && holds(node.any, wanted)) return 'any'
        if (node.prefixes.some(({ ranked }) => wanted(ranked.rule))) return 'any'
        for (const [segment, below] of node.literal) {
          if (segment !== '' && holds(below, wanted)) segments.add(segment)
        }
      }
      return segments.size > maxNext ? 'any' : [...segments]
    },
  }
}

function rank<R>({ segments, prefix }: FilledPattern, rule: R): Ranked<R> {
  let length = 0
  let first = -1
  let pluses = 0
  for (const [i, segment] of segments.entries()) {
    if (i > 0) length++
    if (segment === 'any') {
      if (first < 0) first = length
      pluses++
      length++
    } else length += segment.text.length
  }
  if (first < 0) first = length
  return { rule, first, prefix, pluses, length }
}

function better<R>(a: Ranked<R> | undefined, b: Ranked<R>): Ranked<R> {
  if (a === undefined) return b
  if (a.first !== b.first) return a.first > b.first ? a : b
  if (a.prefix !== b.prefix) return a.prefix ? b : a
  if (a.pluses !== b.pluses) return a.pluses < b.pluses ? a : b
  return a.length >= b.length ? a : b
}

function walk<R>(
  node: Node<R>,
  parts: readonly string[],
  at: number,
  best: Ranked<R> | undefined,
): Ranked<R> | undefined {
  const part = parts[at]
  if (part === undefined) return node.end === undefined ? best : better(best, node.end)
  let found = best
  for (const { beginning, ranked } of node.prefixes) {
    if (part.startsWith(beginning)) {
      found = better(found, ranked)
      break
    }
  }
  const literal = node.literal.get(part)
  if (literal !== undefined) found = walk(literal, parts, at + 1, found)
  return node.any === undefined || part === '' ? found : walk(node.any, parts, at + 1, found)
}

/** The nodes that a folder's path leads to. */
function nodesAt<R>(root: Node<R>, folder: string): Node<R>[] {
  const parts = folder === '' ? [] : folder.slice(0, -1).split('/')
  let level = [root]
  for (const part of parts) {
    level = level.flatMap((node) => {
      const literal = node.literal.get(part)
      return [...(literal === undefined ? [] : [literal]), ...(node.any === undefined ? [] : [node.any])]
    })
  }
  return level
}

/** Whether a pattern with a trailing `*` covers everything in the folder. */
function coveredByPrefix<R>(root: Node<R>, folder: string, wanted: (rule: R) => boolean): boolean {
  const parts = folder === '' ? [] : folder.slice(0, -1).split('/')
  return parts.some((part, i) =>
    nodesAt(root, i === 0 ? '' : `${parts.slice(0, i).join('/')}/`).some((node) =>
      node.prefixes.some(({ beginning, ranked }) => part.startsWith(beginning) && wanted(ranked.rule)),
    ),
  )
}

/** Whether a node or anything below it holds a wanted rule. */
function holds<R>(node: Node<R>, wanted: (rule: R) => boolean): boolean {
  if (node.end !== undefined && wanted(node.end.rule)) return true
  if (node.prefixes.some(({ ranked }) => wanted(ranked.rule))) return true
  for (const below of node.literal.values()) if (holds(below, wanted)) return true
  return node.any !== undefined && holds(node.any, wanted)
}

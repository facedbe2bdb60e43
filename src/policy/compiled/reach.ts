import { capabilityBits } from '../rule.ts'
import { type Grant, reaches } from './grant.ts'
import { byCodeUnit, lowerBound } from './prefix-table.ts'
import type { RuleIndex } from './rule-index.ts'
import { type Node, nodesAt } from './wildcard-tree.ts'

/** Which names a caller may see in lists. */
export type Reach = {
  /** See `Acl.mayReach`. */
  mayReach(path: string): boolean
  /** See `Acl.reachesAll`. */
  reachesAll(folder: string): boolean
  /** See `Acl.nextSegments`. */
  nextSegments(folder: string): 'any' | readonly string[]
}

/** Names beyond this many are not worth probing one by one. */
const maxNext = 500

/** A segment that no rule spells out: rules hold no control characters. */
const fresh = '\u0000'

const { list, scan, sudo } = capabilityBits

export function createReach(index: RuleIndex): Reach {
  const sorted = (entries: Iterable<readonly [string, Grant]>) =>
    Array.from(entries, ([key, grant]) => (reaches(grant) ? key : undefined))
      .filter((key) => key !== undefined)
      .sort(byCodeUnit)
  const exact = sorted(index.exact)
  const prefixes = sorted(prefixEntries(index))

  /** What rules spell out, those that deny included. */
  const spelled = [...index.exact.keys(), ...Array.from(prefixEntries(index), ([key]) => key)].sort(
    byCodeUnit,
  )

  /** Whether an exact grant lets the folder be listed whole. */
  function showsAll(folder: string): boolean {
    const grant = index.exact.get(folder) ?? index.exact.get(folder.slice(0, -1))
    return grant !== undefined && (grant.capabilities & list) !== 0
  }

  /** Whether `path` or paths beyond it, of segments that no rule spells out, are granted. */
  function reachesFresh(path: string): boolean {
    let probe = path
    for (let depth = 0; depth <= index.wild.depth; depth++) {
      if (reaches(index.findWild(probe))) return true
      probe += `/${fresh}`
    }
    return false
  }

  /** Whether something may be done with the folder itself. */
  function isUseful(folder: string): boolean {
    const grant = index.findFolder(folder)
    if (grant !== undefined && (grant.capabilities & (list | scan)) !== 0) return true
    // Listing the folder is for the grant above to decide; this one speaks for everything else.
    const other = index.find(folder)
    return other !== undefined && reaches(other) && (other.capabilities & ~(list | scan | sudo)) !== 0
  }

  function leadsOn(folder: string): boolean {
    if (isUseful(folder)) return true
    if (exact[lowerBound(exact, folder)]?.startsWith(folder)) return true
    if (prefixes[lowerBound(prefixes, folder)]?.startsWith(folder)) return true
    if (reachesFresh(folder + fresh)) return true
    return index.wild.depth > 0 && nodesAt(index.wild.root, folder).some((node) => below(node, folder))
  }

  const granting = new Map<Node<Grant>, boolean>()
  /** Whether any pattern under a node grants something, wherever a better one may deny it. */
  function grants(node: Node<Grant>): boolean {
    let found = granting.get(node)
    if (found === undefined) {
      const next = [...node.literal.values(), ...(node.plus === undefined ? [] : [node.plus])]
      found =
        node.starts.values().some(({ value }) => reaches(value)) ||
        next.some((one) => reaches(one.end?.value) || grants(one))
      granting.set(node, found)
    }
    return found
  }

  /** Whether a pattern under a node grants some path that begins with `path`. */
  function below(node: Node<Grant>, path: string): boolean {
    if (!grants(node)) return false
    for (const [beginning, ranked] of node.starts) {
      if (reaches(ranked.value) && reachesFresh(path + beginning + fresh)) return true
    }
    const deeper = (next: Node<Grant>, segment: string): boolean =>
      (reaches(next.end?.value) && (segment === '' ? isUseful(path) : reaches(index.find(path + segment)))) ||
      below(next, `${path}${segment}/`)
    for (const [segment, next] of node.literal) if (deeper(next, segment)) return true
    return node.plus !== undefined && deeper(node.plus, fresh)
  }

  /** Adds the segments that `keys` have next in a folder; false when a key has only a part of one. */
  function collect(keys: readonly string[], folder: string, whole: boolean, segments: Set<string>): boolean {
    for (let at = lowerBound(keys, folder); keys[at]?.startsWith(folder); ) {
      const rest = (keys[at] as string).slice(folder.length)
      const slash = rest.indexOf('/')
      if (slash < 0 && !whole) return false
      const segment = slash < 0 ? rest : rest.slice(0, slash)
      if (segment !== '') segments.add(segment)
      if (segments.size > maxNext) return false
      // `0` sorts right after `/`, so this passes over everything else in the segment's folder.
      at = slash < 0 ? at + 1 : lowerBound(keys, `${folder}${segment}0`)
    }
    return true
  }

  function nextOfWild(folder: string, segments: Set<string>): boolean {
    for (const { literal, plus, starts } of nodesAt(index.wild.root, folder)) {
      if (plus !== undefined || starts.values().some(({ value }) => reaches(value))) return false
      for (const segment of literal.keys()) segments.add(segment)
      if (segments.size > maxNext) return false
    }
    return true
  }

  /** Whether no rule tells names in a folder apart. */
  function alike(folder: string): boolean {
    const next = spelled[lowerBound(spelled, folder + fresh)]
    if (next?.startsWith(folder)) return false
    return index.wild.depth === 0 || nodesAt(index.wild.root, folder).length === 0
  }

  function mayReach(path: string): boolean {
    const folder = path.endsWith('/')
    const parent = path.slice(0, path.lastIndexOf('/', path.length - 2) + 1)
    if (parent !== '' && showsAll(parent)) return true
    return folder ? leadsOn(path) : reaches(index.find(path))
  }

  return {
    mayReach,
    reachesAll: (folder) =>
      (folder !== '' && showsAll(folder)) ||
      (alike(folder) && mayReach(folder + fresh) && mayReach(`${folder}${fresh}/`)),
    nextSegments(folder) {
      if (showsAll(folder) || reachesFresh(folder + fresh)) return 'any'
      const segments = new Set<string>()
      const few =
        collect(exact, folder, true, segments) &&
        collect(prefixes, folder, false, segments) &&
        (index.wild.depth === 0 || nextOfWild(folder, segments))
      return few ? [...segments].filter((segment) => segment !== '').sort(byCodeUnit) : 'any'
    },
  }
}

function* prefixEntries({ prefixes }: RuleIndex): Iterable<readonly [string, Grant]> {
  for (let at = 0; at < prefixes.size; at++) yield [prefixes.key(at), prefixes.value(at)]
}

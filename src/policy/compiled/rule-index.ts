import type { FilledPattern } from '../pattern.ts'
import { type Grant, joinGrants } from './grant.ts'
import { createPrefixTable, type PrefixTable } from './prefix-table.ts'
import { better, createWildcardTree, type WildcardTree } from './wildcard-tree.ts'

/** All grants of a caller, arranged so that the one which decides about a path is found at once. */
export type RuleIndex = {
  readonly exact: ReadonlyMap<string, Grant>
  readonly prefixes: PrefixTable<Grant>
  readonly wild: WildcardTree<Grant>
  /** The grant that decides about a path: the exact one, else the best of those with wildcards. */
  find(path: string): Grant | undefined
  /** The same for a list, which also a rule for the folder without its slash decides. */
  findFolder(path: string): Grant | undefined
  /** The best of the grants with wildcards. */
  findWild(path: string): Grant | undefined
}

export type RuleIndexBuilder = {
  /** How many patterns were added, joined ones counted. */
  readonly size: number
  add(pattern: FilledPattern, grant: Grant): void
  build(): RuleIndex
}

export function buildRuleIndex(): RuleIndexBuilder {
  const added = new Map<string, { readonly pattern: FilledPattern; readonly grants: Grant[] }>()
  let size = 0
  return {
    get size() {
      return size
    },
    add(pattern, grant) {
      size++
      const name = nameOf(pattern)
      const before = added.get(name)
      if (before === undefined) added.set(name, { pattern, grants: [grant] })
      else before.grants.push(grant)
    },
    build() {
      const exact = new Map<string, Grant>()
      const prefixes = new Map<string, Grant>()
      const wild = createWildcardTree<Grant>()
      for (const { pattern, grants } of added.values()) {
        const grant = joinGrants(grants)
        if (pattern.kind === 'wild') wild.add(pattern.segments, pattern.prefix, grant)
        else (pattern.kind === 'exact' ? exact : prefixes).set(pattern.text, grant)
      }
      return indexOf(exact, createPrefixTable(prefixes), wild)
    },
  }
}

/** A text for a pattern that no other one has: patterns hold no control characters. */
function nameOf(pattern: FilledPattern): string {
  const isWild = pattern.kind === 'wild'
  const text = isWild ? pattern.segments.map((segment) => segment ?? '\0').join('/') : pattern.text
  return pattern.kind === 'prefix' || (isWild && pattern.prefix) ? `${text}\0*` : text
}

function indexOf(
  exact: ReadonlyMap<string, Grant>,
  prefixes: PrefixTable<Grant>,
  wild: WildcardTree<Grant>,
): RuleIndex {
  function findWild(path: string): Grant | undefined {
    const at = prefixes.find(path)
    const found = wild.find(path)
    if (at < 0) return found?.value
    const value = prefixes.value(at)
    if (found === undefined) return value
    const text = prefixes.key(at)
    return better(found, { value, first: text.length, prefix: true, pluses: 0, text }).value
  }
  return {
    exact,
    prefixes,
    wild,
    findWild,
    find: (path) => exact.get(path) ?? findWild(path),
    findFolder(path) {
      if (!path.endsWith('/')) return exact.get(path) ?? findWild(path)
      const bare = path.slice(0, -1)
      return exact.get(path) ?? exact.get(bare) ?? findWild(path) ?? findWild(bare)
    },
  }
}

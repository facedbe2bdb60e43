import type { Alias, Person } from '../../api/administer/shapes.ts'

/** Both have a login on the same mount, of which one stays. */
export type Clash = { readonly theirs: Alias; readonly own: Alias }

export type Merge = {
  /** Aliases that come along. */
  readonly moved: readonly Alias[]
  readonly clashes: readonly Clash[]
  /** What only who goes has by themselves, and nobody has afterwards. */
  readonly lostPolicies: readonly string[]
  readonly lostMetadata: readonly string[]
  /** Groups that who stays is in from then on. */
  readonly gainedGroups: readonly string[]
  /** Who goes is disabled and who stays is not, which the server refuses. */
  readonly isClosed: boolean
}

/** What comes of it when one person becomes part of another. */
export function mergeOf(from: Person, to: Person): Merge {
  const clashes: Clash[] = []
  const moved: Alias[] = []
  for (const theirs of from.aliases) {
    const own = to.aliases.find(({ mountAccessor }) => mountAccessor === theirs.mountAccessor)
    if (own === undefined) moved.push(theirs)
    else clashes.push({ theirs, own })
  }
  return {
    moved,
    clashes,
    lostPolicies: from.policies.filter((policy) => !to.policies.includes(policy)),
    lostMetadata: Object.keys(from.metadata).filter((name) => from.metadata[name] !== to.metadata[name]),
    gainedGroups: from.directGroups.filter((group) => !to.directGroups.includes(group)),
    isClosed: from.disabled && !to.disabled,
  }
}

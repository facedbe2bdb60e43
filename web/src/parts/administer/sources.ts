import type { Group, WholePerson } from '../../api/administer/shapes.ts'

/** Why somebody has a policy: by themselves, or as a member of a group, which may be inside of it. */
export type Source =
  | { readonly kind: 'own' }
  | { readonly kind: 'group'; readonly group: Group; readonly isInherited: boolean }

/** All policies that somebody has by who they are, by name, each with everything that it comes from. */
export function sourcesOf(
  person: Pick<WholePerson, 'policies' | 'directGroups' | 'inheritedGroups'>,
  groups: readonly Group[],
): { readonly policy: string; readonly sources: readonly Source[] }[] {
  const found = new Map<string, Source[]>()
  const add = (policy: string, source: Source) => {
    found.set(policy, [...(found.get(policy) ?? []), source])
  }
  for (const policy of person.policies) add(policy, { kind: 'own' })
  const byId = new Map(groups.map((group) => [group.id, group]))
  for (const id of [...person.directGroups, ...person.inheritedGroups]) {
    const group = byId.get(id)
    const isInherited = !person.directGroups.includes(id)
    for (const policy of group?.policies ?? []) {
      if (group !== undefined) add(policy, { kind: 'group', group, isInherited })
    }
  }
  return [...found]
    .map(([policy, sources]) => ({ policy, sources }))
    .sort((a, b) => (a.policy < b.policy ? -1 : 1))
}

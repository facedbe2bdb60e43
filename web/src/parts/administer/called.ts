import type { Person } from '../../api/administer/shapes.ts'

/** The letters of a name before the `@` that are shown; longer ones are identifiers that nobody reads. */
const longest = 24

/** A name for a list, where long identifiers are cut in the middle. */
export function shortName(name: string): string {
  const [local = '', ...rest] = name.split('@')
  if (local.length <= longest) return name
  return [`${local.slice(0, 8)}…${local.slice(-4)}`, ...rest].join('@')
}

/** What people know somebody by: the name that was given, or that a login says, or comes by. */
export function called({ name, metadata, aliases }: Pick<Person, 'name' | 'metadata' | 'aliases'>): string {
  const said = [metadata, ...aliases.map((alias) => alias.metadata)].map((texts) => texts.name ?? '')
  const isMadeUp = /^entity_[0-9a-f]{12}$/.test(name)
  const known = said.find((one) => one !== '')
  return known ?? shortName((isMadeUp ? aliases[0]?.name : undefined) || name)
}

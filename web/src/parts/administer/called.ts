import type { Person } from '../../api/administer/shapes.ts'

/** What people know somebody by: the name that was given, or that a login says, or comes by. */
export function called({ name, metadata, aliases }: Pick<Person, 'name' | 'metadata' | 'aliases'>): string {
  const said = [metadata, ...aliases.map((alias) => alias.metadata)].map((texts) => texts.name ?? '')
  const isMadeUp = /^entity_[0-9a-f]{12}$/.test(name)
  return said.find((one) => one !== '') ?? ((isMadeUp ? aliases[0]?.name : undefined) || name)
}

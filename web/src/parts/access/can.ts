/** What somebody can do, as people call it. */
export const deeds = ['read', 'change', 'delete', 'list'] as const
export type Deed = (typeof deeds)[number]

const capabilitiesOf: Readonly<Record<Deed, readonly string[]>> = {
  read: ['read'],
  change: ['create', 'update', 'patch'],
  delete: ['delete'],
  list: ['list', 'scan'],
}

/** What capabilities come to; empty where they come to nothing that people do. */
export const deedsOf = (capabilities: readonly string[]): Deed[] =>
  deeds.filter((deed) => capabilitiesOf[deed].some((name) => capabilities.includes(name)))

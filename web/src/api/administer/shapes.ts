import type { JsonObject } from '../../../../src/base/json/json.ts'
import { flagOf, listOf, numberOf, objectOf, textOf, textsOf } from '../../../../src/client/shape.ts'

export type Texts = Readonly<Record<string, string>>

/** A name by which logins on a mount find somebody. */
export type Alias = {
  readonly id: string
  readonly name: string
  readonly mountAccessor: string
  /** Empty for a mount that is gone. */
  readonly mountPath: string
  readonly mountType: string
  readonly metadata: Texts
}

/** Somebody, or a service: what the API calls an entity. */
export type Person = {
  readonly id: string
  /** The name of the entity, which is made up where nobody chose one. */
  readonly name: string
  readonly aliases: readonly Alias[]
  readonly metadata: Texts
  readonly policies: readonly string[]
  readonly disabled: boolean
  readonly directGroups: readonly string[]
  /** RFC 3339. */
  readonly created: string
}

/** Somebody with what only reading them tells. */
export type WholePerson = Person & {
  readonly inheritedGroups: readonly string[]
  readonly mergedIds: readonly string[]
}

const metadataOf = (value: JsonObject[string] | undefined): Texts =>
  Object.fromEntries(Object.entries(objectOf(value)).map(([name, text]) => [name, textOf(text)]))

export const aliasOf = (one: JsonObject): Alias => ({
  id: textOf(one.id),
  name: textOf(one.name),
  mountAccessor: textOf(one.mount_accessor),
  mountPath: textOf(one.mount_path),
  mountType: textOf(one.mount_type),
  metadata: metadataOf(one.metadata),
})

export const personOf = (one: JsonObject): Person => ({
  id: textOf(one.id),
  name: textOf(one.name),
  aliases: listOf(one.aliases).map(aliasOf),
  metadata: metadataOf(one.metadata),
  policies: textsOf(one.policies),
  disabled: flagOf(one.disabled),
  directGroups: textsOf(one.direct_group_ids),
  created: textOf(one.creation_time),
})

export type Vo = { readonly name: string; readonly writes: boolean }

export type Group = {
  readonly id: string
  readonly name: string
  /** Members of an internal group are chosen, those of an external one follow from logins. */
  readonly isExternal: boolean
  readonly policies: readonly string[]
  readonly metadata: Texts
  readonly memberGroups: readonly string[]
  readonly parentGroups: readonly string[]
  readonly members: number
  /** There are more members than were counted. */
  readonly hasMore: boolean
  readonly alias: Alias | undefined
  /** The virtual organisations whose folders it opens. */
  readonly vos: readonly Vo[]
}

export const groupOf = (one: JsonObject): Group => ({
  id: textOf(one.id),
  name: textOf(one.name),
  isExternal: one.type === 'external',
  policies: textsOf(one.policies),
  metadata: metadataOf(one.metadata),
  memberGroups: textsOf(one.member_group_ids),
  parentGroups: textsOf(one.parent_group_ids),
  members: numberOf(one.num_member_entities),
  hasMore: flagOf(one.num_member_entities_is_lower_bound),
  alias: textOf(objectOf(one.alias).id) === '' ? undefined : aliasOf(objectOf(one.alias)),
  vos: listOf(one.vos).map((vo) => ({ name: textOf(vo.name), writes: vo.access === 'write' })),
})

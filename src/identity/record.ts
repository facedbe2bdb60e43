import { createHash } from 'node:crypto'
import type { StorageKey } from '../storage/store.ts'
import { jsonRecord } from '../transaction/record.ts'

/** Times in milliseconds since 1970. */
export type Alias = {
  readonly id: string
  /** As the auth method knows the person. */
  readonly name: string
  readonly mountAccessor: string
  readonly metadata: Readonly<Record<string, string>> | null
  readonly customMetadata: Readonly<Record<string, string>> | null
  /** The person for whom a login has proven it. Whoever does not prove to be them does not come in by it. */
  readonly person?: string
  /** Ids of the entities that it came from by merges. */
  readonly mergedFrom?: readonly string[]
  readonly created: number
  readonly updated: number
}

/** A person or service, whatever auth methods they come through. */
export type Entity = {
  readonly id: string
  readonly name: string
  readonly policies: readonly string[]
  readonly metadata: Readonly<Record<string, string>> | null
  readonly disabled: boolean
  readonly aliases: readonly Alias[]
  /** The persons who find it by {@link personKey}, whichever login they come by. */
  readonly persons?: readonly string[]
  /** Ids of entities that were merged into this one. */
  readonly merged: readonly string[]
  readonly created: number
  readonly updated: number
}

/** Members of internal groups are chosen; those of external groups follow from logins. */
export type Group = {
  readonly id: string
  readonly name: string
  readonly type: 'internal' | 'external'
  readonly policies: readonly string[]
  readonly metadata: Readonly<Record<string, string>> | null
  readonly memberGroups: readonly string[]
  /** Groups that hold this one as a member. */
  readonly parents: readonly string[]
  /** Counts the changes. */
  readonly modifyIndex: number
  /** External groups: the name by which a login on a mount asserts it. */
  readonly alias: Alias | null
  readonly created: number
  readonly updated: number
}

/** The groups that an entity is directly in. */
export type Membership = {
  readonly internal: readonly string[]
  /** By alias id: what the last login through that alias asserted. */
  readonly external: Readonly<Record<string, readonly string[]>>
}

export const entities = jsonRecord<Entity>('entity')
export const groups = jsonRecord<Group>('group')
export const memberships = jsonRecord<Membership>('membership')
export const references = jsonRecord<{ readonly id: string }>('identity reference')
export const memberMarks = jsonRecord<Record<string, never>>('group member')

const root = 'ns/root/identity/'
const key = (...parts: string[]) => (root + parts.join('/')) as StorageKey

/** Names from outside may hold anything, so they enter keys by their digest. */
const digest = (name: string) => createHash('sha256').update(name).digest('base64url')
/** Names of entities and groups are found without regard to case. */
export const foldName = (name: string) => name.normalize('NFC').toLowerCase()

export const entityPrefix = `${root}entity/`
/** @returns the row that leads from an entity that was merged to the one that it is part of */
export const mergedKey = (entityId: string) => key('merged', entityId)
export const groupPrefix = `${root}group/`
export const entityKey = (id: string) => key('entity', id)
export const entityNameKey = (name: string) => key('entity-name', digest(foldName(name)))
export const aliasIdKey = (id: string) => key('alias', id)
export const aliasIdPrefix = `${root}alias/`
/** @returns the row that leads from a name on a mount to its entity */
export const aliasNameKey = (mountAccessor: string, name: string) =>
  key('alias-name', mountAccessor, digest(name))
/** @returns the row that leads from a person, as a trusted provider names them, to their entity */
export const personKey = (person: string) => key('person', person)
export const membershipKey = (entityId: string) => key('membership', entityId)
export const groupKey = (id: string) => key('group', id)
export const groupNameKey = (name: string) => key('group-name', digest(foldName(name)))
export const groupAliasIdKey = (id: string) => key('group-alias', id)
export const groupAliasIdPrefix = `${root}group-alias/`
export const groupAliasNamePrefix = (mountAccessor: string) => `${root}group-alias-name/${mountAccessor}/`
export const groupAliasNameKey = (mountAccessor: string, name: string) =>
  key('group-alias-name', mountAccessor, digest(name))
export const memberPrefix = (groupId: string) => `${root}member/${groupId}/`
export const memberKey = (groupId: string, entityId: string) => key('member', groupId, entityId)

export const noMembership: Membership = { internal: [], external: {} }

/** The name of an entity or a group that is made without one. */
export const drawnName = (what: string, id: string) => `${what}_${id.slice(0, 8)}${id.slice(9, 13)}`

export const blankEntity = (id: string, now: number): Entity => ({
  id,
  name: drawnName('entity', id),
  policies: [],
  metadata: null,
  disabled: false,
  aliases: [],
  merged: [],
  created: now,
  updated: now,
})

export const blankGroup = (id: string, now: number, type: Group['type']): Group => ({
  id,
  name: drawnName('group', id),
  type,
  policies: [],
  metadata: null,
  memberGroups: [],
  parents: [],
  modifyIndex: 0,
  alias: null,
  created: now,
  updated: now,
})

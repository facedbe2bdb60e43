import type { Clock } from '../base/clock.ts'
import { fail } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import type { StorageKey } from '../storage/store.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { forgetAlias } from './membership.ts'
import { entityOfPerson, withPerson } from './persons.ts'
import {
  type Alias,
  aliasIdKey,
  aliasNameKey,
  blankEntity,
  type Entity,
  entities,
  entityKey,
  entityNameKey,
  groupAliasNameKey,
  groupAliasNamePrefix,
  groupKey,
  groups,
  memberKey,
  memberMarks,
  membershipKey,
  memberships,
  noMembership,
  personKey,
  references,
} from './record.ts'

export type Arrival = {
  readonly mountAccessor: string
  /** As the auth method knows the person. */
  readonly name: string
  readonly metadata: Readonly<Record<string, string>> | undefined
  /** Names of groups that the provider asserts; undefined when it said nothing about groups. */
  readonly groups: readonly string[] | undefined
  /** Who it is beyond this mount, where that is proven. */
  readonly person?: string | undefined
  /** Every login of the mount proves a person, so that an alias there is whose name it is. */
  readonly provesAlways?: boolean
}

/** Who came in, and what that changed about an entity that was there before. */
export type Entered = {
  readonly entityId: string
  /** The alias that leads to it from now on, and the entity as it was. */
  readonly joined?: Change
  /** The alias that does not lead to it any more. */
  readonly left?: Change
}
export type Change = { readonly entity: Entity; readonly alias: Alias }

type Tools = { readonly clock: Clock; readonly random: Random }

/** Names beyond this many are ignored, as a provider's answer is bounded too. */
const maxAssertedGroups = 2000

/**
 * Finds the entity of someone who logs in, or makes it at their first login, and keeps what this login says
 * about their groups. An alias says who it is; a person whose name is new on the mount is who they are by
 * their other logins. An alias that was proven to be a person's is nobody else's: who comes by it without
 * proving to be that person takes its name over and is somebody new.
 *
 * @throws permission_denied when the entity is disabled
 */
export async function enter(tx: Transaction, tools: Tools, arrival: Arrival): Promise<Entered> {
  const { mountAccessor, name, person, groups: asserted } = arrival
  const nameKey = aliasNameKey(mountAccessor, name)
  const keys = person === undefined ? [nameKey] : [nameKey, personKey(person)]
  await tx.fetch(keys.map((key) => ({ kind: references, key })))
  const reference = await tx.get(references, nameKey)
  const known = reference === undefined ? undefined : await tx.get(entities, entityKey(reference.id))
  if (known === undefined) return arrive(tx, tools, arrival)
  if (known.disabled) fail('permission_denied')
  const alias = known.aliases.find((one) => one.mountAccessor === mountAccessor && one.name === name) as Alias
  if (alias.person !== undefined && alias.person !== person) {
    await part(tx, tools, known, alias)
    return { ...(await arrive(tx, tools, arrival)), left: { entity: known, alias } }
  }
  await refresh(tx, tools, known, alias, arrival)
  if (asserted !== undefined) await rememberGroups(tx, known.id, alias, asserted)
  return { entityId: known.id }
}

/** Someone whose name is new on the mount: a person with other logins, or somebody new. */
async function arrive(tx: Transaction, tools: Tools, arrival: Arrival): Promise<Entered> {
  const { mountAccessor, name, person, groups: asserted } = arrival
  const theirs = person === undefined ? undefined : await entityOfPerson(tx, person)
  if (theirs?.disabled === true) fail('permission_denied')
  // An entity has one alias of a mount: somebody renamed theirs, so that this is another one.
  const known = theirs?.aliases.some((one) => one.mountAccessor === mountAccessor) ? undefined : theirs
  const before = known ?? blankEntity(tools.random.uuid(), tools.clock.now())
  const alias = newAlias(tools, arrival)
  const entity = { ...before, aliases: [...before.aliases, alias], updated: tools.clock.now() }
  tx.put(entities, entityKey(entity.id), person === undefined ? entity : await withPerson(tx, entity, person))
  if (known === undefined) tx.put(references, entityNameKey(entity.name), { id: entity.id })
  tx.put(references, aliasNameKey(mountAccessor, name), { id: entity.id })
  tx.put(references, aliasIdKey(alias.id), { id: entity.id })
  if (asserted !== undefined) await rememberGroups(tx, entity.id, alias, asserted)
  return { entityId: entity.id, ...(known === undefined ? {} : { joined: { entity: known, alias } }) }
}

function newAlias({ clock, random }: Tools, { name, mountAccessor, metadata, person }: Arrival): Alias {
  const now = clock.now()
  return {
    id: random.uuid(),
    name,
    mountAccessor,
    metadata: metadata ?? null,
    customMetadata: null,
    ...(person === undefined ? {} : { person }),
    created: now,
    updated: now,
  }
}

/** Takes an alias away, with what it said of groups. Its person still finds the entity by their other logins. */
async function part(tx: Transaction, { clock }: Tools, entity: Entity, alias: Alias): Promise<void> {
  tx.delete(aliasIdKey(alias.id))
  await forgetAlias(tx, entity.id, alias.id)
  const aliases = entity.aliases.filter(({ id }) => id !== alias.id)
  tx.put(entities, entityKey(entity.id), { ...entity, aliases, updated: clock.now() })
}

/** Keeps what a login says anew of somebody who is known. */
async function refresh(
  tx: Transaction,
  { clock }: Tools,
  entity: Entity,
  alias: Alias,
  arrival: Arrival,
): Promise<void> {
  const { person, provesAlways } = arrival
  const metadata = arrival.metadata ?? alias.metadata
  const proven = provesAlways === true && person !== undefined && alias.person === undefined
  if (!proven && JSON.stringify(metadata) === JSON.stringify(alias.metadata)) return
  const fresh = { ...alias, metadata, updated: clock.now(), ...(proven ? { person } : {}) }
  const aliases = entity.aliases.map((other) => (other.id === alias.id ? fresh : other))
  const changed = { ...entity, aliases }
  tx.put(entities, entityKey(entity.id), proven ? await withPerson(tx, changed, person) : changed)
}

/** Names that are looked up one by one. What is read so belongs to the commit, and most names are of no group here. */
const fewNames = 20

/** The rows of the groups that go by these names: of a few names those that there may be, of many those that there are. */
async function knownGroups(
  tx: Transaction,
  mountAccessor: string,
  names: readonly string[],
): Promise<StorageKey[]> {
  const keys = names.map((name) => groupAliasNameKey(mountAccessor, name))
  if (keys.length <= fewNames) return keys
  const wanted = new Set<string>(keys)
  const prefix = groupAliasNamePrefix(mountAccessor)
  const found: StorageKey[] = []
  for (let after: string | undefined, more = true; more; ) {
    const page = await tx.list(prefix, { after, limit: 1000 })
    for (const name of page.names) {
      const key = `${prefix}${name}` as StorageKey
      if (wanted.has(key)) found.push(key)
    }
    after = page.names.at(-1)
    more = page.more
  }
  return found
}

/** Membership is kept per alias: what one provider says does not end what another one said. */
async function rememberGroups(
  tx: Transaction,
  entityId: string,
  alias: Alias,
  names: readonly string[],
): Promise<void> {
  const keys = await knownGroups(tx, alias.mountAccessor, [...new Set(names)].slice(0, maxAssertedGroups))
  await tx.fetch([
    ...keys.map((key) => ({ kind: references, key })),
    { kind: memberships, key: membershipKey(entityId) },
  ])
  const found = await Promise.all(keys.map((key) => tx.get(references, key)))
  const now = found.flatMap((reference) => (reference === undefined ? [] : [reference.id])).sort()
  const membership = (await tx.get(memberships, membershipKey(entityId))) ?? noMembership
  const before = membership.external[alias.id] ?? []
  if (before.join() === now.join()) return
  tx.put(memberships, membershipKey(entityId), {
    ...membership,
    external: { ...membership.external, [alias.id]: now },
  })
  const elsewhere = new Set(
    Object.entries(membership.external).flatMap(([id, ids]) => (id === alias.id ? [] : ids)),
  )
  for (const id of now.filter((id) => !before.includes(id))) {
    // Read so that the commit fails when the group is deleted meanwhile.
    await tx.get(groups, groupKey(id))
    tx.put(memberMarks, memberKey(id, entityId), {})
  }
  for (const id of before) {
    if (!now.includes(id) && !elsewhere.has(id)) tx.delete(memberKey(id, entityId))
  }
}

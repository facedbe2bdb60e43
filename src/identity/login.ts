import type { Clock } from '../base/clock.ts'
import { fail } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import type { Transaction } from '../transaction/transaction.ts'
import {
  type Alias,
  aliasIdKey,
  aliasNameKey,
  type Entity,
  entities,
  entityKey,
  entityNameKey,
  groupAliasNameKey,
  groupKey,
  groups,
  memberKey,
  memberMarks,
  membershipKey,
  memberships,
  references,
} from './record.ts'

export type Arrival = {
  readonly mountAccessor: string
  /** As the auth method knows the person. */
  readonly name: string
  readonly metadata: Readonly<Record<string, string>> | undefined
  /** Names of groups that the provider asserts; undefined when it said nothing about groups. */
  readonly groups: readonly string[] | undefined
}

/** Names beyond this many are ignored, as a provider's answer is bounded too. */
const maxAssertedGroups = 2000

/**
 * Finds the entity of someone who logs in, or makes it at their first login, and keeps what this login says
 * about their groups.
 *
 * @returns the id of the entity
 * @throws permission_denied when the entity is disabled
 */
export async function enter(
  tx: Transaction,
  tools: { readonly clock: Clock; readonly random: Random },
  arrival: Arrival,
): Promise<string> {
  const nameKey = aliasNameKey(arrival.mountAccessor, arrival.name)
  const reference = await tx.get(references, nameKey)
  const known = reference === undefined ? undefined : await tx.get(entities, entityKey(reference.id))
  if (known?.disabled === true) fail('permission_denied')
  const entity = known ?? firstArrival(tx, tools, arrival)
  const alias = aliasOf(entity, arrival) as Alias
  if (known !== undefined) refreshMetadata(tx, tools.clock, known, alias, arrival)
  if (arrival.groups !== undefined) await rememberGroups(tx, entity.id, alias, arrival.groups)
  return entity.id
}

const aliasOf = (entity: Entity, { mountAccessor, name }: Arrival) =>
  entity.aliases.find((alias) => alias.mountAccessor === mountAccessor && alias.name === name)

/** The rows of a new person; the commit expects that nobody made the alias meanwhile. */
function firstArrival(
  tx: Transaction,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  { mountAccessor, name, metadata }: Arrival,
): Entity {
  const now = clock.now()
  const alias: Alias = {
    id: random.uuid(),
    name,
    mountAccessor,
    metadata: metadata ?? null,
    customMetadata: null,
    created: now,
    updated: now,
  }
  const id = random.uuid()
  const entity: Entity = {
    id,
    name: `entity_${id.slice(0, 8)}${id.slice(9, 13)}`,
    policies: [],
    metadata: null,
    disabled: false,
    aliases: [alias],
    merged: [],
    created: now,
    updated: now,
  }
  tx.put(entities, entityKey(id), entity)
  tx.put(references, entityNameKey(entity.name), { id })
  tx.put(references, aliasNameKey(mountAccessor, name), { id })
  tx.put(references, aliasIdKey(alias.id), { id })
  return entity
}

function refreshMetadata(
  tx: Transaction,
  clock: Clock,
  entity: Entity,
  alias: Alias,
  { metadata }: Arrival,
): void {
  if (metadata === undefined || JSON.stringify(metadata) === JSON.stringify(alias.metadata)) return
  const fresh = { ...alias, metadata, updated: clock.now() }
  const aliases = entity.aliases.map((other) => (other.id === alias.id ? fresh : other))
  tx.put(entities, entityKey(entity.id), { ...entity, aliases })
}

/** Membership is kept per alias: what one provider says does not end what another one said. */
async function rememberGroups(
  tx: Transaction,
  entityId: string,
  alias: Alias,
  names: readonly string[],
): Promise<void> {
  const keys = [...new Set(names)]
    .slice(0, maxAssertedGroups)
    .map((name) => groupAliasNameKey(alias.mountAccessor, name))
  await tx.fetch([
    ...keys.map((key) => ({ kind: references, key })),
    { kind: memberships, key: membershipKey(entityId) },
  ])
  const found = await Promise.all(keys.map((key) => tx.get(references, key)))
  const now = found.flatMap((reference) => (reference === undefined ? [] : [reference.id])).sort()
  const membership = (await tx.get(memberships, membershipKey(entityId))) ?? { internal: [], external: {} }
  const before = membership.external[alias.id] ?? []
  if (before.join() === now.join()) return
  tx.put(memberships, membershipKey(entityId), {
    ...membership,
    external: { ...membership.external, [alias.id]: now },
  })
  const elsewhere = new Set(
    Object.entries(membership.external).flatMap(([id, ids]) => (id === alias.id ? [] : ids)),
  )
  for (const id of now) {
    // Read so that the commit fails when the group is deleted meanwhile.
    await tx.get(groups, groupKey(id))
    tx.put(memberMarks, memberKey(id, entityId), {})
  }
  for (const id of before) {
    if (!now.includes(id) && !elsewhere.has(id)) tx.delete(memberKey(id, entityId))
  }
}

import type { SystemContext } from '../../../backend/context.ts'
import type { Reply } from '../../../backend/message.ts'
import { type MountTable, readMounts } from '../../../backend/mounts/mount-table.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { systemRoute } from '../../../backend/routes/route.ts'
import { fail } from '../../../base/errors.ts'
import { markMember } from '../../../identity/membership.ts'
import { withoutStrangers } from '../../../identity/persons.ts'
import {
  type Alias,
  type Entity,
  entities,
  entityKey,
  type Membership,
  memberKey,
  membershipKey,
  memberships,
  mergedKey,
  noMembership,
  personKey,
  references,
} from '../../../identity/record.ts'
import { directGroups } from '../../../identity/resolve.ts'
import { tellOwner } from '../owners.ts'
import { forgetReferences, refer } from '../shape/held.ts'
import { aliasData } from '../view.ts'
import { entityAliases } from './aliases.ts'
import { entityById, maxTogether, refuseToOpen, removeRows } from './entities.ts'

const fields = {
  from_entity_ids: field.list('What is merged.'),
  to_entity_id: field.string('What it is merged into. It keeps its own policies and metadata.'),
  force: field.boolean('Kept for clients; it is about second factors, which entities do not have here.'),
  conflicting_alias_ids_to_keep: field.list(
    'Of two aliases on one mount, those that stay; then from_entity_ids may name one entity.',
  ),
}

/** What the target is after each step; rows are written at the end. */
type Merged = { readonly entity: Entity; readonly membership: Membership }

/** The aliases of a source that come along, and those of the target that make way for them. */
type Sorted = {
  readonly moved: readonly Alias[]
  readonly ousted: readonly Alias[]
  readonly clashes: readonly Clash[]
}
type Clash = { readonly own: Alias; readonly theirs: Alias }
type Choice = Pick<Sorted, 'moved' | 'ousted'>

async function merge(context: SystemContext, sent: FieldValues<typeof fields>): Promise<Reply> {
  const { tx, clock } = context
  const { from, target } = await checked(context, sent)
  const keep = new Set(sent.conflicting_alias_ids_to_keep ?? [])
  const before = (await tx.get(memberships, membershipKey(target.id))) ?? noMembership
  let merged: Merged = { entity: target, membership: before }
  for (const id of from) {
    const source = await entityById(context, id)
    if (source === undefined) fail('invalid_request', 'entity id to merge from is invalid')
    merged = await take(context, merged, source, keep)
  }
  // Whose alias made way for another one's is not who the entity is.
  const entity = withoutStrangers(tx, merged.entity)
  tx.put(entities, entityKey(target.id), { ...entity, updated: clock.now() })
  tx.put(memberships, membershipKey(target.id), merged.membership)
  for (const id of directGroups(before)) tx.delete(memberKey(id, target.id))
  await markMember(tx, target.id)
  return {}
}

async function checked(context: SystemContext, sent: FieldValues<typeof fields>) {
  const from = new Set(sent.from_entity_ids ?? [])
  const to = sent.to_entity_id ?? ''
  if (to === '') fail('invalid_request', 'missing entity id to merge to')
  if (from.size === 0) fail('invalid_request', 'missing entity ids to merge from')
  if (from.size > maxTogether) fail('invalid_request', `merge at most ${maxTogether} entities at once`)
  const target = await entityById(context, to)
  if (target === undefined) fail('invalid_request', 'entity id to merge to is invalid')
  if (from.has(to)) fail('invalid_request', 'to_entity_id should not be present in from_entity_ids')
  if (from.size > 1 && (sent.conflicting_alias_ids_to_keep ?? []).length > 0) {
    fail(
      'invalid_request',
      'aliases conflicts cannot be resolved with multiple from entity ids - merge one entity at a time',
    )
  }
  return { from, target }
}

async function take(
  context: SystemContext,
  { entity, membership }: Merged,
  source: Entity,
  keep: ReadonlySet<string>,
): Promise<Merged> {
  const { tx } = context
  refuseToOpen(source, entity)
  const { moved, ousted, clashes } = sort(entity, source, keep)
  if (clashes.length > 0) refuse(await readMounts(tx), entity, source, clashes)
  const theirs = (await tx.get(memberships, membershipKey(source.id))) ?? noMembership
  await removeRows(context, source)
  for (const alias of ousted) forgetReferences(context, entityAliases, alias)
  for (const alias of moved) refer(context, entityAliases, alias, entity.id)
  for (const person of source.persons ?? []) tx.put(references, personKey(person), { id: entity.id })
  for (const id of [source.id, ...source.merged]) tx.put(references, mergedKey(id), { id: entity.id })
  await tellOwners(context, entity, source, { moved, ousted })
  return {
    membership: joined(membership, theirs, { moved, ousted }),
    entity: {
      ...entity,
      aliases: [
        ...entity.aliases.filter((alias) => !ousted.includes(alias)),
        ...moved.map((alias) => ({ ...alias, mergedFrom: [...(alias.mergedFrom ?? []), source.id] })),
      ],
      persons: [...new Set([...(entity.persons ?? []), ...(source.persons ?? [])])].sort(),
      merged: [...new Set([...entity.merged, ...source.merged, source.id])],
    },
  }
}

function sort(entity: Entity, source: Entity, keep: ReadonlySet<string>): Sorted {
  const moved: Alias[] = []
  const ousted: Alias[] = []
  const clashes: Clash[] = []
  for (const theirs of source.aliases) {
    const own = entity.aliases.find(({ mountAccessor }) => mountAccessor === theirs.mountAccessor)
    if (own === undefined) moved.push(theirs)
    else if (keep.has(theirs.id) && !keep.has(own.id)) {
      moved.push(theirs)
      ousted.push(own)
    } else if (!keep.has(own.id)) clashes.push({ own, theirs })
  }
  return { moved, ousted, clashes }
}

/** @throws invalid_request naming all aliases of which nobody has said which one stays */
function refuse(mounts: MountTable, entity: Entity, source: Entity, clashes: readonly Clash[]): never {
  const told = clashes.map(
    ({ own, theirs }) =>
      `mountAccessor: ${own.mountAccessor}, toEntity ID: ${entity.id}, fromEntity ID: ${source.id}, ` +
      `conflicting toEntity alias ID: ${own.id}, conflicting fromEntity alias ID: ${theirs.id}`,
  )
  const shown = (owner: Entity, alias: Alias) => {
    const { mount_path, mount_type } = aliasData(alias, owner.id, mounts)
    return { alias: alias.name, entity: owner.name, entity_id: owner.id, mount: mount_type, mount_path }
  }
  fail(
    'invalid_request',
    'toEntity and at least one fromEntity have aliases with the same mount accessor, repeat the merge ' +
      'request specifying exactly one fromEntity and the aliases to keep in conflicting_alias_ids_to_keep, ' +
      `clashes: ${told.join('; ')}`,
    { data: { data: clashes.flatMap(({ own, theirs }) => [shown(entity, own), shown(source, theirs)]) } },
  )
}

/** Chosen memberships of both; asserted ones of the aliases that stay. */
function joined(own: Membership, theirs: Membership, { moved, ousted }: Choice): Membership {
  const kept = Object.entries(own.external).filter(([id]) => !ousted.some((alias) => alias.id === id))
  const come = Object.entries(theirs.external).filter(([id]) => moved.some((alias) => alias.id === id))
  return {
    internal: [...new Set([...own.internal, ...theirs.internal])].sort(),
    external: Object.fromEntries([...kept, ...come]),
  }
}

async function tellOwners(
  context: SystemContext,
  entity: Entity,
  source: Entity,
  { moved, ousted }: Choice,
): Promise<void> {
  const details = { before: source.id, after: entity.id }
  for (const alias of source.aliases) {
    const kind = moved.includes(alias) ? 'alias_merged' : 'alias_removed'
    await tellOwner(context, { entity: source, alias }, kind, details)
  }
  for (const alias of ousted) await tellOwner(context, { entity, alias }, 'alias_removed', details)
}

export const mergeRoutes = [
  systemRoute({
    path: 'entity/merge',
    summary: 'Merge entities into one.',
    fields,
    operations: { update: merge },
  }),
]

import { shape, type ValueOf } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import { mountPoint } from '../../backend/mounts/mount.ts'
import { type MountTable, readMounts } from '../../backend/mounts/mount-table.ts'
import { timeText } from '../../base/time.ts'
import { type Alias, type Entity, type Group, memberPrefix } from '../../identity/record.ts'
import { resolveIdentity } from '../../identity/resolve.ts'

export const aliasMembers = {
  canonical_id: shape.string('What it is an alias of.'),
  creation_time: shape.time(),
  custom_metadata: shape.orNull(shape.texts()),
  id: shape.string(),
  last_update_time: shape.time(),
  local: shape.boolean(),
  merged_from_canonical_ids: shape.orNull(shape.strings()),
  metadata: shape.orNull(shape.texts()),
  mount_accessor: shape.string(),
  mount_path: shape.string(),
  mount_type: shape.string(),
  name: shape.string(),
}
export const aliasShape = shape.object(aliasMembers)

export function aliasData(alias: Alias, canonicalId: string, mounts: MountTable): ValueOf<typeof aliasShape> {
  const mount = mounts.byAccessor(alias.mountAccessor)
  return {
    canonical_id: canonicalId,
    creation_time: timeText(alias.created),
    custom_metadata: alias.customMetadata === null ? null : { ...alias.customMetadata },
    id: alias.id,
    last_update_time: timeText(alias.updated),
    local: false,
    merged_from_canonical_ids: alias.mergedFrom === undefined ? null : [...alias.mergedFrom],
    metadata: alias.metadata === null ? null : { ...alias.metadata },
    mount_accessor: alias.mountAccessor,
    mount_path: mount === undefined ? '' : mountPoint(mount),
    mount_type: mount?.type ?? '',
    name: alias.name,
  }
}

export const entityShape = shape.object({
  aliases: shape.list(aliasShape),
  creation_time: shape.time(),
  direct_group_ids: shape.strings(),
  disabled: shape.boolean(),
  group_ids: shape.strings(),
  id: shape.string(),
  inherited_group_ids: shape.strings(),
  last_update_time: shape.time(),
  merged_entity_ids: shape.orNull(shape.strings()),
  metadata: shape.orNull(shape.texts()),
  name: shape.string(),
  namespace_id: shape.string(),
  policies: shape.strings(),
})

export async function entityData(
  context: SystemContext,
  entity: Entity,
): Promise<ValueOf<typeof entityShape>> {
  const mounts = await readMounts(context.tx)
  const identity = await resolveIdentity(context.tx, entity.id)
  const ids = identity?.groups.map(({ id }) => id) ?? []
  const direct = ids.filter((id) => identity?.direct.has(id))
  return {
    aliases: entity.aliases.map((alias) => aliasData(alias, entity.id, mounts)),
    creation_time: timeText(entity.created),
    direct_group_ids: direct,
    disabled: entity.disabled,
    group_ids: ids,
    id: entity.id,
    inherited_group_ids: ids.filter((id) => !direct.includes(id)),
    last_update_time: timeText(entity.updated),
    merged_entity_ids: entity.merged.length === 0 ? null : [...entity.merged],
    metadata: entity.metadata === null ? null : { ...entity.metadata },
    name: entity.name,
    namespace_id: 'root',
    policies: [...entity.policies],
  }
}

/** Members that an answer names; a larger group tells how many there are only in its listing. */
export const maxMembersShown = 10_000

export async function membersOf({ tx }: Pick<SystemContext, 'tx'>, groupId: string): Promise<string[]> {
  const members: string[] = []
  for (let after: string | undefined; members.length < maxMembersShown; ) {
    const page = await tx.list(memberPrefix(groupId), { after, limit: 1000 })
    members.push(...page.names)
    after = page.names.at(-1)
    if (!page.more) break
  }
  return members
}

export const groupShape = shape.object({
  alias: shape.object({}, aliasMembers),
  creation_time: shape.time(),
  id: shape.string(),
  last_update_time: shape.time(),
  member_entity_ids: shape.strings(),
  member_group_ids: shape.strings(),
  metadata: shape.orNull(shape.texts()),
  modify_index: shape.integer(),
  name: shape.string(),
  namespace_id: shape.string(),
  parent_group_ids: shape.strings(),
  policies: shape.strings(),
  type: shape.oneOf(['internal', 'external']),
})

export async function groupData(context: SystemContext, group: Group): Promise<ValueOf<typeof groupShape>> {
  const mounts = await readMounts(context.tx)
  return {
    alias: group.alias === null ? {} : aliasData(group.alias, group.id, mounts),
    creation_time: timeText(group.created),
    id: group.id,
    last_update_time: timeText(group.updated),
    member_entity_ids: await membersOf(context, group.id),
    member_group_ids: [...group.memberGroups],
    metadata: group.metadata === null ? null : { ...group.metadata },
    modify_index: group.modifyIndex,
    name: group.name,
    namespace_id: 'root',
    parent_group_ids: [...group.parents],
    policies: [...group.policies],
    type: group.type,
  }
}

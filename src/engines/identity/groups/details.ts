import { shape, type ValueOf } from '../../../backend/answers/shape.ts'
import type { SystemContext } from '../../../backend/context.ts'
import { readMounts } from '../../../backend/mounts/mount-table.ts'
import { readSpacesTable, type SpacesLogin } from '../../../backend/spaces/logins.ts'
import { timeText } from '../../../base/time.ts'
import { type Group, groupKey, groupPrefix, groups, memberPrefix } from '../../../identity/record.ts'
import { detailsRoute } from '../shape/details.ts'
import { aliasData, aliasMembers } from '../view.ts'

/** Members that are counted; larger groups are said to have more. */
const mostCounted = 1000

const vosShape = shape.list(
  shape.object({ name: shape.string('In lower case.'), access: shape.oneOf(['read', 'write']) }),
)

const detailsShape = shape.object({
  alias: shape.object({}, aliasMembers),
  creation_time: shape.time(),
  id: shape.string(),
  last_update_time: shape.time(),
  member_group_ids: shape.strings(),
  metadata: shape.orNull(shape.texts()),
  name: shape.string(),
  num_member_entities: shape.integer(),
  num_member_entities_is_lower_bound: shape.boolean(),
  parent_group_ids: shape.strings(),
  policies: shape.strings(),
  type: shape.oneOf(['internal', 'external']),
  vos: vosShape,
})

/** The virtual organisations whose folders a group opens, by the policies that the configuration of spaces made. */
function vosOf({ policies }: Group, logins: readonly SpacesLogin[]): ValueOf<typeof vosShape> {
  return logins.flatMap(({ name, policies: made }) => {
    const start = `spaces-${name}-`.toLowerCase()
    return policies.flatMap((policy) => {
      const [, vo, access] = made.includes(policy)
        ? (/^(.+)-(read|write)$/.exec(policy.slice(start.length)) ?? [])
        : []
      if (vo === undefined) return []
      return [{ name: vo, access: access === 'write' ? 'write' : 'read' } as const]
    })
  })
}

async function show({ tx }: SystemContext, found: readonly Group[]): Promise<ValueOf<typeof detailsShape>[]> {
  const mounts = await readMounts(tx)
  const { logins } = await readSpacesTable(tx)
  const shown: ValueOf<typeof detailsShape>[] = []
  for (const group of found) {
    const members = await tx.list(memberPrefix(group.id), { limit: mostCounted })
    shown.push({
      alias: group.alias === null ? {} : aliasData(group.alias, group.id, mounts),
      creation_time: timeText(group.created),
      id: group.id,
      last_update_time: timeText(group.updated),
      member_group_ids: [...group.memberGroups],
      metadata: group.metadata === null ? null : { ...group.metadata },
      name: group.name,
      num_member_entities: members.names.length,
      num_member_entities_is_lower_bound: members.more,
      parent_group_ids: [...group.parents],
      policies: [...group.policies],
      type: group.type,
      vos: vosOf(group, logins),
    })
  }
  return shown
}

export const groupDetailsRoute = detailsRoute<Group>({
  path: 'group',
  many: 'groups',
  rows: groups,
  prefix: groupPrefix,
  key: groupKey,
  shape: detailsShape,
  show,
})

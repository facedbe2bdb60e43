import { shape, type ValueOf } from '../../../backend/answers/shape.ts'
import { type MountTable, readMounts } from '../../../backend/mounts/mount-table.ts'
import { timeText } from '../../../base/time.ts'
import {
  type Entity,
  entities,
  entityKey,
  entityPrefix,
  type Membership,
  membershipKey,
  memberships,
} from '../../../identity/record.ts'
import { directGroups } from '../../../identity/resolve.ts'
import { detailsRoute } from '../shape/details.ts'
import { aliasData, aliasShape } from '../view.ts'

const detailsShape = shape.object({
  aliases: shape.list(aliasShape),
  creation_time: shape.time(),
  direct_group_ids: shape.strings(),
  disabled: shape.boolean(),
  id: shape.string(),
  last_update_time: shape.time(),
  metadata: shape.orNull(shape.texts()),
  name: shape.string(),
  policies: shape.strings(),
})

const detailsOf = (
  entity: Entity,
  membership: Membership | undefined,
  mounts: MountTable,
): ValueOf<typeof detailsShape> => ({
  aliases: entity.aliases.map((alias) => aliasData(alias, entity.id, mounts)),
  creation_time: timeText(entity.created),
  direct_group_ids: [...directGroups(membership)],
  disabled: entity.disabled,
  id: entity.id,
  last_update_time: timeText(entity.updated),
  metadata: entity.metadata === null ? null : { ...entity.metadata },
  name: entity.name,
  policies: [...entity.policies],
})

export const entityDetailsRoute = detailsRoute<Entity>({
  path: 'entity',
  many: 'entities',
  rows: entities,
  prefix: entityPrefix,
  key: entityKey,
  shape: detailsShape,
  show: async ({ tx }, found) => {
    await tx.fetch(found.map(({ id }) => ({ kind: memberships, key: membershipKey(id) })))
    const mounts = await readMounts(tx)
    return Promise.all(
      found.map(async (entity) =>
        detailsOf(entity, await tx.get(memberships, membershipKey(entity.id)), mounts),
      ),
    )
  },
})

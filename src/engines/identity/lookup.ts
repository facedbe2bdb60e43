import type { SystemContext } from '../../backend/context.ts'
import { type FieldValues, field } from '../../backend/fields.ts'
import { systemRoute } from '../../backend/route.ts'
import { fail } from '../../base/errors.ts'
import {
  aliasNameKey,
  type Entity,
  type Group,
  groupAliasNameKey,
  references,
} from '../../identity/record.ts'
import { aliasById } from './aliases.ts'
import { entityById, entityByName } from './entities.ts'
import { groupByAliasId } from './group-aliases.ts'
import { groupById, groupByName } from './groups.ts'
import { entityData, groupData } from './view.ts'

const fields = {
  id: field.string('By its id.'),
  name: field.string('By its name.'),
  alias_id: field.string('By the id of an alias.'),
  alias_name: field.string('By the name of an alias.'),
  alias_mount_accessor: field.string('The mount of the alias.'),
}
type Sent = FieldValues<typeof fields>

async function findEntity(context: SystemContext, sent: Sent): Promise<Entity | undefined> {
  if (sent.id) return entityById(context, sent.id)
  if (sent.name) return entityByName(context, sent.name)
  if (sent.alias_id) return (await aliasById(context, sent.alias_id))?.entity
  const reference = await context.tx.get(references, aliasNameKey(...aliasOf(sent)))
  return reference === undefined ? undefined : entityById(context, reference.id)
}

async function findGroup(context: SystemContext, sent: Sent): Promise<Group | undefined> {
  if (sent.id) return groupById(context, sent.id)
  if (sent.name) return groupByName(context, sent.name)
  if (sent.alias_id) return groupByAliasId(context, sent.alias_id)
  const reference = await context.tx.get(references, groupAliasNameKey(...aliasOf(sent)))
  return reference === undefined ? undefined : groupById(context, reference.id)
}

/** @throws invalid_request when nothing says what to look for */
function aliasOf({ alias_name, alias_mount_accessor }: Sent): [string, string] {
  if (!alias_name || !alias_mount_accessor) fail('invalid_request', 'query parameter not supplied')
  return [alias_mount_accessor, alias_name]
}

export const lookupRoutes = [
  systemRoute({
    path: 'lookup/entity',
    summary: 'Find an entity.',
    fields,
    operations: {
      update: async (context, sent) => {
        const entity = await findEntity(context, sent)
        return entity === undefined ? {} : { data: await entityData(context, entity) }
      },
    },
  }),
  systemRoute({
    path: 'lookup/group',
    summary: 'Find a group.',
    fields,
    operations: {
      update: async (context, sent) => {
        const group = await findGroup(context, sent)
        return group === undefined ? {} : { data: await groupData(context, group) }
      },
    },
  }),
]

import type { SystemContext } from '../../../backend/context.ts'
import { fail } from '../../../base/errors.ts'
import {
  blankGroup,
  type Group,
  groupAliasIdKey,
  groupAliasIdPrefix,
  groupAliasNameKey,
  groupKey,
  groupNameKey,
  groups,
  references,
} from '../../../identity/record.ts'
import { aliasFields } from '../shape/fields.ts'
import {
  forgetReferences,
  type Held,
  type Holders,
  heldById,
  heldByName,
  heldShapes,
  listHeld,
  type Sent,
  showHeld,
  writeHeld,
} from '../shape/held.ts'
import { idRoutes } from '../shape/routes.ts'
import { groupById } from './groups.ts'

export const groupAliases: Holders<Group> = {
  prefix: groupAliasIdPrefix,
  idKey: groupAliasIdKey,
  nameKey: groupAliasNameKey,
  byId: groupById,
  aliasesOf: ({ alias }) => (alias === null ? [] : [alias]),
  blank: ({ random, clock }) => blankGroup(random.uuid(), clock.now(), 'external'),
  meant,
  check({ type }) {
    if (type !== 'external') fail('invalid_request', "alias can't be set on an internal group")
  },
  keep,
}

/** A write of the same name again is about the same alias where the group is the same; it moves by its id alone. */
async function meant(
  context: SystemContext,
  { mount_accessor = '', name = '', canonical_id = '' }: Sent,
): Promise<Held<Group> | undefined> {
  const held = await heldByName(groupAliases)(context, mount_accessor, name)
  return canonical_id === '' || held?.holder.id === canonical_id ? held : undefined
}

async function keep(
  context: SystemContext,
  before: Held<Group> | undefined,
  { holder: group, alias }: Held<Group>,
  isNew: boolean,
): Promise<void> {
  const { tx } = context
  if (isNew) tx.put(references, groupNameKey(group.name), { id: group.id })
  if (before !== undefined && before.holder.id !== group.id) put(context, { ...before.holder, alias: null })
  // A group has one alias: another one makes way.
  if (group.alias !== null && group.alias.id !== alias.id)
    forgetReferences(context, groupAliases, group.alias)
  put(context, { ...group, alias })
}

function put({ tx, clock }: SystemContext, group: Group): void {
  const modifyIndex = group.modifyIndex + 1
  tx.put(groups, groupKey(group.id), { ...group, modifyIndex, updated: clock.now() })
}

async function remove(context: SystemContext, { holder, alias }: Held<Group>): Promise<void> {
  forgetReferences(context, groupAliases, alias)
  put(context, { ...holder, alias: null })
}

export const groupAliasRoutes = idRoutes({
  path: 'group-alias',
  one: 'a group alias',
  many: 'group aliases',
  fields: aliasFields,
  write: (context, sent) => writeHeld(context, groupAliases, sent),
  byId: heldById(groupAliases),
  list: (context, options) => listHeld(context, groupAliases, options),
  show: showHeld,
  shapes: heldShapes,
  remove,
})

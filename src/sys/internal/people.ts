import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { Caller, SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { readMounts } from '../../backend/mounts/mount-table.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import {
  type Entity,
  entities,
  entityKey,
  groupKey,
  groups,
  membershipKey,
  memberships,
  mergedKey,
  references,
} from '../../identity/record.ts'
import { directGroups } from '../../identity/resolve.ts'
import type { Transaction } from '../../transaction/transaction.ts'

/** More is asked for in several requests. */
const maxIds = 100
/** Characters of a name; more is cut. */
const maxName = 200

const fields = { ids: field.list('Ids of entities, at most 100.', { maxItems: maxIds }) }

/**
 * What people are called, for whoever may know: of themselves, of those with whom they share a virtual organisation
 * of the spaces, and of those whose entity they may read. Of all others nothing is said, whether there are such or not.
 */
async function names(context: SystemContext, { ids = [] }: FieldValues<typeof fields>): Promise<Reply> {
  const { tx, caller } = context
  if (caller === undefined) fail('permission_denied')
  const wanted = [...new Set(ids)]
  if (wanted.length > maxIds) fail('invalid_request', `ids holds more than ${maxIds} ids`)
  const shared = await ownVos(tx, caller)
  const people = await found(tx, wanted)
  await tx.fetch(people.map(({ entity }) => ({ kind: memberships, key: membershipKey(entity.id) })))
  const shown: Record<string, string> = {}
  for (const { id, entity } of people) {
    const name = nameOf(entity)
    if (name !== '' && (await mayKnow(tx, caller, shared, entity.id))) shown[id] = name
  }
  return { data: { names: shown } }
}

async function mayKnow(
  tx: Transaction,
  { acl, token: { record } }: Caller,
  shared: ReadonlySet<string>,
  id: string,
): Promise<boolean> {
  if (record.locker !== true && record.entityId === id) return true
  const path = `identity/entity/id/${id}`
  if (acl.capabilities(path).some((one) => one === 'read' || one === 'root')) return true
  if (shared.size === 0) return false
  const theirs = directGroups(await tx.get(memberships, membershipKey(id)))
  return [...theirs].some((group) => shared.has(group))
}

/** The groups of the caller that the spaces configuration made for virtual organisations. */
async function ownVos(tx: Transaction, { token: { record } }: Caller): Promise<ReadonlySet<string>> {
  if (record.entityId === '' || record.locker === true) return new Set()
  const direct = [...directGroups(await tx.get(memberships, membershipKey(record.entityId)))]
  await tx.fetch(direct.map((id) => ({ kind: groups, key: groupKey(id) })))
  const { byAccessor } = await readMounts(tx)
  const vos = new Set<string>()
  for (const id of direct) {
    const group = await tx.get(groups, groupKey(id))
    if (group?.alias && byAccessor(group.alias.mountAccessor)?.spaces !== undefined) vos.add(id)
  }
  return vos
}

/** The entities of ids, each under the id that it was asked for by, which may be one that was merged. */
async function found(
  tx: Transaction,
  ids: readonly string[],
): Promise<{ readonly id: string; readonly entity: Entity }[]> {
  await tx.fetch(ids.map((id) => ({ kind: entities, key: entityKey(id) })))
  const all = []
  for (const id of ids) {
    const entity = (await tx.get(entities, entityKey(id))) ?? (await mergedInto(tx, id))
    if (entity !== undefined) all.push({ id, entity })
  }
  return all
}

async function mergedInto(tx: Transaction, id: string): Promise<Entity | undefined> {
  const merged = await tx.get(references, mergedKey(id))
  return merged === undefined ? undefined : tx.get(entities, entityKey(merged.id))
}

/** What an operator, or else a login, says that somebody is called. */
function nameOf({ metadata, aliases }: Entity): string {
  const said = [metadata, ...aliases.map((alias) => alias.metadata)].map((one) => one?.name ?? '')
  return (said.find((name) => name !== '') ?? '').slice(0, maxName)
}

export const internalPeopleRoute = systemRoute({
  path: 'internal/ui/people',
  summary: 'What people are called with whom the caller shares a virtual organisation.',
  description:
    'By the ids of their entities. Whoever may not know somebody’s name gets none, as where there is no such person.',
  fields,
  unauthenticated: true,
  tokenWelcome: true,
  answers: { read: answer.data(shape.object({ names: shape.texts() })) },
  operations: { read: names },
})

import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { hasItsMounts, readMounts } from '../../backend/mounts/mount-table.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { type Entity, entities, entityKey, mergedKey, references } from '../../identity/record.ts'
import { accessorPrefix, tokenKey, tokenRecords } from '../../token/record.ts'
import { resolveAccessors } from '../../token/resolve.ts'
import type { TokenView } from '../../token/view.ts'
import type { TokenServices } from './services.ts'
import { listedTokenShape, ownData } from './view.ts'

/** Tokens of one answer when the caller names no limit, and those that one request looks at. */
const usualLimit = 100
const mostLooked = 1000

const fields = {
  entity_id: field.string('Show those of this entity alone.', { maxLength: 64 }),
  after: field.string('Show accessors behind this one.', { maxLength: 64 }),
  limit: field.integer(`Show at most this many, and never more than ${mostLooked}.`, { minimum: 1 }),
}

/** An entity and those that were merged into it, whose tokens are its own. @throws invalid_request */
async function entitiesOf({ tx }: SystemContext, id: string): Promise<ReadonlySet<string>> {
  const entity = /^[0-9a-f-]{36}$/.test(id) ? await tx.get(entities, entityKey(id)) : undefined
  if (entity === undefined) fail('invalid_request', 'there is no such entity')
  return new Set([entity.id, ...entity.merged])
}

async function show(
  services: TokenServices,
  context: SystemContext,
  { entity_id: owner, after, limit = usualLimit }: FieldValues<typeof fields>,
): Promise<Reply> {
  const { tx } = context
  const owners = owner === undefined ? undefined : await entitiesOf(context, owner)
  const most = Math.min(limit, mostLooked)
  const looked = owners === undefined ? most : mostLooked
  const page = await tx.list(accessorPrefix, { after, limit: looked })
  const alive = (await resolveAccessors(tx, services.tokens(), page.names)).filter(
    ({ record }) => owners === undefined || owners.has(record.entityId),
  )
  const found = await owned(context, alive)
  const shown = found.slice(0, most)
  const last = shown.length < found.length ? shown.at(-1)?.token.record.accessor : page.names.at(-1)
  const isWhole = shown.length === found.length && !page.more
  const tokens: JsonObject[] = []
  for (const one of shown) tokens.push(await listed(context, one))
  return { data: { tokens, next: isWhole ? null : (last ?? null) } }
}

type Owned = { readonly token: TokenView; readonly owner: Entity | undefined }

/** Tokens with whose they are, without those that ended with their entity or their mount. */
async function owned(context: SystemContext, tokens: readonly TokenView[]): Promise<Owned[]> {
  const { tx } = context
  const mounts = await readMounts(tx)
  const ids = new Set(tokens.map(({ record }) => record.entityId).filter((id) => id !== ''))
  await tx.fetch([...ids].map((id) => ({ kind: entities, key: entityKey(id) })))
  const found: Owned[] = []
  for (const token of tokens) {
    const { entityId } = token.record
    const owner = entityId === '' ? undefined : await ownerOf(context, entityId)
    const isGone = (entityId !== '' && owner === undefined) || !hasItsMounts(token, mounts)
    if (!isGone) found.push({ token, owner })
  }
  return found
}

/** The entity of a token; that of one that was merged is the one that it is part of now. */
async function ownerOf({ tx }: SystemContext, id: string): Promise<Entity | undefined> {
  const found = await tx.get(entities, entityKey(id))
  if (found !== undefined) return found
  const merged = await tx.get(references, mergedKey(id))
  return merged && tx.get(entities, entityKey(merged.id))
}

async function listed(context: SystemContext, { token, owner }: Owned): Promise<JsonObject> {
  const above = token.record.ancestors.at(-1)
  const parent = above && (await context.tx.get(tokenRecords, tokenKey(above.hash)))
  return {
    ...(await ownData(context, token)),
    owner_disabled: owner?.disabled === true,
    owner_id: owner?.id ?? null,
    owner_name: owner?.name ?? null,
    parent_accessor: parent === undefined || 'orphaned' in parent ? null : parent.accessor,
  }
}

export const detailsRoute = (services: TokenServices) =>
  systemRoute({
    path: 'details',
    summary: 'List tokens with what is known of them.',
    description:
      'By accessor, as lookups of each one would tell; batch tokens are not stored, and not shown. One request looks ' +
      `at no more than ${mostLooked} tokens: an answer with "next" is not whole, also when it shows none, and goes on ` +
      'when it is asked again with that as "after".',
    fields,
    sudo: true,
    answers: {
      read: answer.data(
        shape.object({
          tokens: shape.list(listedTokenShape),
          next: shape.orNull(shape.string('What to go on behind.')),
        }),
      ),
    },
    operations: { read: (context, sent) => show(services, context, sent) },
  })

import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import { callerOf, type SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { mountPoint } from '../../backend/mounts/mount.ts'
import { type MountTable, readMounts } from '../../backend/mounts/mount-table.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { actorData, actorOf, actorShape } from '../../backend/spaces/actor.ts'
import {
  closeSpace,
  isOpeningId,
  type Opening,
  type OpeningCapability,
  openingCapabilities,
  openingKey,
  openingPrefix,
  openings,
  openSpace,
} from '../../backend/spaces/openings.ts'
import { ownerOf, type Space, spaceAt } from '../../backend/spaces/space.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { timeText } from '../../base/time.ts'
import type { ListOptions } from '../../storage/store.ts'
import { resolveAccessor } from '../../token/resolve.ts'
import type { SystemServices } from '../services.ts'

const maxReason = 500
/** Seconds. */
const usualTtl = 3_600
const maxTtl = 86_400
/** Openings of one listing. */
const maxShown = 1_000

const fields = {
  space: field.string('The person’s folder with its mount, such as secrets/users/alice@example.org.', {
    maxLength: 2_048,
  }),
  reason: field.string('Why. The owner reads it.', { maxLength: 4_096 }),
  ttl: field.duration('For how long; an hour without it, a day at most.'),
  capabilities: field.list('What for: read, list, create, update, delete; read and list without it.', {
    maxItems: 20,
  }),
}
type Sent = FieldValues<typeof fields>

async function open(context: SystemContext, sent: Sent): Promise<Reply> {
  const caller = callerOf(context)
  if (caller.token.type === 'batch') {
    fail('invalid_request', 'a batch token cannot open a space, since it could not be revoked')
  }
  const wanted = {
    token: caller.token.record.instance,
    by: actorOf(caller),
    reason: reasonOf(sent.reason),
    capabilities: capabilitiesOf(sent.capabilities),
  }
  const seconds = secondsOf(sent.ttl)
  const space = await spaceOf(context, sent.space ?? '')
  const opening = await openSpace(context.tx, context, { ...wanted, space }, seconds * 1_000)
  return { data: openingData(opening, await readMounts(context.tx)) }
}

/** Texts are taken as they are: nothing in them is decoded, folded or a pattern. */
async function spaceOf({ tx }: SystemContext, path: string): Promise<Space> {
  const folder = path.endsWith('/') ? path : `${path}/`
  const mount = (await readMounts(tx)).find(folder)
  const space = mount === undefined ? undefined : spaceAt(mount, folder)
  const inside = mount === undefined ? 0 : folder.slice(mountPoint(mount).length).split('/').length
  if (
    space === undefined ||
    space.folder === '' ||
    inside !== 3 ||
    (await ownerOf(tx, space)) === undefined
  ) {
    fail('invalid_request', 'there is no space there: name the folder of one person, with its mount')
  }
  return space
}

function reasonOf(text = ''): string {
  const reason = text.trim()
  if (reason === '') fail('invalid_request', 'a reason is needed; the owner of the space will read it')
  if ([...reason].length > maxReason) {
    fail('invalid_request', `the reason is longer than ${maxReason} characters`)
  }
  if (!reason.isWellFormed() || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(reason)) {
    fail('invalid_request', 'the reason holds a character that cannot be printed')
  }
  return reason
}

function secondsOf(seconds = usualTtl): number {
  if (seconds < 1 || seconds > maxTtl) {
    fail('invalid_request', `ttl must be from one second to a day (${maxTtl} seconds)`)
  }
  return seconds
}

function capabilitiesOf(asked: readonly string[] = ['read', 'list']): readonly OpeningCapability[] {
  if (asked.length === 0) fail('invalid_request', 'capabilities are empty')
  const unknown = asked.find((name) => !openingCapabilities.some((known) => known === name))
  if (unknown !== undefined) {
    fail('invalid_request', `capabilities may hold ${openingCapabilities.join(', ')}`)
  }
  return openingCapabilities.filter((known) => asked.includes(known))
}

function openingData(opening: Opening, mounts: MountTable): JsonObject {
  const { id, space, by, reason, capabilities, from, until } = opening
  const mount = mounts.byUuid(space.mount)
  return {
    by: actorData(by),
    capabilities: [...capabilities],
    from: timeText(from),
    id,
    reason,
    space: `${mount === undefined ? '' : mountPoint(mount)}${space.people}/${space.folder}/`,
    until: timeText(until),
  }
}

const openingMembers = {
  by: actorShape,
  capabilities: shape.strings(),
  from: shape.time(),
  id: shape.string(),
  reason: shape.string(),
  space: shape.string(),
  until: shape.time(),
}
const openingShape = shape.object(openingMembers)

/** `sys/spaces/open`: the one way past the owner of a space, and it leaves a record with them. */
export function openRoutes(services: SystemServices) {
  /** Openings end with their time and with their token. */
  async function isOpen({ tx, clock }: SystemContext, { until, token, by }: Opening): Promise<boolean> {
    if (until <= clock.now()) return false
    const holder = await resolveAccessor(tx, services.tokens(), by.accessor)
    return holder?.record.instance === token
  }

  async function find(context: SystemContext): Promise<Opening | undefined> {
    const id = context.params.id ?? ''
    const opening = isOpeningId(id) ? await context.tx.get(openings, openingKey(id)) : undefined
    return opening !== undefined && (await isOpen(context, opening)) ? opening : undefined
  }

  async function list(context: SystemContext, { after, limit = maxShown }: ListOptions): Promise<Reply> {
    const { tx } = context
    // Ids begin with the end of their opening, so what is over comes first and is passed by.
    const now = String(context.clock.now()).padStart(14, '0')
    const { names } = await tx.list(openingPrefix, {
      after: after === undefined || after < now ? now : after,
      limit: Math.min(limit, maxShown),
    })
    const mounts = await readMounts(tx)
    const info: JsonObject = {}
    for (const id of names) {
      const opening = isOpeningId(id) ? await tx.get(openings, openingKey(id)) : undefined
      if (opening !== undefined && (await isOpen(context, opening))) info[id] = openingData(opening, mounts)
    }
    const keys = Object.keys(info)
    return keys.length === 0 ? fail('not_found') : { data: { keys, key_info: info } }
  }

  return [
    systemRoute({
      path: 'spaces/open',
      summary: 'Open a person’s space to the caller for a time, and tell its owner; list what is open.',
      description:
        'Opens one space to the token that asks, for reading and listing unless more is asked for. The owner sees who, when, why and until when, before the answer leaves and for good. The policies of the token still have to allow each request.',
      fields,
      sudo: true,
      answers: { write: answer.data(openingShape), list: answer.namesWith(openingMembers) },
      operations: { update: open },
      list,
    }),
    systemRoute({
      path: 'spaces/open/{id}',
      summary: 'Look at an opening, or end it.',
      sudo: true,
      answers: { read: answer.data(openingShape) },
      operations: {
        read: async (context) => {
          const opening = await find(context)
          if (opening === undefined) fail('not_found')
          return { data: openingData(opening, await readMounts(context.tx)) }
        },
        delete: async (context) => {
          const opening = await find(context)
          if (opening !== undefined) {
            await closeSpace(context.tx, context, opening, actorOf(callerOf(context)))
          }
          return {}
        },
      },
    }),
  ]
}

import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import { type Caller, callerOf, type SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { mountPoint } from '../../backend/mounts/mount.ts'
import { type MountTable, readMounts } from '../../backend/mounts/mount-table.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { namedSpace, ownerOf, personId, segmentOf } from '../../backend/spaces/space.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { timeText } from '../../base/time.ts'
import {
  endOfJournal,
  type JournalEntry,
  journalDays,
  ofEntity,
  ofPerson,
  ofSpace,
} from '../../usage/journal/record.ts'
import type { SystemServices } from '../services.ts'

/** What others did in the caller's space, while they own it: nobody reads of another one's. */
async function inOwnSpace(
  services: SystemServices,
  { tx }: SystemContext,
  { token: { record } }: Caller,
): Promise<readonly JournalEntry[]> {
  const space = namedSpace(record.space)
  const owner = space === undefined ? undefined : await ownerOf(tx, space)
  if (space === undefined || owner === undefined || personId(owner) !== record.person) return []
  return services.journal().of(ofSpace(space.mount, segmentOf(space)))
}

/**
 * What the person did, and what was done with their lockers. Operators can lead other logins to anybody's entity, and
 * merge entities: whoever comes by those does not prove to be the person, and sees what such logins did.
 */
async function own(
  services: SystemServices,
  { token: { record } }: Caller,
): Promise<readonly JournalEntry[]> {
  const { entityId, person } = record
  const journal = services.journal()
  const [proven, others] = await Promise.all([
    person === undefined ? [] : journal.of(ofPerson(person)),
    journal.of(ofEntity(entityId)),
  ])
  return [...proven, ...others]
}

async function show(services: SystemServices, context: SystemContext): Promise<Reply> {
  const caller = callerOf(context)
  const { entityId, locker } = caller.token.record
  // Whoever has a locker need not be its maker.
  if (entityId === '' || locker === true) {
    fail('invalid_request', 'the token gives nothing of an entity, whose doings could be shown')
  }
  const mounts = await readMounts(context.tx)
  const [theirs, others] = await Promise.all([own(services, caller), inOwnSpace(services, context, caller)])
  const all = [
    ...theirs.map((entry) => ({ entry, isOwn: entry.way !== 'locker' })),
    ...others.map((entry) => ({ entry, isOwn: false })),
  ].sort((a, b) => b.entry.at - a.entry.at)
  return {
    data: {
      entity_id: entityId,
      since: timeText(Math.max(0, endOfJournal(context.clock.now()))),
      entries: all.map(({ entry, isOwn }) => ({ ...entryData(services, mounts, entry), own: isOwn })),
    },
  }
}

function entryData(services: SystemServices, mounts: MountTable, entry: JournalEntry): JsonObject {
  const mount = mounts.byUuid(entry.mount)
  const readPath = mount === undefined ? undefined : services.secretsOf(mount)?.paths.read
  return {
    path: mount === undefined ? null : mountPoint(mount) + (readPath?.(entry.path) ?? entry.path),
    mount: mount === undefined ? null : mountPoint(mount),
    name: entry.path,
    operation: entry.operation,
    times: entry.times,
    first: timeText(entry.since),
    last: timeText(entry.at),
    remote_address: entry.address,
    display_name: entry.displayName,
    entity_id: entry.entityId,
    way: entry.way ?? null,
  }
}

const recentShape = shape.object({
  entity_id: shape.string(),
  since: shape.time(),
  entries: shape.list(
    shape.object({
      path: shape.orNull(shape.string('Where the secret is read; null where its mount is gone.')),
      mount: shape.orNull(shape.string()),
      name: shape.string('Below the mount.'),
      operation: shape.string(),
      times: shape.integer('How often on that day (UTC) from that address.'),
      first: shape.time(),
      last: shape.time(),
      remote_address: shape.string(),
      display_name: shape.string(),
      entity_id: shape.string(),
      way: shape.orNull(
        shape.string('opening: in a space that was opened to them. locker: by a locker of the caller’s.'),
      ),
      own: shape.boolean('The caller did it themself.'),
    }),
  ),
})

export function recentRoute(services: SystemServices) {
  return systemRoute({
    path: 'usage/recent',
    summary: 'Show what the person of the token did with secrets lately, and what others did in their space.',
    description:
      `The last hundred of each, of the last ${journalDays} days, newest first; what was done more than once ` +
      'on a day with one secret from one address is one entry. Uses of the person’s lockers are among them. ' +
      'Nobody else can ask, nor who comes to the ' +
      'person’s entity without proving to be them. What another server saw shows within ten seconds, and a crash loses as much.',
    answers: { read: answer.data(recentShape) },
    operations: { read: (context) => show(services, context) },
  })
}

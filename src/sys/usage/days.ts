import { answer } from '../../backend/answers/answer.ts'
import { callerOf, type SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { mountPoint } from '../../backend/mounts/mount.ts'
import { type MountTable, readMounts } from '../../backend/mounts/mount-table.ts'
import { field } from '../../backend/routes/fields.ts'
import { inOrder } from '../../backend/routes/listing.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { timeText } from '../../base/time.ts'
import { entities, entityKey } from '../../identity/record.ts'
import type { People, Tally } from '../../usage/days/people.ts'
import { monthOf } from '../../usage/days/record.ts'
import { type PersonSum, personSums, type Sum, summaryOf } from '../../usage/days/summary.ts'
import { dayOf } from '../../usage/record.ts'
import type { SystemServices } from '../services.ts'
import { daysShape, mineShape, monthsShape, peopleShape } from './shapes.ts'
import { daysAsked, spanFields } from './span.ts'

type Span = { start?: string | undefined; end?: string | undefined }

const tallyData = ({ reads, writes, failed }: Tally): JsonObject => ({
  requests: reads + writes + failed,
  reads,
  writes,
  failed,
})

const sumData = (sum: Sum): JsonObject => ({
  ...tallyData(sum),
  people: sum.people,
  people_is_lower_bound: sum.more,
})

/** A mount that is gone has but its UUID. */
const mountData = (mounts: MountTable, uuid: string): JsonObject => {
  const mount = mounts.byUuid(uuid)
  return {
    uuid,
    path: mount === undefined ? null : mountPoint(mount),
    type: mount?.type ?? null,
    accessor: mount?.accessor ?? null,
  }
}

function bySum(
  mounts: MountTable,
  sums: ReadonlyMap<string, Sum>,
  show: (sum: Sum) => JsonObject,
): JsonObject[] {
  return [...sums]
    .sort(([a], [b]) => inOrder(a, b))
    .map(([uuid, sum]) => ({ ...mountData(mounts, uuid), ...show(sum) }))
}

function dayData(
  mounts: MountTable,
  day: string,
  parts: readonly People[],
  show: (sum: Sum) => JsonObject,
): JsonObject {
  const summary = summaryOf(parts)
  return {
    day,
    ...show(summary),
    mounts: bySum(mounts, summary.mounts, show),
    methods: bySum(mounts, summary.methods, show),
  }
}

const someRequests = ({ requests }: JsonObject) => requests !== 0

async function showDays(services: SystemServices, context: SystemContext, span: Span): Promise<Reply> {
  const days = daysAsked(span, context)
  const mounts = await readMounts(context.tx)
  const found = await services.days().of(days)
  const shown = days.map((day, i) => dayData(mounts, day, found[i] ?? [], sumData))
  return { data: { start: days[0] ?? '', end: days.at(-1) ?? '', days: shown.filter(someRequests) } }
}

/** Months of one answer. */
const maxMonths = 24

async function showMonths(
  services: SystemServices,
  { tx, clock }: SystemContext,
  count = 12,
): Promise<Reply> {
  if (count > maxMonths) fail('invalid_request', `months must be at most ${maxMonths}`)
  const mounts = await readMounts(tx)
  const today = new Date(clock.now())
  const months: JsonObject[] = []
  for (let back = count - 1; back >= 0; back--) {
    const first = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - back)
    const month = monthOf(dayOf(Math.max(0, first)))
    const { day, ...rest } = dayData(mounts, month, await services.days().ofMonth(month), sumData)
    months.push({ month: day ?? month, ...rest })
  }
  return { data: { months: months.filter(someRequests) } }
}

const personTimes = ({ lastRead, lastWrite }: Pick<PersonSum, 'lastRead' | 'lastWrite'>): JsonObject => ({
  last_read: lastRead === 0 ? null : timeText(lastRead),
  last_write: lastWrite === 0 ? null : timeText(lastWrite),
})

/** People of one answer. */
const standardPeople = 100
const maxPeople = 1000

type Page = {
  entity_id?: string | undefined
  after?: string | undefined
  limit?: number | undefined
}

async function showPeople(
  services: SystemServices,
  context: SystemContext,
  { entity_id: only, after, limit = standardPeople, ...span }: Span & Page,
): Promise<Reply> {
  const { tx } = context
  const days = daysAsked(span, context)
  const found = await services.days().of(days)
  const sums = [...personSums(found.flat())]
    .filter(([id]) => (only === undefined || id === only) && (after === undefined || id > after))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const page = sums.slice(0, Math.min(limit, maxPeople))
  await tx.fetch(page.map(([id]) => ({ kind: entities, key: entityKey(id) })))
  const people: JsonObject[] = []
  for (const [id, sum] of page) {
    const name = (await tx.get(entities, entityKey(id)))?.name ?? null
    people.push({ entity_id: id, name, ...tallyData(sum), ...personTimes(sum) })
  }
  const more = sums.length > page.length
  return {
    data: {
      start: days[0] ?? '',
      end: days.at(-1) ?? '',
      people,
      people_is_lower_bound: summaryOf(found.flat()).more,
      next: more ? (page.at(-1)?.[0] ?? null) : null,
    },
  }
}

async function showMine(services: SystemServices, context: SystemContext, span: Span): Promise<Reply> {
  const { entityId, locker } = callerOf(context).token.record
  // Whoever has a locker need not be its maker.
  if (entityId === '' || locker === true)
    fail('invalid_request', 'the token gives nothing of an entity, whose usage could be shown')
  const days = daysAsked(span, context)
  const mounts = await readMounts(context.tx)
  const found = await services.days().ofPerson(days, entityId)
  const sum = personSums(found).get(entityId)
  const shown = days.map((day, i) => dayData(mounts, day, found.slice(i, i + 1), tallyData))
  return {
    data: {
      start: days[0] ?? '',
      end: days.at(-1) ?? '',
      entity_id: entityId,
      ...tallyData(sum ?? { reads: 0, writes: 0, failed: 0 }),
      ...personTimes(sum ?? { lastRead: 0, lastWrite: 0 }),
      days: shown.filter(someRequests),
    },
  }
}

const delays = 'What another server saw shows within ten seconds, and a crash loses as much.'

export function dayRoutes(services: SystemServices) {
  return [
    systemRoute({
      path: 'usage/days',
      summary: 'Show requests and people by day, mount and login method.',
      description: `Needs sudo. Days are those of UTC; those without requests are left out. ${delays}`,
      fields: spanFields,
      answers: { read: answer.data(daysShape) },
      operations: { read: (context, fields) => showDays(services, context, fields) },
      sudo: true,
    }),
    systemRoute({
      path: 'usage/months',
      summary: 'Show requests and people by month, mount and login method.',
      description:
        'Needs sudo. Months are those of UTC and are kept for good; those without requests are left out. Somebody ' +
        `who came on several days is one of the month’s people. ${delays}`,
      fields: {
        months: field.integer(`The last so many, this one included: 12 without it, ${maxMonths} at most.`, {
          minimum: 1,
        }),
      },
      answers: { read: answer.data(monthsShape) },
      operations: { read: (context, { months }) => showMonths(services, context, months) },
      sudo: true,
    }),
    systemRoute({
      path: 'usage/people',
      summary: 'Show how often each person asked, and when they last read and wrote.',
      description: `Needs sudo. Tells nothing of what they read. ${delays}`,
      fields: {
        ...spanFields,
        entity_id: field.string('Show this person alone.', { maxLength: 64 }),
        after: field.string('Show people whose entity id is behind this one: the `next` of the page before.'),
        limit: field.integer('Show at most this many people: 100 without it, 1000 at most.', { minimum: 1 }),
      },
      answers: { read: answer.data(peopleShape) },
      operations: { read: (context, fields) => showPeople(services, context, fields) },
      sudo: true,
    }),
    systemRoute({
      path: 'usage/mine',
      summary: 'Show how often the person of the token asked, by day, mount and login method.',
      description: delays,
      fields: spanFields,
      answers: { read: answer.data(mineShape) },
      operations: { read: (context, fields) => showMine(services, context, fields) },
    }),
  ]
}

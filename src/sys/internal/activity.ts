import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { mountPoint } from '../../backend/mounts/mount.ts'
import { readMounts } from '../../backend/mounts/mount-table.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { merge, noPeople, type People } from '../../usage/days/people.ts'
import { monthOf } from '../../usage/days/record.ts'
import { summaryOf } from '../../usage/days/summary.ts'
import { dayOf } from '../../usage/record.ts'
import type { SystemServices } from '../services.ts'

/** Months of one answer, the present one included. */
const shownMonths = 12

/** When the month that is so many before the present one began, milliseconds. */
function beginning(now: number, back: number): number {
  const today = new Date(now)
  return Math.max(0, Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - back))
}

const secondsText = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`

const clientCounts = (people: number): JsonObject => ({
  distinct_entities: people,
  entity_clients: people,
  non_entity_tokens: 0,
  non_entity_clients: 0,
  clients: people,
})

async function countClients({ tx, warn }: SystemContext, parts: readonly People[]): Promise<JsonObject> {
  const mounts = await readMounts(tx)
  const { people, more, methods } = summaryOf(parts)
  warn('only clients that have an entity are counted')
  if (more) warn('there were too many entities to tell all apart: the numbers are lower bounds')
  const byMount = [...methods].flatMap(([uuid, sum]) => {
    const mount = mounts.byUuid(uuid)
    return sum.people === 0
      ? []
      : [
          {
            mount_path: mount === undefined ? `deleted mount; uuid "${uuid}"` : mountPoint(mount),
            counts: clientCounts(sum.people),
          },
        ]
  })
  const total = clientCounts(people)
  return {
    by_namespace: [{ namespace_id: 'root', namespace_path: '', counts: total, mounts: byMount }],
    total,
  }
}

async function activity(services: SystemServices, context: SystemContext): Promise<Reply> {
  const now = context.clock.now()
  const sums: People[] = []
  for (let back = 0; back < shownMonths; back++) {
    const parts = await services.days().ofMonth(monthOf(dayOf(beginning(now, back))))
    for (const [i, people] of parts.entries()) {
      const sum = sums[i] ?? noPeople()
      sums[i] = sum
      merge(sum, people)
    }
  }
  const counts = await countClients(context, sums)
  const span = {
    start_time: secondsText(beginning(now, shownMonths - 1)),
    end_time: secondsText(now),
  }
  return { data: { ...span, ...counts } }
}

async function monthly(services: SystemServices, context: SystemContext): Promise<Reply> {
  const month = monthOf(dayOf(context.clock.now()))
  const { by_namespace, total } = await countClients(context, await services.days().ofMonth(month))
  return { data: { by_namespace: by_namespace ?? [], ...(total as JsonObject) } }
}

async function requests(services: SystemServices, { clock }: SystemContext): Promise<Reply> {
  const counters: JsonObject[] = []
  for (let back = shownMonths - 1; back >= 0; back--) {
    const start = beginning(clock.now(), back)
    const { reads, writes, failed } = summaryOf(await services.days().ofMonth(monthOf(dayOf(start))))
    const total = reads + writes + failed
    if (total > 0) counters.push({ start_time: secondsText(start), total })
  }
  return { data: { counters } }
}

const months = `${shownMonths} months, this one included`

const clientsShape = shape.object({
  distinct_entities: shape.integer(),
  entity_clients: shape.integer(),
  non_entity_tokens: shape.integer(),
  non_entity_clients: shape.integer(),
  clients: shape.integer(),
})
const byNamespace = shape.list(
  shape.object({
    namespace_id: shape.string(),
    namespace_path: shape.string(),
    counts: clientsShape,
    mounts: shape.list(shape.object({ mount_path: shape.string(), counts: clientsShape })),
  }),
)
const activityShape = shape.object({
  start_time: shape.time(),
  end_time: shape.time(),
  by_namespace: byNamespace,
  total: clientsShape,
})
const monthlyShape = shape.object({
  by_namespace: byNamespace,
  distinct_entities: shape.integer(),
  entity_clients: shape.integer(),
  non_entity_tokens: shape.integer(),
  non_entity_clients: shape.integer(),
  clients: shape.integer(),
})
const requestsShape = shape.object({
  counters: shape.list(shape.object({ start_time: shape.time(), total: shape.integer() })),
})

export function activityRoutes(services: SystemServices) {
  return [
    systemRoute({
      path: 'internal/counters/activity',
      summary: `Show how many clients there were in the last ${months}, and by auth mount.`,
      description: 'Clients are entities: tokens without one are not told apart.',
      answers: { read: answer.data(activityShape) },
      operations: { read: (context) => activity(services, context) },
      sudo: true,
    }),
    systemRoute({
      path: 'internal/counters/activity/monthly',
      summary: 'Show how many clients there were in this month, and by auth mount.',
      description: 'Clients are entities: tokens without one are not told apart.',
      answers: { read: answer.data(monthlyShape) },
      operations: { read: (context) => monthly(services, context) },
      sudo: true,
    }),
    systemRoute({
      path: 'internal/counters/requests',
      summary: `Show how many requests there were in each of the last ${months}.`,
      answers: { read: answer.data(requestsShape) },
      operations: { read: (context) => requests(services, context) },
      sudo: true,
    }),
  ]
}

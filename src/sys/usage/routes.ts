import type { SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { systemRoute } from '../../backend/route.ts'
import type { JsonObject } from '../../base/json.ts'
import { timeText } from '../../base/time.ts'
import { monthText } from '../../usage/lasting.ts'
import { joinPeople } from '../../usage/people.ts'
import type { Use } from '../../usage/record.ts'
import type { SystemServices } from '../services.ts'

const shown = (use: Use | undefined): JsonObject | null =>
  use === undefined
    ? null
    : {
        time: timeText(use.at),
        operation: use.operation,
        display_name: use.displayName,
        entity_id: use.entityId,
        remote_address: use.address,
      }

/** Says the same of a secret that was never used and of a path where none ever was. */
async function read(services: SystemServices, context: SystemContext): Promise<Reply> {
  const { mount, path } = await services.secretAt(context, context.params.path ?? '')
  const counts = await services.usage().of(mount, path)
  return {
    data: {
      path: context.params.path ?? '',
      reads: counts?.reads ?? 0,
      writes: counts?.writes ?? 0,
      since: counts === undefined ? null : timeText(counts.since),
      last_read: shown(counts?.lastRead),
      last_write: shown(counts?.lastWrite),
      people: joinPeople(counts?.people).map((one) => ({
        display_name: one.displayName,
        entity_id: one.entityId,
        reads: one.reads,
        writes: one.writes,
        last_read: one.lastRead === undefined ? null : timeText(one.lastRead),
        last_write: one.lastWrite === undefined ? null : timeText(one.lastWrite),
      })),
      months: (counts?.months ?? []).map(([month, reads, writes]) => ({
        month: monthText(month),
        reads,
        writes,
      })),
    },
  }
}

export function usageRoutes(services: SystemServices) {
  return [
    systemRoute({
      path: 'usage/{path+}',
      summary: 'Show who read and who wrote a secret last, and how often it was used.',
      description:
        'For whoever may read or update the secret at the path and passes its owner guard. Counts are ' +
        'since `since`, by month for ten years, and of each of the last eight people. What another server saw shows within ten seconds, and a crash loses as much.',
      operations: { read: (context) => read(services, context) },
    }),
  ]
}

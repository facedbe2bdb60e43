import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import type { SystemServices } from '../services.ts'

/** Null for one that no process has had. */
const dutyShape = shape.orNull(
  shape.object({ process: shape.string(), epoch: shape.integer(), since: shape.time() }),
)
const checkShape = shape.object({
  healthy: shape.orNull(shape.boolean()),
  findings: shape.strings(),
  started: shape.orNull(shape.time()),
  finished: shape.orNull(shape.time()),
  next: shape.orNull(shape.time()),
})

export function dutyRoutes({ duties }: SystemServices) {
  return [
    systemRoute({
      path: 'duties',
      summary: 'Show which process does what one process does at a time.',
      answers: { read: answer.data(shape.object({ duties: shape.map(dutyShape) })) },
      operations: { read: async ({ tx }) => ({ data: { duties: await duties.show(tx) } }) },
    }),
    systemRoute({
      path: 'storage/check',
      summary: 'Show what the last full check of the store found.',
      answers: { read: answer.data(checkShape) },
      operations: { read: async ({ tx }) => ({ data: await duties.showStoreCheck(tx) }) },
    }),
  ]
}

import { systemRoute } from '../../backend/route.ts'
import type { SystemServices } from '../services.ts'

export function dutyRoutes({ duties }: SystemServices) {
  return [
    systemRoute({
      path: 'duties',
      summary: 'Show which process does what one process does at a time.',
      operations: { read: async ({ tx }) => ({ data: { duties: await duties.show(tx) } }) },
    }),
    systemRoute({
      path: 'storage/check',
      summary: 'Show what the last full check of the store found.',
      operations: { read: async ({ tx }) => ({ data: await duties.showStoreCheck(tx) }) },
    }),
  ]
}

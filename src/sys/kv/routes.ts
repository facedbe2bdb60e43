import type { SystemRoute } from '../../backend/route.ts'
import { batchRoute } from './batch.ts'

/** `sys/kv/`: what reaches many secrets at once, each by the rules that hold for it alone. */
export const kvRoutes: readonly SystemRoute[] = [batchRoute]

import type { SystemRoute } from '../../backend/routes/route.ts'
import type { SystemServices } from '../services.ts'
import { batchRoute } from './batch.ts'
import { deletedRoutes } from './deleted.ts'
import { moveRoutes } from './move/routes.ts'
import { scanRoute } from './scan.ts'
import { searchRoute } from './search.ts'

/** `sys/kv/`: what reaches many secrets at once, each by the rules that hold for it alone. */
export const kvRoutes = (services: SystemServices): readonly SystemRoute[] => [
  batchRoute,
  scanRoute(services),
  searchRoute(services),
  ...moveRoutes(services),
  ...deletedRoutes(services),
]

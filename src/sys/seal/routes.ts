import type { OpenRoute, SystemRoute } from '../../backend/routes/route.ts'
import { healthRoute } from '../status/health.ts'
import { generateRootRoutes } from './generate-root.ts'
import { initRoutes } from './init.ts'
import { haStatusRoute, leaderRoute, stepDownRoute } from './nodes.ts'
import { backupRoutes, rekeyRoutes } from './rekey.ts'
import { rotateRoutes } from './rotate.ts'
import type { SealServices } from './services.ts'
import { sealedSealRoute, sealRoute, unsealRoutes } from './unseal.ts'

/** The routes about the seal, the keys and the life of a node. */
export type SealRoutes = {
  /** Answer in every state of the node. */
  readonly open: readonly OpenRoute[]
  /** Answer while the node is not unsealed, in place of what stands at the same path otherwise. */
  readonly whenSealed: readonly OpenRoute[]
  /** Below `sys/`. */
  readonly system: readonly SystemRoute[]
}

export function sealRoutes(services: SealServices): SealRoutes {
  return {
    open: [
      ...initRoutes(services),
      ...unsealRoutes(services),
      ...rekeyRoutes(services),
      ...generateRootRoutes(services),
      leaderRoute(services),
      healthRoute(services),
    ],
    whenSealed: [sealedSealRoute],
    system: [
      sealRoute(services),
      ...backupRoutes,
      ...rotateRoutes(services),
      haStatusRoute(services),
      stepDownRoute,
    ],
  }
}

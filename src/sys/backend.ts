import type { SystemBackend } from '../backend/backend.ts'
import { auditLogRoutes } from './audit/log.ts'
import { auditRoutes } from './audit/routes.ts'
import { auditHeaderRoutes } from './config/audit-headers.ts'
import { corsRoute } from './config/cors.ts'
import { pageHeaderRoutes } from './config/page-headers.ts'
import { activityRoutes } from './internal/activity.ts'
import { counterRoutes } from './internal/counters.ts'
import { internalMountRoutes } from './internal/mounts.ts'
import { openApiRoute } from './internal/openapi/route.ts'
import { internalPeopleRoute } from './internal/people.ts'
import { resultantAclRoute } from './internal/resultant-acl.ts'
import { internalSpacesRoute } from './internal/spaces.ts'
import { kvRoutes } from './kv/routes.ts'
import { leaseRoutes } from './leases/routes.ts'
import { lockedUserRoutes } from './mounts/locked-users.ts'
import { remountRoutes } from './mounts/remount.ts'
import { mountRoutes } from './mounts/routes.ts'
import { passwordPolicyRoutes } from './passwords/routes.ts'
import { pluginRoutes } from './plugins/routes.ts'
import { accessRoutes } from './policies/access/routes.ts'
import { capabilityRoutes } from './policies/capabilities.ts'
import { explainRoutes } from './policies/explain/routes.ts'
import { policyRoutes } from './policies/routes.ts'
import { hostRoute } from './process/host.ts'
import { inFlightRoute } from './process/in-flight.ts'
import { loggerRoutes } from './process/loggers.ts'
import { quotaRoutes } from './quotas/routes.ts'
import type { SystemServices } from './services.ts'
import { eventRoutes } from './spaces/events.ts'
import { openRoutes } from './spaces/open.ts'
import { dutyRoutes } from './status/duties.ts'
import { versionHistoryRoute } from './status/versions.ts'
import { toolRoutes } from './tools/routes.ts'
import { dayRoutes } from './usage/days.ts'
import { recentRoute } from './usage/recent.ts'
import { usageRoutes } from './usage/routes.ts'
import { unusedRoutes } from './usage/unused.ts'
import { wrappingRoutes } from './wrapping/routes.ts'

/** `sys/`: what administers the server, by family. */
export function systemBackend(services: SystemServices): SystemBackend {
  return {
    type: 'system',
    kind: 'secret',
    routes: [
      ...mountRoutes('secret', services),
      ...mountRoutes('auth', services),
      ...remountRoutes,
      ...policyRoutes,
      ...passwordPolicyRoutes,
      ...capabilityRoutes(services),
      ...explainRoutes(services),
      ...accessRoutes(services),
      ...quotaRoutes,
      corsRoute,
      ...pageHeaderRoutes,
      ...auditHeaderRoutes,
      ...auditRoutes(services.audit),
      ...auditLogRoutes(services.audit),
      ...leaseRoutes(services),
      ...lockedUserRoutes,
      ...openRoutes(services),
      ...eventRoutes,
      ...internalMountRoutes,
      internalSpacesRoute,
      internalPeopleRoute,
      ...activityRoutes(services),
      resultantAclRoute,
      openApiRoute(services),
      ...services.seal.system,
      services.metrics.system,
      ...toolRoutes,
      ...wrappingRoutes(services),
      ...usageRoutes(services),
      ...kvRoutes(services),
      ...dayRoutes(services),
      recentRoute(services),
      ...unusedRoutes(services),
      ...dutyRoutes(services),
      ...counterRoutes,
      ...pluginRoutes(services),
      hostRoute,
      inFlightRoute(services.process),
      ...loggerRoutes(services.process.log),
      versionHistoryRoute,
    ],
  }
}

import type { SystemBackend } from '../../backend/backend.ts'
import { aliasRoutes } from './entities/aliases.ts'
import { entityDetailsRoute } from './entities/details.ts'
import { entityRoutes } from './entities/entities.ts'
import { mergeRoutes } from './entities/merge.ts'
import { groupAliasRoutes } from './groups/aliases.ts'
import { groupDetailsRoute } from './groups/details.ts'
import { groupRoutes } from './groups/groups.ts'
import { lookupRoutes } from './lookup.ts'

/** `identity/`: people and services, the names that auth methods know them by, and their groups. */
export const identity: SystemBackend = {
  type: 'identity',
  kind: 'secret',
  routes: [
    ...entityRoutes,
    entityDetailsRoute,
    ...mergeRoutes,
    ...aliasRoutes,
    ...groupRoutes,
    groupDetailsRoute,
    ...groupAliasRoutes,
    ...lookupRoutes,
  ],
}

import type { SystemBackend } from '../../backend/backend.ts'
import { aliasRoutes } from './aliases.ts'
import { entityRoutes } from './entities.ts'
import { groupAliasRoutes } from './group-aliases.ts'
import { groupRoutes } from './groups.ts'
import { lookupRoutes } from './lookup.ts'

/** `identity/`: people and services, the names that auth methods know them by, and their groups. */
export const identity: SystemBackend = {
  type: 'identity',
  kind: 'secret',
  routes: [...entityRoutes, ...aliasRoutes, ...groupRoutes, ...groupAliasRoutes, ...lookupRoutes],
}

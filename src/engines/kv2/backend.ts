import { answer } from '../../backend/answers/answer.ts'
import type { Backend } from '../../backend/backend.ts'
import { route } from '../../backend/routes/route.ts'
import { dataRoute } from './data.ts'
import { metadataRoutes } from './metadata.ts'
import { rootRoute, wrongPath } from './paths.ts'
import { secrets } from './secrets.ts'
import { configRoute } from './settings.ts'
import { subkeysRoute } from './subkeys.ts'
import { versionRoutes } from './versions.ts'

/** KV version 2: every write of a secret adds a version, and versions can be read, deleted and destroyed. */
export const kv2: Backend = {
  type: 'kv',
  version: '2',
  kind: 'secret',
  secrets,
  routes: [
    dataRoute,
    ...metadataRoutes,
    ...versionRoutes,
    subkeysRoute,
    configRoute,
    ...['data', 'delete', 'undelete', 'destroy', 'subkeys'].map((part) => rootRoute(part)),
    route({
      path: '{path+}',
      summary: 'Tell that a path of version 1 was used.',
      answers: {
        read: answer.refusal,
        write: answer.refusal,
        patch: answer.refusal,
        delete: answer.refusal,
        list: answer.refusal,
      },
      operations: { read: wrongPath, update: wrongPath, patch: wrongPath, delete: wrongPath },
      list: wrongPath,
      scan: wrongPath,
    }),
  ],
}

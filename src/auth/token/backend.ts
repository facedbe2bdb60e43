import type { SystemBackend } from '../../backend/backend.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { createRoutes } from './create.ts'
import { detailsRoute } from './details.ts'
import { lookupRoutes } from './lookup.ts'
import { renewRoutes } from './renew.ts'
import { revokeRoutes } from './revoke.ts'
import { roleRoutes } from './role.ts'
import type { TokenServices } from './services.ts'

/** `auth/token`: tokens that make, look up, renew and revoke tokens. */
export function token(services: TokenServices): SystemBackend {
  return {
    type: 'token',
    kind: 'auth',
    routes: [
      ...createRoutes(services),
      ...lookupRoutes(services),
      detailsRoute(services),
      ...renewRoutes(services),
      ...revokeRoutes(services),
      ...roleRoutes,
      systemRoute({
        path: 'tidy',
        summary: 'Clear away what expired tokens left behind.',
        operations: {
          update: () => {
            services.sweepSoon()
            const text =
              'Tidy operation successfully started. Any information from the operation is in the log.'
            return { status: 202, warnings: [text] }
          },
        },
      }),
    ],
  }
}

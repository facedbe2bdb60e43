import type { SystemBackend } from '../../backend/backend.ts'
import type { SystemContext } from '../../backend/context.ts'
import { systemRoute } from '../../backend/route.ts'
import type { TokenTools } from '../../token/create.ts'
import type { TokenRecord } from '../../token/record.ts'
import type { TtlBounds } from '../../token/ttl.ts'
import { createRoutes } from './create.ts'
import { lookupRoutes } from './lookup.ts'
import { renewRoutes } from './renew.ts'
import { revokeRoutes } from './revoke.ts'
import { roleRoutes } from './roles.ts'

/** What the token method needs of the server. */
export type TokenServices = {
  tokens(): TokenTools
  /** The bounds that the auth method which made a token sets for its renewal; refuses by throwing. */
  renewalOf(
    context: SystemContext,
    record: TokenRecord,
  ): Promise<{ readonly period: number; readonly maxTtl: number; readonly mount: TtlBounds }>
  /** Starts the clearing away of expired tokens, as the sweep does by itself. */
  sweepSoon(): void
}

/** `auth/token`: tokens that make, look up, renew and revoke tokens. */
export function tokenBackend(services: TokenServices): SystemBackend {
  return {
    type: 'token',
    kind: 'auth',
    routes: [
      ...createRoutes(services),
      ...lookupRoutes(services),
      ...renewRoutes(services),
      ...revokeRoutes(services),
      ...roleRoutes,
      systemRoute({
        path: 'tidy',
        summary: 'Clear away what expired tokens left behind.',
        operations: {
          update: () => {
            services.sweepSoon()
            const text = 'Tidy operation successfully started. Any information from the operation is in the log.'
            return { status: 202, warnings: [text] }
          },
        },
      }),
    ],
  }
}

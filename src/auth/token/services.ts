import type { SystemContext } from '../../backend/context.ts'
import type { TokenTools } from '../../token/create.ts'
import type { TokenRecord } from '../../token/record.ts'
import type { TtlBounds } from '../../token/ttl.ts'

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

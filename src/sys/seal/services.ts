import type { SealKeeper } from '../../barrier/keeper/keeper.ts'

/** What the routes about the seal need of the node that runs them. */
export type SealServices = {
  keeper(): SealKeeper
  readonly version: string
  readonly hostname: string
  /** Where clients reach this node; empty when it is not configured. */
  readonly apiAddress: string
}

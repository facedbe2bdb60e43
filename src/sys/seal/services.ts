import type { SealKeeper } from '../../barrier/keeper/keeper.ts'

/** A process that serves the store. Times in milliseconds since 1970. */
export type ServingNode = {
  readonly row: {
    readonly hostname: string
    /** Where clients reach it; empty when it is not configured. */
    readonly apiAddress: string
    readonly clusterAddress: string
    readonly version: string
    /** When it was unsealed. */
    readonly since: number
  }
  readonly isSelf: boolean
  readonly lastBeat: number
  /** How far its clock is ahead of this one's, milliseconds; undefined while that is not known. */
  readonly skew: { readonly estimate: number; readonly error: number } | undefined
}

/** What the routes about the seal need of the node that runs them. */
export type SealServices = {
  keeper(): SealKeeper
  readonly version: string
  /** Whether the store is made for several machines. */
  readonly shared: boolean
  /** Who serves the store, this process first. @throws sealed */
  nodes(): readonly ServingNode[]
}

import type { Clock } from '../../base/clock.ts'
import type { CofferError } from '../../base/errors.ts'
import type { Random } from '../../base/random.ts'
import type { Store } from '../../storage/store.ts'
import type { Barrier } from '../barrier.ts'
import type { OpenBarrier } from '../open.ts'
import type { Formats } from '../rows.ts'
import type { Seal } from '../seals/seal.ts'

/** What a seal keeper works with, and what it asks of the server above it. */
export type KeeperOptions = {
  readonly store: Store
  /** The seal that the configuration names. Data of another seal is refused. */
  readonly seal: Seal
  readonly clock: Clock
  readonly random: Random
  /** What `sys/seal-status` says beside the seal's state. */
  readonly about: { readonly version: string; readonly buildDate: string; readonly storageType: string }
  /** What the program can read, if it is not this one. */
  readonly formats?: Formats | undefined
  /** Without it the name follows from the cluster's id. */
  readonly clusterName?: string | undefined
  /**
   * Writes what a new cluster begins with (mounts, policies, a root token) through the given store, which
   * lies in memory until all of it is committed at once.
   *
   * @returns the root token
   */
  readonly bootstrap: (ground: { readonly store: Store; readonly barrier: Barrier }) => Promise<string>
  /**
   * Makes a root token for `sys/generate-root`, on an unsealed node.
   *
   * @returns the token, {@link rootTokenLength} bytes long
   */
  readonly makeRootToken: () => Promise<string>
  /** Runs when the barrier is open and before the node counts as unsealed; when it throws, it stays sealed. */
  readonly opened?: (barrier: OpenBarrier) => Promise<void>
  /** Stays sealed at first, also with a seal that opens by itself, until it adopts what others of its node have. */
  readonly waits?: boolean
  /**
   * Runs before the keys of a node that is sealed on purpose are dropped, with the barrier still open. It
   * has to end soon, and cannot keep the node from being sealed.
   */
  readonly closing?: () => Promise<void>
  /** Told why the node could not go on and is sealed now. */
  readonly lost?: (error: CofferError) => void
  /** Runs after the keys were dropped. */
  readonly closed?: () => void
}

/** `hvs.` and 24 characters: what a root token, and so its one-time password, measures. */
export const rootTokenLength = 28

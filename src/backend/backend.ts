import type { RecordKind } from '../transaction/record.ts'
import type { Context } from './context.ts'
import type { SecretStore } from './kv/secrets.ts'
import type { Renewal, Renewed, TokenSettings } from './logins/login.ts'
import type { EngineRoute, SystemRoute } from './routes/route.ts'

/**
 * An engine or auth method: what the server mounts. It keeps no state of its own between requests; what it
 * stores lies in its mount's storage.
 */
export type Backend = {
  /** As in `sys/mounts`: `kv`, `jwt` … */
  readonly type: string
  readonly kind: 'secret' | 'auth'
  /** Where several backends share a type, as those of KV do: the mount option that chooses this one. */
  readonly version?: string
  readonly routes: readonly EngineRoute[]
  /** Engines of key-value secrets: what the server itself can do with one, past the routes. */
  readonly secrets?: SecretStore
  /** Auth methods: what a renewal of one of its tokens gets now; refused by throwing. */
  readonly renew?: (context: Context, renewed: Renewed) => Promise<Renewal>
  /** Auth methods: the rows that say what a login gets, each named after its role or user. */
  readonly grants?: Grants
}

/** `folder` lies below the mount and ends in `/`. */
export type Grants = {
  readonly folder: string
  readonly kind: RecordKind<{ readonly token: TokenSettings }>
}

/** A backend whose handlers use the server's own services. Cannot be mounted by users. */
export type SystemBackend = {
  readonly version?: undefined
  readonly type: string
  readonly kind: 'secret' | 'auth'
  readonly routes: readonly SystemRoute[]
}

import type { ConnectionOptions as TlsOptions } from 'node:tls'
import { type Counts, noCounts } from './connection/counts.ts'

/** A server: a host name, an address, or the folder of a Unix socket. */
export type Host = { readonly host: string; readonly port: number }

export type PostgresOptions = {
  /** Tried in this order, from the one that answered last; the first that takes writes is used. */
  readonly hosts: readonly Host[]
  readonly database: string
  readonly user: string
  /** Asked at each new connection, so that a password may change; absent where the server wants none. */
  readonly password?: (() => Promise<string>) | undefined
  /**
   * Asked at each new connection, too; absent for connections in clear. Without a `ca` the authorities that Node.js
   * knows are trusted. The name of the host is verified against the certificate.
   */
  readonly tls?: (() => Promise<Pick<TlsOptions, 'ca' | 'cert' | 'key'>>) | undefined
  /** The schema of the database that the tables lie in. */
  readonly schema?: string | undefined
  /** Whose slot this process uses: no two processes may share one. */
  readonly seat: { readonly node: string; readonly process: number }
  /** A file that remembers what was seen last, so that a database that lost data is recognised; absent for none. */
  readonly seenFile?: string | undefined
  /** Connections that this process opens at most; at least 4. */
  readonly maxConnections?: number | undefined
  /** Milliseconds after which a call without an answer counts as lost, and its connection is dropped. */
  readonly callTimeout?: number | undefined
  /** Milliseconds that a call goes on trying while no database answers. */
  readonly patience?: number | undefined
  /** Where it counts its round trips and connections. */
  readonly counts?: Counts | undefined
}

/** The options with what they are when they are not set. */
export type Settings = PostgresOptions & {
  readonly [N in 'schema' | 'maxConnections' | 'callTimeout' | 'patience' | 'counts']: NonNullable<
    PostgresOptions[N]
  >
}

export const withDefaults = (options: PostgresOptions): Settings => ({
  ...options,
  schema: options.schema ?? 'public',
  maxConnections: options.maxConnections ?? 24,
  callTimeout: options.callTimeout ?? 5000,
  patience: options.patience ?? 10_000,
  counts: options.counts ?? noCounts(),
})

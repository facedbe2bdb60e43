import type { Broker } from '../audit/broker.ts'
import type { Grants } from '../backend/backend.ts'
import type { SystemContext } from '../backend/context.ts'
import type { SecretStore } from '../backend/kv/secrets.ts'
import type { Mount, MountTableName } from '../backend/mounts/mount.ts'
import type { Operation } from '../backend/routes/operation.ts'
import type { RequestPath } from '../backend/routes/path.ts'
import type { SystemRoute } from '../backend/routes/route.ts'
import type { Entrant } from '../backend/spaces/entry.ts'
import type { JsonObject } from '../base/json/json.ts'
import type { Acl, Question, Verdict } from '../policy/acl.ts'
import type { ListOptions, StoreLimits } from '../storage/store.ts'
import type { TokenTools } from '../token/create.ts'
import type { TtlBounds } from '../token/ttl.ts'
import type { Transaction } from '../transaction/transaction.ts'
import type { Days } from '../usage/days/days.ts'
import type { Journal } from '../usage/journal/journal.ts'
import type { SecretName } from '../usage/notes.ts'
import type { Usage } from '../usage/usage.ts'
import type { MetricsRoutes } from './metrics/routes.ts'
import type { ProcessServices } from './process/services.ts'
import type { SealRoutes } from './seal/routes.ts'

/** What a mount type is, as far as `sys` needs to know. */
export type MountType = {
  readonly table: MountTableName
  readonly type: string
  readonly mountable: boolean
}

/** What serves mounts, for the description of the API. */
export type Served = MountType & {
  /** Where several share a type: which of them it is. */
  readonly version?: string
  /** Their declarations are looked at, and never called. */
  readonly routes: readonly SystemRoute[]
}

/** A mount of key-value secrets as one caller may list it. */
export type SecretFolders = {
  /** The mount's UUID. */
  readonly mount: string
  /** The folder that was asked about, below the mount: empty, or ending in `/`. */
  readonly folder: string
  /** Where a secret is read, mount included. */
  pathOf(secret: string): string
  /**
   * The names in a folder below the mount that the plain list would show; undefined where the caller may not
   * list it. `after` is a name that was shown.
   */
  names(folder: string, options: ListOptions): Promise<readonly string[] | undefined>
}

/** A request that somebody might make. */
export type Asked = {
  readonly operation: Operation
  readonly path: RequestPath
  readonly fields: JsonObject
  readonly wrapTtl: number | undefined
}

/** Who might make it: their rules, and what an owner guard looks at, one for each way that they might come. */
export type Holder = {
  readonly acl: Acl
  readonly entrants: readonly Entrant[]
  /** Who is told: of a mount that these rules reach nothing in, as where there is none. Everything without it. */
  readonly told?: Acl | undefined
}

/** What a request would come to. */
export type Judgement = {
  /** What the rules were asked, which is not always what was asked for: of the one spelling of a name, with `sudo`. */
  readonly question: Question
  readonly verdict: Verdict
  /** It is answered to whoever asks, without a token. */
  readonly isOpen: boolean
  /** There is a mount for the path. */
  readonly hasMount: boolean
  /** Whether the path lies in the space of a person, and whether these holders may enter it. */
  readonly space: 'none' | 'entered' | 'closed'
  /** What the spaces configuration made and keeps as it is. */
  readonly isFixed: boolean
}

/** What the `sys` routes need of the node that runs them. */
export type SystemServices = {
  tokens(): TokenTools
  readonly systemTtl: TtlBounds
  /** The type that serves a mount with these options, or undefined. */
  typeOf(mount: Pick<Mount, 'table' | 'type' | 'options'>): MountType | undefined
  /** All types that are built in and can be mounted. */
  mountTypes(): readonly MountType[]
  readonly process: ProcessServices
  /** What the server can do with the secrets of a mount; undefined where it holds none of key-value. */
  secretsOf(mount: Mount): SecretStore | undefined
  /** The rows of an auth mount that say what a login gets; undefined where it has none. */
  grantsOf(mount: Mount): Grants | undefined
  /** All that can serve a mount. */
  served(): readonly Served[]
  servedBy(mount: Mount): Served | undefined
  /** Of the store. @throws sealed */
  limits(): StoreLimits
  /** Has moves that are under way go on soon. */
  movesSoon(): void
  /** Has the sweep clear away a removed mount's rows, expired leases and revoked tokens soon. */
  sweepSoon(): void
  readonly version: string
  readonly seal: SealRoutes
  readonly metrics: MetricsRoutes
  /** @throws sealed */
  audit(): Broker
  readonly duties: {
    show(tx: Transaction): Promise<JsonObject>
    showStoreCheck(tx: Transaction): Promise<JsonObject>
  }
  /** @throws sealed */
  usage(): Usage
  /** @throws sealed */
  days(): Days
  /** @throws sealed */
  journal(): Journal
  /**
   * Whether the caller may do something at a path, by the policies and the owner guard of the plain call; with
   * `guard`, by the guard alone.
   *
   * @throws no_handler
   */
  may(
    context: SystemContext,
    operation: 'read' | 'delete',
    path: RequestPath,
    part?: 'all' | 'guard',
  ): Promise<boolean>
  /** What a plain request would come to, by policies and owner guards, for whoever has these rules. */
  judge(tx: Transaction, asked: Asked, holder: Holder): Promise<Judgement>
  /**
   * The secret at a path, for callers who may read or update it and pass its owner guard.
   *
   * @throws policy_denied, no_handler, unsupported_path
   */
  secretAt(context: SystemContext, path: string): Promise<SecretName>
  /**
   * The folder of secrets at a path, for callers who may list it and pass its owner guard.
   *
   * @throws policy_denied, no_handler, unsupported_path
   */
  secretFolders(context: SystemContext, path: string): Promise<SecretFolders>
}

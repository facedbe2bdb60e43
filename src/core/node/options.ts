import type { BrokerParts } from '../../audit/broker.ts'
import type { Seal } from '../../barrier/seals/seal.ts'
import type { Clock } from '../../base/clock.ts'
import type { CofferError } from '../../base/errors.ts'
import type { Random } from '../../base/random.ts'
import type { OpenStorage } from '../../storage/open.ts'
import type { Store } from '../../storage/store.ts'
import type { LogLevel } from '../../sys/process/services.ts'
import type { TtlBounds } from '../../token/ttl.ts'
import type { AuditConfig } from '../config/audit.ts'
import type { Report } from '../report.ts'
import type { SpacesSettings } from '../spaces/settings.ts'
import type { Program } from '../version.ts'
import type { Peers } from '../workers/peers.ts'
import type { FirstMount } from './first-rows.ts'

/** What one node stands on, and what its operator decided. */
export type NodeOptions = {
  readonly store: Store
  readonly seat: OpenStorage['seat']
  readonly checkStore?: OpenStorage['check'] | undefined
  readonly measureStore?: OpenStorage['measure'] | undefined
  readonly storageType: string
  /** What runs, if it is not this version. */
  readonly program?: Program | undefined
  readonly seal: Seal
  readonly clock: Clock
  readonly random: Random
  readonly systemTtl: TtlBounds
  readonly clusterName?: string | undefined
  /** Where clients reach this node. */
  readonly apiAddress?: string | undefined
  /** Shown to those who ask who leads. */
  readonly clusterAddress?: string | undefined
  /** Whether the store is made for several machines. */
  readonly shared?: boolean | undefined
  /** Folders in which no audit log may lie. */
  readonly dataFolders: readonly string[]
  /** The folder below which requests may have audit logs; without it they have none. */
  readonly auditFolder: string | undefined
  readonly spaces: readonly SpacesSettings[]
  readonly audit: readonly AuditConfig[]
  /** KV engines that a new cluster begins with. */
  readonly firstMounts?: readonly FirstMount[]
  /** An id for the first root token, for development. */
  readonly rootTokenId?: string | undefined
  /** Whether metrics are served in the form of Prometheus, too; so unless it is false. */
  readonly prometheus?: boolean | undefined
  readonly report: Report
  /** Told why the node cannot serve this store any more, whatever is done to unseal it: the process has to end. */
  readonly unusable?: ((error: CofferError) => void) | undefined
  /** The level of the log that the reports go to. */
  readonly log?: LogLevel | undefined
  /** The other workers of this node; absent where one process is all of it. */
  readonly peers?: Peers | undefined
  /** For tests: what stands in for the files of audit devices, and for the time that they may take. */
  readonly auditParts?: Pick<BrokerParts, 'open' | 'timer'>
}

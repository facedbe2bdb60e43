import type { Random } from '../../base/random.ts'
import type { StorageKey } from '../../storage/store.ts'
import type { UserLockout } from '../lockout/rule.ts'

/** Where a mount is routed: secrets engines at their path, auth methods below `auth/`. */
export type MountTableName = 'secret' | 'auth'

/** Settings of one mount. TTLs in seconds, 0 for the system's. */
export type MountConfig = {
  readonly defaultLeaseTtl: number
  readonly maxLeaseTtl: number
  readonly forceNoCache: boolean
  readonly listingVisibility?: 'unauth' | 'hidden' | ''
  /** Auth methods: what kind of token logins get. */
  readonly tokenType?: 'default-service' | 'default-batch' | 'service' | 'batch'
  readonly auditNonHmacRequestKeys?: readonly string[]
  readonly auditNonHmacResponseKeys?: readonly string[]
  readonly passthroughRequestHeaders?: readonly string[]
  readonly allowedResponseHeaders?: readonly string[]
  /** Auth methods with passwords: when they lock a user out. */
  readonly userLockout?: UserLockout
  /** Lists show all names, not only those that the caller may reach. */
  readonly showAllNames?: boolean
  /** KV: seconds that a deleted secret can be restored; without it, or with 0, it is gone at once. */
  readonly deletedSecretsTtl?: number
}

/** One row of the mount table. */
export type Mount = {
  readonly table: MountTableName
  /** With a trailing slash; for auth methods without the leading `auth/`. */
  readonly path: string
  readonly type: string
  readonly uuid: string
  readonly accessor: string
  readonly description: string
  readonly options: Readonly<Record<string, string>> | null
  readonly local: boolean
  readonly sealWrap: boolean
  readonly config: MountConfig
  /** KV: when the mount began to keep versions, for what it had before. Milliseconds. */
  readonly versionedSince?: number
  /** The name of the spaces configuration that made it; such a mount has an owner guard. */
  readonly spaces?: string
  /** Folders below which each folder has an owner; none is ever taken off. See `peopleOf`. */
  readonly people?: readonly string[]
}

/** What a mount may be made with; the rest is as it is for a mount of which nothing was said. */
export type MountPlan = Pick<Mount, 'table' | 'path' | 'type'> & Partial<Omit<Mount, 'uuid' | 'accessor'>>

/** Neither says anything, so that the system's TTLs hold. */
export const noConfig: MountConfig = { defaultLeaseTtl: 0, maxLeaseTtl: 0, forceNoCache: false }

/** A mount that no other is: its rows and its accessor are its own. */
export function newMount(random: Random, plan: MountPlan): Mount {
  const prefix = plan.table === 'auth' ? 'auth_' : ''
  return {
    uuid: random.uuid(),
    accessor: `${prefix}${plan.type}_${random.bytes(4).toString('hex')}`,
    description: '',
    options: null,
    local: false,
    sealWrap: false,
    config: noConfig,
    ...plan,
  }
}

/** The path below `/v1/` that requests to a mount begin with. */
export function mountPoint(mount: Mount): string {
  return mount.table === 'auth' ? `auth/${mount.path}` : mount.path
}

const builtInEngines: ReadonlySet<string> = new Set(['sys/', 'identity/', 'cubbyhole/'])

/** Whether every server has the mount, where every client looks for it. */
export function isBuiltIn({ table, path }: Pick<Mount, 'table' | 'path'>): boolean {
  return table === 'auth' ? path === 'token/' : builtInEngines.has(path)
}

/** The rows that belong to one mount lie below this prefix. */
export function mountPrefix(mount: Pick<Mount, 'uuid'>): string {
  return `ns/root/mount/${mount.uuid}/`
}

/** @param name below the mount's own prefix; validated where paths enter */
export function mountKey(mount: Pick<Mount, 'uuid'>, name: string): StorageKey {
  return (mountPrefix(mount) + name) as StorageKey
}

/** The TTLs that hold for a mount: its own where set, else the system's. Seconds. */
export function effectiveTtl(
  { config }: Mount,
  system: { readonly default: number; readonly max: number },
): { default: number; max: number } {
  const max = config.maxLeaseTtl || system.max
  return { default: Math.min(config.defaultLeaseTtl || system.default, max), max }
}

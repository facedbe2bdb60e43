import type { SealRow } from '../seals/row.ts'
import { shareCounts } from './host.ts'
import type { KeeperOptions } from './options.ts'

/** As in `sys/seal-status`: `t` of `n` shares are needed, `progress` of them were given to this node. */
export type SealStatus = {
  type: string
  initialized: boolean
  sealed: boolean
  t: number
  n: number
  progress: number
  nonce: string
  version: string
  /** The same under the two names that clients know. */
  build_date: string
  commit_date: string
  migration: false
  cluster_name?: string
  cluster_id?: string
  /** Whether the seal opens by itself, and shares only authorise. */
  recovery_seal: boolean
  storage_type: string
}

/** @param row the seal row; undefined while the store is not initialised */
export function describeSeal(
  { seal, about, clusterName }: KeeperOptions,
  row: SealRow | undefined,
  { open, progress, nonce }: { readonly open: boolean; readonly progress: number; readonly nonce: string },
): SealStatus {
  const { shares, threshold } = row === undefined ? { shares: 0, threshold: 0 } : shareCounts(row)
  const cluster = row !== undefined && open ? nameCluster(row, clusterName) : {}
  return {
    type: seal.type,
    initialized: row !== undefined,
    sealed: !open,
    t: threshold,
    n: shares,
    progress,
    nonce,
    version: about.version,
    build_date: about.buildDate,
    commit_date: about.buildDate,
    migration: false,
    ...cluster,
    recovery_seal: seal.kind === 'auto',
    storage_type: about.storageType,
  }
}

function nameCluster({ clusterId }: SealRow, name: string | undefined) {
  return { cluster_name: name ?? `coffer-cluster-${clusterId.slice(0, 8)}`, cluster_id: clusterId }
}

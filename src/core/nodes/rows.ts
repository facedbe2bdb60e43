import type { StorageKey } from '../../storage/store.ts'
import { jsonRecord } from '../../transaction/record.ts'

/** Below it lies a row for each process that serves the store: `cluster/nodes/<node>/<process>`. */
export const nodesPrefix = 'cluster/nodes/'

/** What a process says of itself, written again with every beat. Times in milliseconds since 1970. */
export type NodeRow = {
  /** Names this run of the process; an earlier one at the same place had another. */
  readonly id: string
  readonly hostname: string
  /** Where clients reach it; empty when it is not configured. */
  readonly apiAddress: string
  readonly clusterAddress: string
  readonly version: string
  /** The oldest and the newest format of the store that it can read. */
  readonly formats: { readonly oldest: number; readonly newest: number }
  /** When it was unsealed. */
  readonly since: number
  /** Its own clock at this beat. */
  readonly wall: number
}

export const nodeRows = jsonRecord<NodeRow>('node')
export const nodeKey = (seat: { readonly node: string; readonly process: number }) =>
  `${nodesPrefix}${seat.node}/${seat.process}` as StorageKey

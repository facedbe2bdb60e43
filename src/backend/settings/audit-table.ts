import type { StorageKey } from '../../storage/store.ts'
import { jsonRecord } from '../../transaction/record.ts'

/** One audit device as it was enabled. Options are texts, as clients send them. */
export type AuditEntry = {
  readonly path: string
  readonly type: string
  readonly uuid: string
  readonly description: string
  readonly local: boolean
  readonly options: Readonly<Record<string, string>>
}

/** All audit devices, in one row that every request reads. */
export type AuditTable = {
  readonly devices: readonly AuditEntry[]
  /** Request headers to record, in lower case. */
  readonly headers?: readonly (readonly [name: string, { readonly hmac: boolean }])[]
  /** There are rate limits: every request learns so here, and reads their row only then. */
  readonly limited?: boolean
}

export const auditKey = 'ns/root/audit' as StorageKey
export const auditRecords = jsonRecord<AuditTable>('audit table')

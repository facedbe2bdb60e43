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
  /** Files that a device with `log_raw` wrote: who may read logs through the API reads none of these. */
  readonly clear?: readonly string[]
}

/** The table with a file as one that holds values in clear, from now on. */
export function withClearFile(table: AuditTable, file: string | undefined): AuditTable {
  const { clear = [] } = table
  return file === undefined || clear.includes(file) ? table : { ...table, clear: [...clear, file] }
}

export const auditKey = 'ns/root/audit' as StorageKey
export const auditRecords = jsonRecord<AuditTable>('audit table')

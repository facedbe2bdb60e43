import { clearFile, deviceOptions } from '../../audit/options.ts'
import type { MountTable } from '../../backend/mounts/mount-table.ts'
import {
  type AuditEntry,
  type AuditTable,
  auditKey,
  auditRecords,
  withClearFile,
} from '../../backend/settings/audit-table.ts'
import { isFailure } from '../../base/errors.ts'
import type { Random } from '../../base/random.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import type { AuditConfig } from '../config/audit.ts'

/** Brings the audit devices of the configuration file into the table; what the API enabled stays. */
export async function declareAudit(
  tx: Transaction,
  random: Random,
  declared: readonly AuditConfig[],
): Promise<void> {
  if (declared.length === 0) return
  const table = (await tx.get(auditRecords, auditKey)) ?? { devices: [] }
  const devices = [...table.devices]
  for (const { name, type, description, options } of declared) {
    const at = devices.findIndex(({ path }) => path === `${name}/`)
    const before = devices[at]
    if (before !== undefined && same(before, { type, options })) continue
    const device: AuditEntry = {
      path: `${name}/`,
      type,
      uuid: random.uuid(),
      description,
      local: false,
      options,
    }
    if (at < 0) devices.push(device)
    else devices[at] = device
  }
  if (JSON.stringify(devices) !== JSON.stringify(table.devices))
    tx.put(auditRecords, auditKey, withClearFiles({ ...table, devices }, [...table.devices, ...devices]))
}

const withClearFiles = (table: AuditTable, devices: readonly AuditEntry[]): AuditTable =>
  devices.reduce((before, { type, options }) => withClearFile(before, clearFile(type, options)), table)

const same = (before: AuditEntry, { type, options }: Pick<AuditEntry, 'type' | 'options'>) =>
  before.type === type && JSON.stringify(before.options) === JSON.stringify(options)

/** What to say about devices that would show everything in clear, and do not where there are spaces. */
export function rawWithoutEffect(table: AuditTable | undefined, { hasSpaces }: MountTable): string[] {
  if (!hasSpaces || table === undefined) return []
  return table.devices
    .filter(({ type, options }) => isRaw(type, options))
    .map(({ path }) => `audit device ${path}: log_raw has no effect while there are spaces`)
}

/** A row that cannot be understood shows nothing; its device says so. */
function isRaw(type: string, options: AuditEntry['options']): boolean {
  try {
    return deviceOptions(type, options).render.raw
  } catch (error) {
    if (isFailure(error, 'invalid_request')) return false
    throw error
  }
}

import type { SealStatus } from '../../client/index.ts'
import { cell } from '../output/cell.ts'

/** A seal status as rows; also what unsealing shows. */
export function sealRows(status: SealStatus): string[][] {
  const shares = status.recovery_seal ? 'Total Recovery Shares' : 'Total Shares'
  const rows = [
    ['Seal Type', status.type],
    ['Initialized', String(status.initialized)],
    ['Sealed', String(status.sealed)],
    [shares, String(status.n)],
    ['Threshold', String(status.t)],
  ]
  if (status.sealed) {
    rows.push(['Unseal Progress', `${status.progress}/${status.t}`], ['Unseal Nonce', status.nonce || 'n/a'])
  }
  const more = [
    ['Version', status.version],
    ['Build Date', cell(status.body.build_date)],
    ['Storage Type', status.storage_type],
    ['Cluster Name', status.cluster_name],
    ['Cluster ID', status.cluster_id],
  ]
  return [...rows, ...more.filter(([, value]) => value !== '')]
}

import { fail, isFailure } from '../../base/errors.ts'
import type { Version } from '../../storage/store.ts'
import { corrupt } from '../envelope.ts'
import type { OpenBarrier } from '../open.ts'
import { checkFormat, formatKey, sealKey } from '../rows.ts'
import { isRecovery } from '../seals/recovery.ts'
import { bindingOf, parseSealRow, type SealRow } from '../seals/row.ts'
import type { KeeperOptions } from './options.ts'

/** The seal row of an initialised store. */
export type StoredSeal = { readonly row: SealRow; readonly version: Version }

/** What rekeying and the making of a root token need of the keeper. */
export type KeeperHost = {
  readonly options: KeeperOptions
  /** @throws sealed */
  barrier(): OpenBarrier
}

/**
 * Reads the seal row, or undefined when the store is not initialised.
 *
 * @throws storage_format, corrupt; invalid_config when the data has another seal than the configuration names
 */
export async function readSeal({ store, seal, formats }: KeeperOptions): Promise<StoredSeal | undefined> {
  const [format, stored] = await store.read([formatKey, sealKey])
  if (format === undefined && stored === undefined) return undefined
  checkFormat(format, formats)
  if (typeof stored !== 'object') corrupt(sealKey)
  const row = parseSealRow(stored.value)
  if (row.type !== seal.type) {
    fail('invalid_config', `the data is sealed by "${row.type}" and the configuration names "${seal.type}"`)
  }
  return { row, version: stored.version }
}

/** @throws invalid_request when the store is not initialised */
export async function requireSeal(options: KeeperOptions): Promise<StoredSeal> {
  return (await readSeal(options)) ?? fail('invalid_request', 'Vault is not initialized')
}

/** How many shares there are and how many are needed to authorise something; none when nobody holds any. */
export function shareCounts({ shares, threshold, recovery }: SealRow): { shares: number; threshold: number } {
  return recovery ?? { shares, threshold }
}

/**
 * Whether shares are those that authorise: of the seal key, or of the recovery key where the seal opens by
 * itself.
 *
 * @throws invalid_request when the shares cannot belong together
 */
export async function areRightShares(
  { options, barrier }: KeeperHost,
  { row }: StoredSeal,
  shares: readonly Buffer[],
): Promise<boolean> {
  const { seal } = options
  if (seal.kind === 'auto')
    return row.recovery !== undefined && isRecovery(row.recovery, row.clusterId, shares)
  const key = await seal.combine(shares)
  try {
    const root = seal.unwrap(key, row.root, bindingOf(row))
    // Another node may have replaced the root key a moment ago.
    if (!barrier().isRoot(root)) await barrier().reload()
    return barrier().isRoot(root)
  } catch (error) {
    if (isFailure(error, 'corrupt')) return false
    throw error
  }
}

export const wrongShares =
  'invalid key: failed to decrypt keys from storage: cipher: message authentication failed'

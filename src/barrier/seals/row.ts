import { corrupt } from '../envelope.ts'
import { isWhole, jsonBytes, parseRow, sealKey } from '../rows.ts'

/**
 * The row `cluster/seal`, in clear but for the root key in it. `recovery` stands beside a seal that opens by
 * itself: shares that authorise, and open nothing.
 */
export type SealRow = SealFields & {
  /** The root key, as the seal wrapped it. */
  readonly root: Buffer
}

/** What is authenticated together with the root key. */
export type SealFields = {
  readonly type: string
  readonly clusterId: string
  /** 0 for a seal that opens by itself. */
  readonly shares: number
  readonly threshold: number
  readonly recovery?: Recovery | undefined
}

/** @property verifier hex, HMAC-SHA-256 under the recovery key; see `recovery.ts` */
export type Recovery = { readonly shares: number; readonly threshold: number; readonly verifier: string }

/** The text that the root key is bound to: any change to a field makes it fail to open. */
export function bindingOf({ type, clusterId, shares, threshold, recovery }: SealFields): string {
  const parts = recovery === undefined ? [] : [recovery.shares, recovery.threshold, recovery.verifier]
  return JSON.stringify([sealKey, type, clusterId, shares, threshold, ...parts])
}

export function encodeSealRow({ root, ...fields }: SealRow): Buffer {
  return jsonBytes({ ...fields, root: root.toString('base64') })
}

/** @throws corrupt when the row has not the shape that {@link encodeSealRow} gives it */
export function parseSealRow(bytes: Uint8Array): SealRow {
  const { type, clusterId, shares, threshold, recovery, root } = parseRow(sealKey, bytes)
  if (typeof type !== 'string' || typeof clusterId !== 'string' || typeof root !== 'string') corrupt(sealKey)
  // The id becomes a file name.
  if (!/^[0-9a-f-]{36}$/.test(clusterId)) corrupt(sealKey)
  if (!isWhole(shares, 0, 255) || !isWhole(threshold, 0, shares)) corrupt(sealKey)
  return {
    type,
    clusterId,
    shares,
    threshold,
    recovery: recovery === undefined ? undefined : parseRecovery(recovery),
    root: Buffer.from(root, 'base64'),
  }
}

function parseRecovery(value: unknown): Recovery {
  // Each property is looked at below before anything relies on it.
  const { shares, threshold, verifier } = (value ?? {}) as Partial<Recovery>
  if (!isWhole(shares, 1, 255) || !isWhole(threshold, 1, shares) || typeof verifier !== 'string')
    corrupt(sealKey)
  return { shares, threshold, verifier }
}

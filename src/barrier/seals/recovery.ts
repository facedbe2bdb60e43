import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Random } from '../../base/random.ts'
import type { Recovery } from './row.ts'
import { combineShares, splitKey } from './shamir.ts'

/** Makes a recovery key, which lets people authorise what a seal that opens by itself cannot. */
export async function newRecovery(
  random: Random,
  clusterId: string,
  shares: number,
  threshold: number,
): Promise<{ recovery: Recovery; shares: Buffer[] }> {
  const split = await splitKey(random, shares, threshold)
  const bytes = split.key.export()
  const recovery = { shares, threshold, verifier: verifierOf(bytes, clusterId).toString('hex') }
  bytes.fill(0)
  return { recovery, shares: split.shares }
}

/** Whether shares make the recovery key. */
export async function isRecovery(
  { verifier }: Recovery,
  clusterId: string,
  shares: readonly Buffer[],
): Promise<boolean> {
  const bytes = await combineShares(shares)
  const made = verifierOf(bytes, clusterId)
  bytes.fill(0)
  const stored = Buffer.from(verifier, 'hex')
  return stored.length === made.length && timingSafeEqual(stored, made)
}

/** The key is 256 random bits, so nobody finds it from this. */
const verifierOf = (key: Buffer, clusterId: string) =>
  createHmac('sha256', key).update(`coffer recovery ${clusterId}`).digest()

import { fail } from '../../base/errors.ts'
import type { StorageKey } from '../../storage/store.ts'
import { isWhole, parseRow, rotationKey } from '../rows.ts'

/** When a new key term is made without being asked for; stored at {@link rotationKey}. */
export type RotationConfig = {
  /** Switches both rules below on. The limit of AES-GCM ({@link maxOperationsLimit}) holds all the same. */
  readonly enabled: boolean
  /** Seconds after which a term is retired; 0 for no limit. */
  readonly interval: number
  /** Encryptions after which a term is retired, by all nodes together. */
  readonly maxOperations: number
}

export const minInterval = 24 * 3600
/** Longer than that is no interval: 100 years. */
export const maxInterval = 100 * 366 * 24 * 3600
export const minOperations = 1_000_000
/** Nine tenths of the 2^32 random nonces that NIST SP 800-38D §8.3 allows one key. */
export const maxOperationsLimit = 3_865_470_566

export const defaultRotation: RotationConfig = {
  enabled: true,
  interval: 0,
  maxOperations: maxOperationsLimit,
}

/** @throws invalid_request when a value is out of range */
export function checkRotation(config: RotationConfig): RotationConfig {
  if (config.interval !== 0 && !(config.interval >= minInterval)) {
    fail('invalid_request', 'interval must be greater or equal to 24h0m0s')
  }
  if (config.interval > maxInterval) fail('invalid_request', 'interval must be at most 100 years')
  if (!isWhole(config.maxOperations, minOperations, maxOperationsLimit)) {
    fail('invalid_request', `max_operations must be in the range [${minOperations},${maxOperationsLimit}]`)
  }
  return config
}

/** Reads the row in clear; what a row does not say is as in {@link defaultRotation}. */
export function parseRotation(bytes: Uint8Array, key: StorageKey = rotationKey): RotationConfig {
  // The barrier proved that we wrote these bytes, so what is there has its type.
  return { ...defaultRotation, ...(parseRow(key, bytes) as Partial<RotationConfig>) }
}

/** Encryptions that one term may be used for. */
export function operationsLimit({ enabled, maxOperations }: RotationConfig): number {
  return enabled ? maxOperations : maxOperationsLimit
}

/** Whether a term that was installed then is too old now. Milliseconds. */
export function isOverdue({ enabled, interval }: RotationConfig, installed: number, now: number): boolean {
  return enabled && interval > 0 && now - installed >= interval * 1000
}

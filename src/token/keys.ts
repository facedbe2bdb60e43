import { createSecretKey, type KeyObject } from 'node:crypto'
import type { Barrier } from '../barrier/barrier.ts'

/** The cluster's keys for tokens: one hashes their ids, one encrypts batch tokens. */
export type TokenKeys = { readonly id: KeyObject; readonly batch: KeyObject }

export function tokenKeys(barrier: Barrier): TokenKeys {
  return {
    id: createSecretKey(barrier.derive('token/id')),
    batch: createSecretKey(barrier.derive('token/batch')),
  }
}

import type { KeyObject } from 'node:crypto'
import { openEnvelope, rootTerm, sealEnvelope } from '../envelope.ts'
import { takeSecret } from '../keyring/keyring.ts'
import { createNonceSource } from '../nonce.ts'

/**
 * What protects the root key. The wrapped root key lies in the row `cluster/seal`, whose other fields
 * (`binding`) are authenticated with it.
 *
 * There are two kinds: a seal that opens by itself, with a key that it holds or has a service hold, and a
 * seal whose key is in the hands of people.
 */
export type Seal = AutoSeal | ShareSeal

export type AutoSeal = {
  readonly kind: 'auto'
  /** As in `sys/seal-status`. */
  readonly type: string
  /**
   * Makes what a new cluster needs, such as a key file.
   *
   * @returns what takes it back when the cluster is not made after all
   */
  prepare(clusterId: string): Promise<{ undo(): Promise<void> }>
  wrap(clusterId: string, root: KeyObject, binding: string): Promise<Buffer>
  /** @throws invalid_config when the seal's key is missing or not safe; corrupt when it does not fit */
  unwrap(clusterId: string, wrapped: Buffer, binding: string): Promise<KeyObject>
}

export type ShareSeal = {
  readonly kind: 'shares'
  readonly type: string
  /** Makes a new seal key and splits it. Whoever calls this zeroes the shares. */
  split(shares: number, threshold: number): Promise<{ key: KeyObject; shares: Buffer[] }>
  /** The key that shares make, right or wrong. @throws invalid_request when they cannot belong together */
  combine(shares: readonly Buffer[]): Promise<KeyObject>
  wrap(key: KeyObject, root: KeyObject, binding: string): Buffer
  /** @throws corrupt when the key is not the one it was wrapped with */
  unwrap(key: KeyObject, wrapped: Buffer, binding: string): KeyObject
}

/** Wraps the root key under a seal's key: an envelope of term 0 whose associated data is the binding. */
export function wrapRoot(key: KeyObject, root: KeyObject, binding: string): Buffer {
  const plain = root.export()
  try {
    return sealEnvelope(key, rootTerm, nonces, binding, plain)
  } finally {
    plain.fill(0)
  }
}

/** @throws corrupt when the key or the binding is another one */
export function unwrapRoot(key: KeyObject, wrapped: Buffer, binding: string): KeyObject {
  return takeSecret(openEnvelope(key, binding, wrapped))
}

const nonces = createNonceSource()

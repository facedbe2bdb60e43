import type { Clock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import type { StorageKey, Store } from '../storage/store.ts'
import { corrupt, openEnvelope, sealEnvelope, termOf } from './envelope.ts'
import type { Keyring, Term } from './keyring/keyring.ts'
import type { Keys } from './keyring/keys.ts'
import type { Block, Meter } from './keyring/meter.ts'
import { refuseIfMoved } from './moved.ts'
import type { NonceSource } from './nonce.ts'

/** What the parts of an open barrier share. */
export type Inner = {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly nonces: NonceSource
  readonly meter: Meter
  /** @throws sealed once the barrier is closed */
  keys(): Keys
  /** Brings keys into use, with a block of encryptions under their active term. */
  publish(keys: Keys, block?: Block): void
  /** The keys as the store has them now; `known` itself when nothing has changed. */
  fresh(known: Keys): Promise<Keys>
  /** Brings the store's keys into use. Not to be called while reserving, which reloading may have to do. */
  reload(): Promise<void>
}

/** How often a commit that collides with other nodes is tried. */
export const maxAttempts = 20

/**
 * @throws corrupt when the value does not open, or its term is in no keyring; storage_moved when it says that the data
 * is in another store now
 */
export function openStored(keyring: Keyring, key: StorageKey, stored: Uint8Array): Buffer {
  const term = termOf(stored)
  const found = term === undefined ? undefined : keyring.terms.get(term)
  if (found === undefined) {
    refuseIfMoved(stored)
    corrupt(key)
  }
  return openEnvelope(found.secret, key, stored)
}

/** Encrypts a row of the barrier's own, whose encryption the caller accounts for. */
export function sealOwnRow(
  { nonces }: Pick<Inner, 'nonces'>,
  { term, secret }: Pick<Term, 'term' | 'secret'>,
  key: StorageKey,
  plain: Uint8Array,
) {
  return { key, value: sealEnvelope(secret, term, nonces, key, plain) }
}

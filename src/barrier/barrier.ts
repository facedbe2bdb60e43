import type { Expectation, StorageKey } from '../storage/store.ts'

/**
 * The open barrier: what lies between the rows in clear and the rows on disk. It exists only while the node
 * is unsealed; sealing zeroes its keys and makes every later call fail with `sealed`.
 */
export interface Barrier {
  /** Encrypts a value for one storage key. The same bytes under another key will not open. */
  encrypt(key: StorageKey, plain: Uint8Array): Uint8Array
  /**
   * Opens a value that {@link encrypt} made.
   *
   * @throws corrupt when the value was changed, cut short or moved from another key; storage_moved when all data is
   * in another store now
   */
  decrypt(key: StorageKey, stored: Uint8Array): Uint8Array
  /** Whether the term that a stored value names is in the keyring in memory; if not, {@link reload} first. */
  knows(stored: Uint8Array): boolean
  /** Reads the keyring again, after another node rotated it. */
  reload(): Promise<void>
  /**
   * The rows that every commit expects: the storage format, the keyring and the incarnation, so that a
   * lagging node writes neither under a retired key nor in an old format, nor into data that was restored
   * from a backup under it.
   */
  expectations(): readonly Expectation[]
  /** A key of 32 bytes derived (HKDF-SHA-256) for one purpose; stable for the life of the cluster. */
  derive(purpose: string): Buffer
}

import { hkdfSync, type KeyObject } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { type CofferError, fail, isFailure } from '../base/errors.ts'
import { lineUp } from '../base/line-up.ts'
import type { Random } from '../base/random.ts'
import type { Store } from '../storage/store.ts'
import type { Barrier } from './barrier.ts'
import { sealEnvelope, termOf } from './envelope.ts'
import { type Inner, openStored } from './inner.ts'
import { keyBytes } from './keyring/keyring.ts'
import { type Keys, readKeys } from './keyring/keys.ts'
import { createMeter } from './keyring/meter.ts'
import { type NewSealRow, pruneHandover, replaceRoot } from './keyring/root.ts'
import { type KeyStatus, keyStatus, reserve, rotate, rotateIfDue } from './keyring/terms.ts'
import { createNonceSource, type NonceSource } from './nonce.ts'
import { type ReencryptionOptions, type ReencryptionStep, reencryptStep } from './reencrypt.ts'
import type { Formats } from './rows.ts'

/** The barrier of an unsealed node with what its life cycle needs; most code sees {@link Barrier} alone. */
export interface OpenBarrier extends Barrier {
  /** Adds a key term; whatever is written from now on is encrypted under it. */
  rotate(): Promise<void>
  keyStatus(): Promise<KeyStatus>
  /**
   * Encrypts some rows of retired terms anew. Called again and again until it is done; where it stopped is
   * kept in the store, so that another node or the next start goes on from there.
   */
  reencrypt(options?: ReencryptionOptions): Promise<ReencryptionStep>
  /**
   * What each node does every few seconds: notices what other nodes changed, and retires a term that is too
   * old or too much used. Several nodes may do it at once.
   */
  tend(): Promise<void>
  /** The root key in use, for another process of this node. Whoever takes its bytes zeroes them. @throws sealed */
  root(): KeyObject
  /** Whether this is the root key in use. Constant time. */
  isRoot(key: KeyObject): boolean
  /**
   * Puts another root key in place, with the seal row that wraps it.
   *
   * @returns false when the seal row is not the expected one any more; nothing was changed then
   */
  replaceRoot(successor: KeyObject, seal: NewSealRow): Promise<boolean>
  /** Drops all keys: every later call fails with `sealed`. */
  close(): void
}

export type OpenOptions = {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly root: KeyObject
  readonly nonces?: NonceSource
  /** What the program can read, if it is not this one. */
  readonly formats?: Formats | undefined
  /**
   * Called when this node cannot go on with the data and has to be sealed: it cannot follow a change of the root
   * key, the data was restored, or a newer program has changed its format (`storage_format`).
   */
  readonly lost?: (error: CofferError) => void
}

/** Milliseconds after a reservation failed until the next is tried. */
const reserveBackoff = 200

/**
 * Opens the barrier of an initialised store.
 *
 * @throws storage_format when a newer program has written the data; corrupt when the root key does not fit
 * or the keyring is damaged
 */
export async function openBarrier(options: OpenOptions): Promise<OpenBarrier> {
  const { store, clock, random, formats, lost } = options
  let current: Keys | undefined = await readKeys(store, options.root, formats)
  let reserving: Promise<void> | undefined
  let notBefore = Number.NEGATIVE_INFINITY

  const meter = createMeter(reserveSoon)
  const inner: Inner = {
    store,
    clock,
    random,
    nonces: options.nonces ?? createNonceSource(),
    meter,
    keys: () => current ?? fail('sealed'),
    publish(next, block) {
      // A node that was sealed in the meantime stays so, and a slow answer does not bring back old keys.
      if (current === undefined || next.keyring.active.term < current.keyring.active.term) return
      current = next
      if (block !== undefined) meter.grant(next.keyring.active.term, block)
    },
    async fresh(known) {
      try {
        return await readKeys(store, known.root, formats, known)
      } catch (error) {
        if (isFailure(error, 'sealed', 'storage_format')) lost?.(error)
        throw error
      }
    },
    reload: lineUp(reload),
  }

  async function reload(): Promise<void> {
    const next = await inner.fresh(inner.keys())
    if (next.keyring.active.term === meter.term) return inner.publish(next)
    // The new term comes into use together with a block of it: until then requests go on with the old one,
    // whose commits conflict and wait here.
    await reserveTolerantly(inner, next)
  }

  /** Fetches the next block beside the requests; without it, encryption ends in `overloaded` at last. */
  function reserveSoon(): void {
    if (reserving !== undefined || clock.monotonic() < notBefore) return
    reserving = reserve(inner, inner.keys())
      .catch(() => {
        notBefore = clock.monotonic() + reserveBackoff
      })
      .finally(() => {
        reserving = undefined
      })
  }

  await reserveTolerantly(inner, current)

  return {
    encrypt(key, plain) {
      const { term, secret } = inner.keys().keyring.active
      meter.take(term)
      return sealEnvelope(secret, term, inner.nonces, key, plain)
    },
    decrypt: (key, stored) => openStored(inner.keys().keyring, key, stored),
    knows(stored) {
      const term = termOf(stored)
      // What is no envelope at all is not known better after a reload.
      return term === undefined || inner.keys().keyring.terms.has(term)
    },
    reload: inner.reload,
    expectations: () => inner.keys().expectations,
    derive: (purpose) =>
      Buffer.from(
        hkdfSync('sha256', inner.keys().keyring.derivation, new Uint8Array(), `coffer ${purpose}`, keyBytes),
      ),
    rotate: () => rotate(inner),
    keyStatus: () => keyStatus(inner),
    reencrypt: (step) => reencryptStep(inner, step),
    async tend() {
      await inner.reload()
      await rotateIfDue(inner)
      await pruneHandover(inner)
    },
    root: () => inner.keys().root,
    isRoot: (key) => inner.keys().root.equals(key),
    replaceRoot: (successor, seal) => replaceRoot(inner, successor, seal),
    close() {
      current = undefined
    },
  }
}

/** Puts keys into use even when nothing can be reserved: a store that cannot write can still be read. */
async function reserveTolerantly(inner: Inner, keys: Keys): Promise<void> {
  try {
    await reserve(inner, keys)
  } catch (error) {
    if (!isFailure(error, 'storage_failed', 'overloaded')) throw error
    inner.publish(keys)
  }
}

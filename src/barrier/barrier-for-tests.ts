import { createHash, createSecretKey } from 'node:crypto'
import { type Clock, manualClock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import { openSqlite } from '../storage/sqlite/store.ts'
import type { Commit, CommitResult, StorageKey, Store } from '../storage/store.ts'
import type { Barrier } from './barrier.ts'
import { newKeyring, sealKeyring } from './keyring/keyring.ts'
import { firstCountRow } from './keyring/terms.ts'
import { createNonceSource } from './nonce.ts'
import { type OpenBarrier, openBarrier } from './open.ts'
import { formatKey, incarnationKey, jsonBytes, keyringKey } from './rows.ts'

/** Randomness that is the same in every run. */
export function seededRandom(seed: string): Random {
  let count = 0
  const bytes = (length: number): Buffer => {
    const blocks = Array.from({ length: Math.ceil(length / 32) }, () =>
      createHash('sha256').update(`${seed} ${count++}`).digest(),
    )
    return Buffer.concat(blocks).subarray(0, length)
  }
  return {
    bytes,
    uuid: () => {
      const hex = bytes(16).toString('hex')
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
        '-',
      )
    },
    base62: (length) => bytes(length).toString('hex').slice(0, length),
  }
}

export const key = (text: string): StorageKey => text as StorageKey

/** A store in memory, closed when the test ends. */
export async function memoryStore(t: { after(work: () => Promise<void>): void }): Promise<Store> {
  const store = await openSqlite({ path: ':memory:' })
  t.after(() => store.close())
  return store
}

export type Bench = {
  readonly store: Store
  readonly clock: ReturnType<typeof manualClock>
  readonly random: Random
  readonly root: ReturnType<typeof createSecretKey>
  /** A node more on the same store. */
  open(options?: {
    readonly store?: Store
    readonly clock?: Clock
    readonly lost?: () => void
  }): Promise<OpenBarrier>
}

/** An initialised store without a seal, whose root key is known. */
export async function barrierBench(t: { after(work: () => Promise<void>): void }): Promise<Bench> {
  const store = await memoryStore(t)
  const clock = manualClock()
  const random = seededRandom('bench')
  const root = createSecretKey(random.bytes(32))
  const nonces = createNonceSource()
  const keyring = newKeyring(random, clock.now())
  await store.commit({
    put: [
      { key: formatKey, value: jsonBytes({ minReader: 1, minWriter: 1 }) },
      { key: incarnationKey, value: jsonBytes({ id: random.uuid() }) },
      { key: keyringKey, value: sealKeyring(root, nonces, keyring) },
      firstCountRow({ nonces }, keyring),
    ],
  })
  return {
    store,
    clock,
    random,
    root,
    open: (options) => openBarrier({ store, clock, random, root, ...options }),
  }
}

/** Writes one value through a barrier, as a transaction does. */
export function write(store: Store, barrier: Barrier, name: StorageKey, text: string): Promise<CommitResult> {
  const expect = barrier.expectations()
  return store.commit({ expect, put: [{ key: name, value: barrier.encrypt(name, Buffer.from(text)) }] })
}

/** Reads what {@link write} wrote. */
export async function read(store: Store, barrier: Barrier, name: StorageKey): Promise<string | undefined> {
  const [row] = await store.read([name])
  if (typeof row !== 'object') return undefined
  if (!barrier.knows(row.value)) await barrier.reload()
  return Buffer.from(barrier.decrypt(name, row.value)).toString()
}

/** A store that calls `before` ahead of each commit, which may throw or do something in between. */
export function watchedStore(store: Store, before: (commit: Commit) => Promise<void> | void): Store {
  return {
    limits: store.limits,
    read: (keys, known) => store.read(keys, known),
    list: (prefix, options) => store.list(prefix, options),
    scan: (prefix, options) => store.scan(prefix, options),
    snapshot: () => store.snapshot(),
    close: () => store.close(),
    async commit(commit) {
      await before(commit)
      return store.commit(commit)
    },
  }
}

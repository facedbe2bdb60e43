import type { Barrier } from '../barrier/barrier.ts'
import { type CofferError, fail, isFailure } from '../base/errors.ts'
import type {
  CommitResult,
  Expectation,
  Listing,
  ListOptions,
  Reader,
  ReadResult,
  Row,
  Snapshot,
  StorageKey,
  Store,
  Version,
} from '../storage/store.ts'
import type { CachedRow, RecordCache } from './cache.ts'
import type { RecordKind } from './record.ts'
import type { Tally } from './tally.ts'

/** What transactions stand on: one store, its open barrier, and the cache of opened rows. */
export type Ground = {
  readonly store: Store
  readonly barrier: Barrier
  readonly cache: RecordCache
  readonly tally?: Tally
}

/** Thrown inside a transaction whose reads no longer belong to one instant; {@link transact} starts it again. */
export class Restart extends Error {
  override readonly name = 'Restart'
}

type Seen = {
  readonly kind: Want['kind']
  readonly version: Version | null
  readonly record: unknown
  /** Why the row does not open; who asks for it is told. */
  readonly damage?: CofferError
}
type Write = { readonly bytes: Uint8Array; readonly record: unknown }

/**
 * What one request read and what it wants to write. All reads come from the instant of the first one; a
 * commit lands only if every row that was read is still the same. Reading costs one round trip when all
 * keys are asked for at once ({@link fetch}), and one more for each later question.
 */
export type Transaction = {
  /** Round trips made so far. */
  readonly rounds: number
  /** Reads rows that {@link get} will be asked for, together. One that is damaged fails in {@link get}. */
  fetch(wants: readonly Want[]): Promise<void>
  /**
   * One record, or undefined where there is none. Sees the transaction's own writes.
   *
   * @throws corrupt when the row does not open or parse
   */
  get<T>(kind: RecordKind<T>, key: StorageKey): Promise<T | undefined>
  /** What some request found under a key, maybe out of date by now: good for a guess alone. */
  recall<T>(kind: RecordKind<T>, key: StorageKey): T | undefined
  /** All rows that were read so far, for a later transaction to {@link fetch} at once. */
  touched(): Want[]
  /** The version of a row that was read; null where it does not exist. */
  versionOf(key: StorageKey): Version | null
  /** Names below a folder as of the first read. Does not see the transaction's own writes. */
  list(prefix: string, options?: ListOptions): Promise<Listing>
  put<T>(kind: RecordKind<T>, key: StorageKey, record: T): void
  delete(key: StorageKey): void
  /** The commit fails as a conflict if any row lies below this prefix then. */
  expectEmpty(prefix: string): void
  /** Runs once the transaction has landed: for what counts, and cannot fail. */
  afterCommit(work: () => void): void
  readonly writes: number
  /** Writes what was put and deleted, all or nothing. False when a row that was read has changed. */
  commit(): Promise<boolean>
  /** Gives the snapshot back, if one was taken. */
  release(): void
}

/** A row that will be needed and how it parses. */
// biome-ignore lint/suspicious/noExplicitAny: a list of wants mixes kinds; each is parsed by its own
export type Want = { readonly kind: RecordKind<any>; readonly key: StorageKey }

export function begin(ground: Ground): Transaction {
  const { store, barrier, cache, tally } = ground
  const seen = new Map<StorageKey, Seen>()
  const writes = new Map<StorageKey, Write | null>()
  const empty: string[] = []
  const afterwards: (() => void)[] = []
  let snapshot: Snapshot | undefined
  let rounds = 0
  let firstRound: Promise<void> | undefined

  /** Opens what the store answered for one key, from the cache where the version is still right. */
  function take(want: Want, cached: CachedRow | undefined, result: ReadResult): void {
    if (result === undefined) {
      seen.set(want.key, { kind: want.kind, version: null, record: undefined })
    } else if (result === 'unchanged') {
      // Only keys with a known version can be unchanged, and those had a cached row.
      const row = cached as CachedRow
      if (tally !== undefined) tally.hits++
      seen.set(want.key, { kind: want.kind, version: row.version, record: row.record })
    } else {
      if (tally !== undefined) tally.misses++
      open(want, result)
    }
  }

  function open({ kind, key }: Want, { value, version }: Row): void {
    try {
      const plain = barrier.decrypt(key, value)
      const record = kind.parse(plain)
      cache.set(key, { version, record, bytes: plain.length })
      seen.set(key, { kind, version, record })
    } catch (damage) {
      // What was fetched on a guess must not stand in the way of what is really asked for.
      if (!isFailure(damage, 'corrupt')) throw damage
      seen.set(key, { kind, version, record: undefined, damage })
    }
  }

  async function fetch(wants: readonly Want[]): Promise<void> {
    const missing = wants.filter((want) => !seen.has(want.key))
    if (missing.length === 0) return
    rounds++
    const round = readRound(missing, rounds === 1 ? readNow : readAtFirstInstant)
    firstRound ??= round
    return round
  }

  const readNow: Reader['read'] = (keys, known) => store.read(keys, known)

  async function readRound(missing: readonly Want[], read: Reader['read']): Promise<void> {
    const cached = missing.map((want) => cache.get(want.key))
    const keys = missing.map((want) => want.key)
    const known = cached.map((row) => row?.version)
    const answer = read(keys, known)
    const results = answer instanceof Promise ? await answer : answer
    // A term that this node has not seen yet: another node rotated the keyring.
    if (results.some((result) => typeof result === 'object' && !barrier.knows(result.value))) {
      await barrier.reload()
    }
    missing.forEach((want, i) => {
      take(want, cached[i], results[i])
    })
  }

  /**
   * A later round must answer as of the first: it takes a snapshot now, and checks in the same read that
   * nothing that was read before has changed in between.
   */
  async function readAtFirstInstant(
    keys: readonly StorageKey[],
    known: readonly (Version | undefined)[] = [],
  ): Promise<readonly ReadResult[]> {
    // What was asked for at the same time counts as read before.
    await firstRound
    if (snapshot !== undefined) return snapshot.read(keys, known)
    snapshot = store.snapshot()
    const before = [...seen]
    const results = await snapshot.read(
      [...keys, ...before.map(([key]) => key)],
      [...known, ...before.map(([, { version }]) => version ?? undefined)],
    )
    before.forEach(([, { version }], i) => {
      const now = results[keys.length + i]
      if (version === null ? now !== undefined : now !== 'unchanged') throw new Restart()
    })
    return results.slice(0, keys.length)
  }

  return {
    get rounds() {
      return rounds
    },
    fetch,
    async get<T>(kind: RecordKind<T>, key: StorageKey) {
      const written = writes.get(key)
      // What was put under a key has the kind that its readers name: each key has one kind.
      if (written !== undefined) return written === null ? undefined : (written.record as T)
      let row = seen.get(key)
      if (row === undefined) {
        await fetch([{ kind, key }])
        row = seen.get(key)
      }
      if (row?.damage !== undefined) throw row.damage
      return row?.record as T | undefined
    },
    // Each key has one kind, as for what was put.
    recall: <T>(_: RecordKind<T>, key: StorageKey) => cache.get(key)?.record as T | undefined,
    touched: () => [...seen].map(([key, { kind }]) => ({ kind, key })),
    versionOf(key) {
      const row = seen.get(key)
      if (row === undefined) fail('internal', `version of a row that was not read: ${key}`)
      return row.version
    },
    async list(prefix, options) {
      rounds++
      if (snapshot === undefined) await readAtFirstInstant([])
      return (snapshot as unknown as Snapshot).list(prefix, options)
    },
    put(kind, key, record) {
      writes.set(key, { bytes: kind.encode(record), record })
    },
    delete(key) {
      writes.set(key, null)
    },
    expectEmpty(prefix) {
      empty.push(prefix)
    },
    afterCommit(work) {
      afterwards.push(work)
    },
    get writes() {
      return writes.size
    },
    async commit() {
      if (writes.size === 0) {
        for (const work of afterwards) work()
        return true
      }
      snapshot?.release()
      const expect = new Map<StorageKey, Expectation>()
      for (const expectation of barrier.expectations()) expect.set(expectation.key, expectation)
      for (const [key, { version }] of seen) expect.set(key, { key, version })
      const put = []
      const gone = []
      for (const [key, write] of writes) {
        if (write === null) gone.push(key)
        else put.push({ key, value: barrier.encrypt(key, write.bytes) })
      }
      const commit = { expect: [...expect.values()], expectEmpty: empty, put, delete: gone }
      const result = await counted(store.commit(commit), tally)
      if (!result.ok) {
        if (barrier.expectations().some(({ key }) => result.conflicts.includes(key))) await barrier.reload()
        return false
      }
      for (const [key, write] of writes) {
        if (write === null) cache.delete(key)
        else cache.set(key, { version: result.version, record: write.record, bytes: write.bytes.length })
      }
      for (const work of afterwards) work()
      return true
    },
    release() {
      snapshot?.release()
    },
  }
}

async function counted(commit: Promise<CommitResult>, tally: Tally | undefined): Promise<CommitResult> {
  if (tally === undefined) return commit
  const { commits, commitTime } = tally
  const begin = performance.now()
  try {
    const result = await commit
    commits[result.ok ? 'done' : 'conflict']++
    return result
  } catch (error) {
    commits.failed++
    throw error
  } finally {
    commitTime.add((performance.now() - begin) / 1000)
  }
}

/** How often a transaction that collides is tried before the caller is told to come back. */
const maxAttempts = 24

/**
 * Runs `work` in a transaction and commits what it wrote; a collision runs it again from the start, so it
 * must have no effect outside of the transaction.
 *
 * @throws conflict after {@link maxAttempts} collisions; whatever `work` throws
 */
export async function transact<T>(
  ground: () => Ground,
  work: (tx: Transaction, attempt: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const tx = begin(ground())
    try {
      const result = await work(tx, attempt)
      if (await tx.commit()) return result
    } catch (error) {
      if (!(error instanceof Restart)) throw error
    } finally {
      tx.release()
    }
    if (attempt >= maxAttempts) fail('conflict', 'the data kept changing; try again')
    await pause(attempt)
  }
}

/** Lets others through before the next attempt: at once at first, then up to some milliseconds at random. */
function pause(attempt: number): Promise<void> {
  if (attempt < 3) return Promise.resolve()
  return new Promise((resolve) => setTimeout(resolve, Math.random() * 2 ** Math.min(attempt - 2, 6)))
}

import type { Reader, StorageKey, Store, Version } from '../../../src/storage/store.ts'
import type { Content, History, Landed, Operation, Page, Seen, SeenRow } from './history.ts'

/** Few keys, so that everybody meets at them. */
const keys = ['0', '1', '2', '3', 'f/0', 'f/1', 'f/2', 'g/0', 'g/1'].map((name) => `r/${name}` as StorageKey)
const prefixes = ['r/', 'r/f/', 'r/g/']

/** Commits and looks, one after another in each worker, until told to stop. */
export type Work = { stop(): Promise<void> }

/**
 * @param random gives numbers from 0 up to 1
 * @param record is given each operation when it is over
 */
export function startWork(
  store: Store,
  process: string,
  workers: number,
  random: () => number,
  record: (operation: Operation) => void,
): Work {
  let stopped = false
  let commits = 0
  /** What this process has seen last, as a cache would. */
  const cache = new Map<StorageKey, SeenRow & { version: Version }>()
  const oneOf = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T
  const someOf = <T>(all: readonly T[], count: number): T[] => {
    const rest = [...all]
    return Array.from({ length: count }, () => rest.splice(Math.floor(random() * rest.length), 1)[0] as T)
  }

  async function readRows(reader: Reader, count: number): Promise<Seen[]> {
    const wanted = someOf(keys, count)
    const known = wanted.map((key) => (random() < 0.7 ? cache.get(key) : undefined))
    const rows = await reader.read(
      wanted,
      known.map((row) => row?.version),
    )
    return rows.map((row, i) => {
      const key = wanted[i] as StorageKey
      const seen = row === 'unchanged' ? known[i] : row && { ...seenRow(key, row), version: row.version }
      if (seen === undefined) cache.delete(key)
      else cache.set(key, seen)
      return { kind: 'row', key, row: seen === undefined ? null : { id: seen.id, order: seen.order } }
    })
  }

  async function list(reader: Reader): Promise<Seen> {
    const prefix = oneOf(prefixes)
    const page: Page =
      random() < 0.7 ? { after: '', limit: 1000 } : { after: oneOf(['1', '2', 'f/']), limit: 2 }
    return { kind: 'list', prefix, page, names: (await reader.list(prefix, page)).names }
  }

  async function scan(reader: Reader): Promise<Seen> {
    const prefix = oneOf(prefixes)
    const { rows } = await reader.scan(prefix)
    return { kind: 'scan', prefix, rows: rows.map((row) => seenRow(row.key, row)) }
  }

  async function timed(look: () => Promise<Seen[]>): Promise<void> {
    const from = now()
    const seen = await look()
    record({ process, from, to: now(), what: { kind: 'look', seen } })
  }

  /** All that a snapshot answers is of an instant within its first call. */
  async function lookTwice(): Promise<void> {
    const snapshot = store.snapshot()
    try {
      const from = now()
      const seen = await readRows(snapshot, 2)
      const to = now()
      for (let times = 0; times < 3; times++) await new Promise((resolve) => setImmediate(resolve))
      seen.push(await list(snapshot), ...(await readRows(snapshot, 3)), await scan(snapshot))
      record({ process, from, to, what: { kind: 'look', seen } })
    } finally {
      snapshot.release()
    }
  }

  async function commit(): Promise<void> {
    const id = `${process}${commits++}`
    const touched = someOf(keys, 1 + Math.floor(random() * 2))
    const known = touched.map((key) => cache.get(key))
    const content: Content = {
      expect: random() < 0.6 ? touched.map((key, i) => ({ key, order: known[i]?.order ?? null })) : [],
      expectEmpty: random() < 0.1 ? ['r/g/'] : [],
      ...(random() < 0.25
        ? { put: touched.slice(1), delete: touched.slice(0, 1) }
        : { put: touched, delete: [] }),
    }
    const value = Buffer.from(id)
    const from = now()
    const answer = await store
      .commit({
        expect: content.expect.map(({ key }, i) => ({ key, version: known[i]?.version ?? null })),
        expectEmpty: content.expectEmpty,
        // Each commit leaves a row of its own, from which it is known in the end what landed.
        put: [
          ...content.put.map((key) => ({ key, value })),
          { key: `log/${id}` as StorageKey, value: Buffer.from(JSON.stringify(content)) },
        ],
        delete: content.delete,
      })
      .catch(() => 'unknown' as const)
    const result =
      answer === 'unknown'
        ? answer
        : answer.ok
          ? { order: orderOf(answer.version) }
          : { conflicts: answer.conflicts }
    record({ process, from, to: now(), what: { kind: 'commit', id, content, result } })
  }

  async function work(): Promise<void> {
    while (!stopped) {
      const dice = random()
      if (dice < 0.45) await commit()
      else if (dice < 0.7) await timed(() => readRows(store, 3))
      else if (dice < 0.82) await timed(async () => [await list(store)])
      else if (dice < 0.86) await timed(async () => [await scan(store)])
      else await lookTwice()
    }
  }

  const all = Promise.all(Array.from({ length: workers }, work))
  return {
    async stop() {
      stopped = true
      await all
    },
  }
}

/** What is in the store in the end, with what was done. */
export async function historyOf(store: Store, operations: readonly Operation[]): Promise<History> {
  const landed: Landed[] = []
  for (let after: string | undefined; ; ) {
    const page = await store.scan('log/', { after, limit: 1000 })
    for (const { key, value, version } of page.rows) {
      const content = JSON.parse(Buffer.from(value).toString()) as Content
      landed.push({ id: key.slice('log/'.length), order: orderOf(version), content })
    }
    after = page.rows.at(-1)?.key
    if (!page.more) break
  }
  const { rows } = await store.scan('r/')
  return { operations, landed, last: rows.map((row) => seenRow(row.key, row)) }
}

const seenRow = (key: StorageKey, { value, version }: { value: Uint8Array; version: Version }): SeenRow => ({
  key,
  id: Buffer.from(value).toString(),
  order: orderOf(version),
})

/** The number of a commit, which versions of this store begin with. */
const orderOf = (version: Version): number => Number.parseInt(version, 10)

const now = (): number => Number(process.hrtime.bigint())

/** Numbers that come in the same order each time (xorshift32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

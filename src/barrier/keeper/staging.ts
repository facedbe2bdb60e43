import { compareKeys, endOfPrefix } from '../../storage/keys.ts'
import type {
  Commit,
  CommitResult,
  Listing,
  ListOptions,
  Reader,
  Scanning,
  Snapshot,
  StorageKey,
  Store,
  StoreLimits,
  Version,
} from '../../storage/store.ts'

/** A store in memory for what a new cluster begins with, written to the real one in a single commit. */
export type StagingStore = Store & {
  /** @returns false when the real store is not empty; nothing is written then */
  flush(target: Store): Promise<boolean>
}

type StagedRow = { readonly value: Uint8Array; readonly version: Version }

/** @param limits those of the store that it will be written to */
export function createStagingStore(limits: StoreLimits): StagingStore {
  const rows = new Map<string, StagedRow>()
  let commits = 0

  function keysBelow(prefix: string): string[] {
    const end = endOfPrefix(prefix)
    return [...rows.keys()]
      .filter((key) => compareKeys(key, prefix) >= 0 && compareKeys(key, end) < 0)
      .sort(compareKeys)
  }

  async function list(prefix: string, { after = '', limit = Infinity }: ListOptions = {}): Promise<Listing> {
    const names = new Set(
      keysBelow(prefix).map((key) => {
        const name = key.slice(prefix.length)
        const slash = name.indexOf('/')
        return slash < 0 ? name : name.slice(0, slash + 1)
      }),
    )
    const rest = [...names].sort(compareKeys).filter((name) => after === '' || compareKeys(name, after) > 0)
    return { names: rest.slice(0, limit), more: rest.length > limit }
  }

  async function scan(prefix: string, { after = '', limit = Infinity }: ListOptions = {}): Promise<Scanning> {
    const keys = keysBelow(prefix).filter((key) => after === '' || compareKeys(key, after) > 0)
    // The keys were taken from the map.
    const found = keys
      .slice(0, limit)
      .map((key) => ({ key: key as StorageKey, ...(rows.get(key) as StagedRow) }))
    return { rows: found, more: keys.length > limit }
  }

  const reader: Reader = {
    read: (keys, known = []) =>
      keys.map((key, i) => {
        const row = rows.get(key)
        return row !== undefined && row.version === known[i] ? 'unchanged' : row
      }),
    list,
    scan,
  }

  async function commit({
    expect = [],
    expectEmpty = [],
    put = [],
    delete: gone = [],
  }: Commit): Promise<CommitResult> {
    const conflicts: string[] = expect
      .filter(({ key, version }) => (rows.get(key)?.version ?? null) !== version)
      .map(({ key }) => key)
    conflicts.push(...expectEmpty.filter((prefix) => keysBelow(prefix).length > 0))
    if (conflicts.length > 0) return { ok: false, conflicts }
    const version = `staged ${++commits}` as Version
    for (const key of gone) rows.delete(key)
    for (const { key, value } of put) rows.set(key, { value, version })
    return { ok: true, version }
  }

  return {
    ...reader,
    limits,
    // Nobody else writes here while a cluster is made, so the present is as good as any instant.
    snapshot: (): Snapshot => ({ ...reader, release() {} }),
    commit,
    async close() {
      rows.clear()
    },
    async flush(target) {
      const put = [...rows].map(([key, { value }]) => ({ key: key as StorageKey, value }))
      return (await target.commit({ expectEmpty: [''], put })).ok
    },
  }
}

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { storageKey } from '../keys.ts'
import type { Commit, Reader, ReadResult, Row, StorageKey, Store, Version } from '../store.ts'

export type Opened = {
  readonly store: Store
  /** Closes the store and opens it again; absent where its data ends with it. */
  reopen?(): Promise<Store>
  /** One more handle on the same data, as another process has. */
  second?(): Promise<Store>
  /** Closes all handles and removes the data. */
  dispose(): Promise<void>
}

/** Makes a new, empty store. */
export type Opener = () => Promise<Opened>

/**
 * A store that can be opened again and beside itself.
 *
 * @param open opens a handle; `at` counts those that are open already, so that the first has the same after each start
 * @param remove removes the data once all handles are closed
 */
export async function openedBy(
  open: (at: number) => Promise<Store>,
  remove: () => void = () => undefined,
): Promise<Opened> {
  const handles: Store[] = []
  const another = async (): Promise<Store> => {
    const store = await open(handles.length)
    handles.push(store)
    return store
  }
  const closeAll = async () => {
    for (const handle of handles.splice(0)) await handle.close()
  }
  return {
    store: await another(),
    async reopen() {
      await closeAll()
      return another()
    },
    second: another,
    async dispose() {
      await closeAll()
      remove()
    },
  }
}

export const key = (text: string): StorageKey => storageKey(text)
/** As a plain array, which is what stores answer. */
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A new store that goes when the test ends. */
export async function opened(t: TestContext, open: Opener): Promise<Opened> {
  const found = await open()
  t.after(() => found.dispose())
  return found
}

export const openStore = async (t: TestContext, open: Opener): Promise<Store> => (await opened(t, open)).store

/** Commits and expects it to land. */
export async function land(store: Store, commit: Commit): Promise<Version> {
  const result = await store.commit(commit)
  assert.ok(result.ok, `conflicts: ${JSON.stringify(result)}`)
  return result.version
}

/** Puts texts by key, in one commit. */
export function put(store: Store, rows: Readonly<Record<string, string>>): Promise<Version> {
  const entries = Object.entries(rows)
  return land(store, { put: entries.map(([name, text]) => ({ key: key(name), value: bytes(text) })) })
}

/** Puts many keys with one value each, in as many commits as the limits ask for. */
export async function fill(store: Store, names: readonly string[], value = 'x'): Promise<void> {
  const size = Math.min(store.limits.keysPerCommit, 2000)
  for (let i = 0; i < names.length; i += size) {
    const rows = names.slice(i, i + size).map((name) => ({ key: key(name), value: bytes(value) }))
    await land(store, { put: rows })
  }
}

export async function readOne(reader: Reader, name: string, known?: Version): Promise<ReadResult> {
  const results = await reader.read([key(name)], [known])
  assert.equal(results.length, 1)
  return results[0]
}

/** The row itself, which must be there. */
export async function rowOf(reader: Reader, name: string): Promise<Row> {
  const row = await readOne(reader, name)
  assert.ok(typeof row === 'object', `${name} is ${row}`)
  return row
}

/** The text under a key, or undefined. */
export async function textOf(reader: Reader, name: string): Promise<string | undefined> {
  const row = await readOne(reader, name)
  return row === undefined ? undefined : Buffer.from((await rowOf(reader, name)).value).toString()
}

/** All keys of the store with their texts. */
export async function contents(reader: Reader): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (let after: string | undefined; ; ) {
    const { rows, more } = await reader.scan('', { after, limit: 500 })
    for (const { key: name, value } of rows) found[name] = Buffer.from(value).toString()
    after = rows.at(-1)?.key
    if (!more) return found
  }
}

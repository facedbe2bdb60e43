import { fail, isFailure } from '../base/errors.ts'
import type { Expectation, ScanRow, StorageKey, Version } from '../storage/store.ts'
import { sealEnvelope, termOf } from './envelope.ts'
import { type Inner, maxAttempts, openStored, sealOwnRow } from './inner.ts'
import { jsonBytes, parseRow, reencryptionKey, rowsOutsideKeyring } from './rows.ts'

export type ReencryptionOptions = {
  /** Rows to look at in this step. */
  readonly budget?: number
  /** Prefixes whose rows keep their version, and so their old term, until their owner writes them. */
  readonly leave?: readonly string[]
  /** A row that every commit of the step expects; when it has changed, the step fails with `conflict`. */
  readonly fence?: Expectation
}

export type ReencryptionStep = {
  /** Every row was looked at since the last rotation. */
  readonly done: boolean
  readonly scanned: number
  readonly rewritten: number
  /** Rows that somebody else wrote meanwhile, under the active term then. */
  readonly skipped: number
  /** Names of rows that do not open. */
  readonly damaged: readonly StorageKey[]
}

/** How far the sweep for one term has come: everything up to `after` is done. */
type Cursor = { readonly term: number; readonly after: string; readonly done: boolean }

const defaultBudget = 500
const rowsPerPage = 64
/** Rows and bytes of one commit; small, so that writers of the same rows seldom collide with it. */
const rowsPerCommit = 32
const bytesPerCommit = 256 * 1024

/** One step of the background re-encryption; see `OpenBarrier.reencrypt`. */
export async function reencryptStep(
  inner: Inner,
  options: ReencryptionOptions = {},
): Promise<ReencryptionStep> {
  const { budget = defaultBudget, leave = [], fence } = options
  const { term } = inner.keys().keyring.active
  const { cursor, version } = await readCursor(inner, term)
  const tally = { scanned: 0, rewritten: 0, skipped: 0, damaged: [] as StorageKey[] }
  let { after, done } = cursor
  if (done) return { done, ...tally }

  while (!done && tally.scanned < budget) {
    const limit = Math.min(rowsPerPage, budget - tally.scanned)
    const { rows, more } = await inner.store.scan('', { after: after === '' ? undefined : after, limit })
    for (const batch of batches(rows.filter((row) => isOld(row, term, leave)))) {
      const { rewritten, damaged } = await rewrite(inner, batch, fence)
      tally.rewritten += rewritten
      tally.damaged.push(...damaged)
      tally.skipped += batch.length - rewritten - damaged.length
    }
    tally.scanned += rows.length
    after = rows.at(-1)?.key ?? after
    done = !more
  }
  await writeCursor(inner, { term, after, done }, version, fence)
  return { done, ...tally }
}

function isOld({ key, value }: ScanRow, active: number, leave: readonly string[]): boolean {
  const term = termOf(value)
  if (term === undefined || term === active || rowsOutsideKeyring.has(key)) return false
  return !leave.some((prefix) => key.startsWith(prefix))
}

function* batches(rows: readonly ScanRow[]): Iterable<readonly ScanRow[]> {
  let batch: ScanRow[] = []
  let bytes = 0
  for (const row of rows) {
    if (batch.length === rowsPerCommit || (batch.length > 0 && bytes + row.value.length > bytesPerCommit)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(row)
    bytes += row.value.length
  }
  if (batch.length > 0) yield batch
}

type OpenedRow = { readonly key: StorageKey; readonly plain: Buffer; readonly version: Version }

/** Writes rows again under the active term, but for those that changed since they were read. */
async function rewrite(
  inner: Inner,
  batch: readonly ScanRow[],
  fence: Expectation | undefined,
): Promise<{ rewritten: number; damaged: StorageKey[] }> {
  const damaged: StorageKey[] = []
  const opened: OpenedRow[] = []
  for (const { key, value, version } of batch) {
    try {
      opened.push({ key, plain: openStored(inner.keys().keyring, key, value), version })
    } catch (error) {
      if (!isFailure(error, 'corrupt')) throw error
      damaged.push(key)
    }
  }
  try {
    return { rewritten: await commitRows(inner, opened, fence), damaged }
  } finally {
    for (const { plain } of opened) plain.fill(0)
  }
}

/** @returns how many rows were written; the others had changed */
async function commitRows(
  inner: Inner,
  opened: readonly OpenedRow[],
  fence: Expectation | undefined,
): Promise<number> {
  let rows = opened
  for (let attempt = 1; rows.length > 0; attempt++) {
    const { keyring, expectations } = inner.keys()
    const { term, secret } = keyring.active
    const put = rows.map(({ key, plain }) => {
      inner.meter.take(term)
      return { key, value: sealEnvelope(secret, term, inner.nonces, key, plain) }
    })
    const expect = [...expectations, ...fenced(fence), ...rows.map(({ key, version }) => ({ key, version }))]
    const result = await inner.store.commit({ expect, put })
    if (result.ok) break
    checkFence(fence, result.conflicts)
    const unchanged = rows.filter(({ key }) => !result.conflicts.includes(key))
    if (attempt >= maxAttempts) fail('conflict', 'the keyring kept changing; try again')
    // No row of the batch is in the way, so the keyring is.
    if (unchanged.length === rows.length) await inner.reload()
    rows = unchanged
  }
  return rows.length
}

/** Where the sweep for `term` stands: at the start, if the last one was for another. */
async function readCursor(inner: Inner, term: number): Promise<{ cursor: Cursor; version: Version | null }> {
  const start = { term, after: '', done: false }
  const [row] = await inner.store.read([reencryptionKey])
  if (typeof row !== 'object') return { cursor: start, version: null }
  try {
    const cursor = parseRow(reencryptionKey, openStored(inner.keys().keyring, reencryptionKey, row.value))
    // The barrier proved that we wrote these bytes, so they have the shape that writeCursor gave them.
    return { cursor: cursor.term === term ? (cursor as Cursor) : start, version: row.version }
  } catch (error) {
    // A damaged cursor costs a sweep from the start.
    if (!isFailure(error, 'corrupt')) throw error
    return { cursor: start, version: row.version }
  }
}

/** If another node has moved the cursor meanwhile, its word stands: rows are only ever swept twice. */
async function writeCursor(
  inner: Inner,
  cursor: Cursor,
  version: Version | null,
  fence: Expectation | undefined,
): Promise<void> {
  const { keyring, expectations } = inner.keys()
  inner.meter.take(keyring.active.term)
  const result = await inner.store.commit({
    expect: [...expectations, ...fenced(fence), { key: reencryptionKey, version }],
    put: [sealOwnRow(inner, keyring.active, reencryptionKey, jsonBytes(cursor))],
  })
  if (!result.ok) checkFence(fence, result.conflicts)
}

const fenced = (fence: Expectation | undefined) => (fence === undefined ? [] : [fence])

function checkFence(fence: Expectation | undefined, conflicts: readonly string[]): void {
  if (fence !== undefined && conflicts.includes(fence.key)) {
    fail('conflict', 'another node has taken the re-encryption over')
  }
}

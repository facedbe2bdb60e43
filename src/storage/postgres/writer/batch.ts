import type { Commit, CommitResult, Expectation, StorageKey, Version } from '../../store.ts'

/** A commit on its way: values as they were at the call, in the form of the wire. */
export type Request = {
  readonly expect: readonly Expectation[]
  readonly expectEmpty: readonly string[]
  readonly put: readonly { readonly key: StorageKey; readonly hex: string }[]
  readonly gone: readonly StorageKey[]
  /** The one that its rows get. */
  readonly version: Version
}

export type Write = { readonly version: Version; readonly hex: string }

/** What a batch comes to: the answer of each commit, and the last state of each row that changes. */
export type Outcome = {
  readonly results: readonly CommitResult[]
  readonly writes: ReadonlyMap<StorageKey, Write | null>
}

/** Whether a commit asks that nothing lies where one of others before it writes; it has to wait for those. */
export function asksAbout(request: Pick<Commit, 'expectEmpty'>, written: Iterable<string>): boolean {
  const prefixes = request.expectEmpty ?? []
  if (prefixes.length === 0) return false
  for (const key of written) if (prefixes.some((prefix) => key.startsWith(prefix))) return true
  return false
}

/** The keys that a commit writes if it lands. */
export function* writtenBy({ put, gone }: Request): Generator<StorageKey> {
  for (const { key } of put) yield key
  yield* gone
}

/**
 * Decides about commits one after the other, as if each were alone.
 *
 * @param before the version of each row that any of them expects something of; undefined where there is none
 * @param occupied the prefixes that any of them asks about and below which there are rows
 */
export function evaluate(
  batch: readonly Request[],
  before: ReadonlyMap<StorageKey, Version>,
  occupied: ReadonlySet<string>,
): Outcome {
  const writes = new Map<StorageKey, Write | null>()
  const versionOf = (key: StorageKey): Version | null => {
    const write = writes.get(key)
    return write === undefined ? (before.get(key) ?? null) : (write?.version ?? null)
  }
  const results = batch.map(({ expect, expectEmpty, put, gone, version }): CommitResult => {
    const conflicts: string[] = [
      ...expect.filter((one) => versionOf(one.key) !== one.version).map(({ key }) => key),
      ...expectEmpty.filter((prefix) => occupied.has(prefix)),
    ]
    if (conflicts.length > 0) return { ok: false, conflicts }
    for (const key of gone) writes.set(key, null)
    for (const { key, hex } of put) writes.set(key, { version, hex })
    return { ok: true, version }
  })
  return { results, writes }
}

import { fail } from '../../../base/errors.ts'
import type { Reader, ReadResult, Snapshot, StorageKey, Version } from '../../store.ts'
import type { Calls } from '../connection/calls.ts'
import type { Layout } from '../layout.ts'
import type { Versions } from '../versions.ts'
import { createBatches } from './batches.ts'
import { listAt } from './lists.ts'
import { scanAt } from './scans.ts'

export type ReadingParts = {
  readonly calls: Calls
  readonly layout: Layout
  readonly versions: Versions
  /** Milliseconds that a read may wait for its turn. */
  readonly deadline: number
  /** @throws why nothing may be read */
  use(): void
}

/** Runs a reading at an instant, 0 for now, and tells which it was. */
type Timed = <T extends { readonly revision: bigint }>(work: (revision: bigint) => Promise<T>) => Promise<T>

export function createReading({ calls, layout, versions, use, deadline }: ReadingParts) {
  const parts = { calls, batches: createBatches(calls, deadline), layout }

  /** The revision that is known of a row; 0 for none, and for what is no version of this store. */
  function knownOf(version: Version | undefined): bigint {
    const revision = version === undefined ? undefined : versions.revisionOf(version)
    return revision ?? 0n
  }

  function readerAt(timed: Timed): Reader {
    return {
      async read(keys: readonly StorageKey[], known: readonly (Version | undefined)[] = []) {
        use()
        if (keys.length === 0) return []
        const wants = keys.map((key, i) => ({ key: layout.row(key), known: knownOf(known[i]) }))
        const { found } = await timed((revision) => parts.batches.read(wants, revision))
        return found.map(
          (row): ReadResult =>
            typeof row === 'object' ? { value: row.value, version: versions.of(row.revision) } : row,
        )
      },
      async list(prefix, options = {}) {
        use()
        const { names, more } = await timed((revision) => listAt(parts, revision, prefix, options))
        return { names, more }
      },
      async scan(prefix, options = {}) {
        use()
        const { rows, more } = await timed((revision) => scanAt(parts, revision, prefix, options))
        return {
          rows: rows.map(({ key, value, revision }) => ({ key, value, version: versions.of(revision) })),
          more,
        }
      },
    }
  }

  function snapshot(): Snapshot {
    let released = false
    let instant: Promise<bigint> | undefined
    async function timed<T extends { readonly revision: bigint }>(
      work: (revision: bigint) => Promise<T>,
    ): Promise<T> {
      if (released) fail('internal', 'a snapshot was used after its release')
      if (instant !== undefined) return work(await instant)
      const first = work(0n)
      instant = first.then(({ revision }) => revision)
      instant.catch(() => {
        instant = undefined
      })
      return first
    }
    const reader = readerAt(timed)
    return {
      ...reader,
      async read(keys, known) {
        if (released) fail('internal', 'a snapshot was used after its release')
        return reader.read(keys, known)
      },
      release() {
        released = true
      },
    }
  }

  return { now: readerAt((work) => work(0n)), snapshot }
}

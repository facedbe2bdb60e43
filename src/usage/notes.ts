import { countPerson, maxPeople } from './people.ts'
import type { Counts, Use } from './record.ts'

type Entry = Omit<{ -readonly [field in keyof Counts]: Counts[field] }, 'people'> & {
  readonly people: Parameters<typeof countPerson>[0]
}

/** A secret by its mount's UUID and its path below the mount. */
export type SecretName = { readonly mount: string; readonly path: string }

/** Uses of secrets in memory, bounded by bytes. */
export type Notes = {
  /** @returns false when there is no more room for this secret; its use was not counted then */
  note(mount: string, path: string, kind: 'read' | 'write', use: Use): boolean
  of(mount: string, path: string): Counts | undefined
  entries(): Iterable<SecretName & { readonly counts: Counts }>
  /** Whether three quarters of the room are taken. */
  readonly filling: boolean
  readonly empty: boolean
}

/** What an entry takes beside its path, estimated: the counts, two uses, one person, the map's slots. */
const overhead = 700
/** What each further person takes. */
const personBytes = 200

/** @param capacity bytes that it may take, by estimate */
export function createNotes(capacity: number): Notes {
  const mounts = new Map<string, Map<string, Entry>>()
  let bytes = 0

  function enter(mount: string, path: string, at: number): Entry | undefined {
    const cost = overhead + 2 * path.length
    if (bytes + cost > capacity) return undefined
    bytes += cost
    let paths = mounts.get(mount)
    if (paths === undefined) {
      paths = new Map()
      mounts.set(mount, paths)
    }
    const entry: Entry = {
      reads: 0,
      writes: 0,
      since: at,
      lastRead: undefined,
      lastWrite: undefined,
      people: [],
    }
    paths.set(path, entry)
    return entry
  }

  return {
    note(mount, path, kind, use) {
      const entry = mounts.get(mount)?.get(path) ?? enter(mount, path, use.at)
      if (entry === undefined) return false
      if (kind === 'read') {
        entry.reads++
        entry.lastRead = use
      } else {
        entry.writes++
        entry.lastWrite = use
      }
      const before = entry.people.length
      // Of a use for which there is no more room, who it was goes uncounted, beside the last.
      if (before > 0 && before < maxPeople && bytes + personBytes > capacity) return true
      countPerson(entry.people, kind, use)
      if (before > 0 && entry.people.length > before) bytes += personBytes
      return true
    },
    of: (mount, path) => mounts.get(mount)?.get(path),
    *entries() {
      for (const [mount, paths] of mounts) {
        for (const [path, counts] of paths) yield { mount, path, counts }
      }
    },
    get filling() {
      return bytes > capacity * 0.75
    },
    get empty() {
      return bytes === 0
    },
  }
}

import { jsonRecord, type RecordKind } from '../../transaction/record.ts'
import { objectRecord, type StoredObject } from './object.ts'
import type { Person } from './person.ts'

/**
 * The rows of a KV mount. Version 1 has one a secret, version 2 one a secret and one a version of it:
 *
 * - `data/<path>`: version 1: the object's JSON text. Version 2: `m` and the metadata as JSON; or still the object
 *   alone, which then is version 1 of a secret that nobody has changed since the mount began to keep versions.
 * - `version/<path>/<n>`: the JSON text of a version of it, as long as it is neither destroyed nor too old.
 * - `config`: the settings of version 2.
 */
export const dataFolder = 'data/'
/** The row of a secret, of either version. @param path within the mount */
export const headName = (path: string) => dataFolder + path
/** The row of one version of a secret. @param path within the mount */
export const versionName = (path: string, version: number) => `version/${path}/${version}`
export const configName = 'config'

/** Times in milliseconds; `deletion` is when it was or will be deleted, 0 for never. */
export type Version = {
  readonly created: number
  readonly deletion: number
  readonly destroyed: boolean
  /** Who wrote it; absent where nobody knows. */
  readonly createdBy?: Person
  /** Who deleted it; absent where it is not, or ended by itself. */
  readonly deletedBy?: Person
}

/** What version 2 knows of a secret. Spans in seconds, 0 where nothing is set. */
export type Metadata = {
  readonly created: number
  readonly updated: number
  /** 0 where no version was written yet. */
  readonly current: number
  /** The number of the first of `versions`; 1 until one became too old. */
  readonly oldest: number
  readonly versions: readonly Version[]
  readonly maxVersions: number
  readonly casRequired: boolean
  readonly deleteVersionAfter: number
  readonly custom: Readonly<Record<string, string>> | null
}

/** What lies at `data/<path>`. */
export type Head = StoredObject | { readonly metadata: Metadata }

/** Settings of a mount of version 2; a negative `deleteVersionAfter` switches it off for all secrets. */
export type Config = {
  readonly maxVersions: number
  readonly casRequired: boolean
  readonly deleteVersionAfter: number
}

const objects = objectRecord('secret')
const mark = 0x6d

/** People by their place in the list of the row, from 1; 0 for nobody. */
type PackedVersion = readonly [
  created: number,
  deletion: number,
  destroyed: 0 | 1,
  createdBy?: number,
  deletedBy?: number,
]
type PackedPerson = readonly [displayName: string, entityId: string]
type Packed = Omit<Metadata, 'versions'> & {
  readonly versions: readonly PackedVersion[]
  /** Each once, however many versions are theirs. */
  readonly people?: readonly PackedPerson[]
}
const packed = jsonRecord<Packed>('secret')

/** People that a row names, and characters of what each is called, so that it stays small whoever writes. */
const mostPeople = 500
const mostCharacters = 256

/** Where there are too many people, those of the oldest versions are forgotten. */
function pack({ versions, ...rest }: Metadata): Packed {
  const people: PackedPerson[] = []
  const places = new Map<string, number>()
  const placeOf = (person: Person | undefined): number => {
    if (person === undefined) return 0
    const one: PackedPerson = [person.displayName.slice(0, mostCharacters), person.entityId]
    const key = JSON.stringify(one)
    const known = places.get(key)
    if (known !== undefined || people.length === mostPeople) return known ?? 0
    const place = people.push(one)
    places.set(key, place)
    return place
  }
  const all = versions
    .toReversed()
    .map(({ created, deletion, destroyed, createdBy, deletedBy }): PackedVersion => {
      const plain = [created, deletion, destroyed ? 1 : 0] as const
      const by = [placeOf(createdBy), placeOf(deletedBy)] as const
      return by[0] === 0 && by[1] === 0 ? plain : [...plain, ...by]
    })
  return { ...rest, versions: all.reverse(), ...(people.length > 0 && { people }) }
}

function unpack({ versions, people = [], ...rest }: Packed): Metadata {
  const known = people.map(([displayName, entityId]): Person => ({ displayName, entityId }))
  const all = versions.map(([created, deletion, destroyed, by = 0, deleter = 0]): Version => {
    const createdBy = known[by - 1]
    const deletedBy = known[deleter - 1]
    return {
      created,
      deletion,
      destroyed: destroyed === 1,
      ...(createdBy && { createdBy }),
      ...(deletedBy && { deletedBy }),
    }
  })
  return { ...rest, versions: all }
}

/** One kind for both versions of KV: which of the two a row is, it says itself. */
export const heads: RecordKind<Head> = {
  name: 'secret',
  encode(head) {
    if ('json' in head) return objects.encode(head)
    return Buffer.concat([Buffer.of(mark), packed.encode(pack(head.metadata))])
  },
  parse(bytes) {
    if (bytes[0] !== mark) return objects.parse(bytes)
    return { metadata: unpack(packed.parse(bytes.subarray(1))) }
  },
}

export const versionObjects: RecordKind<StoredObject> = objectRecord('version of a secret')
export const configs = jsonRecord<Config>('KV configuration')

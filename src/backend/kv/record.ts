import { jsonRecord, type RecordKind } from '../../transaction/record.ts'
import { objectRecord, type StoredObject } from './object.ts'

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
export type Version = { readonly created: number; readonly deletion: number; readonly destroyed: boolean }

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

type PackedVersion = readonly [created: number, deletion: number, destroyed: 0 | 1]
const packed = jsonRecord<Omit<Metadata, 'versions'> & { readonly versions: readonly PackedVersion[] }>(
  'secret',
)

/** One kind for both versions of KV: which of the two a row is, it says itself. */
export const heads: RecordKind<Head> = {
  name: 'secret',
  encode(head) {
    if ('json' in head) return objects.encode(head)
    const versions = head.metadata.versions.map(
      ({ created, deletion, destroyed }): PackedVersion => [created, deletion, destroyed ? 1 : 0],
    )
    return Buffer.concat([Buffer.of(mark), packed.encode({ ...head.metadata, versions })])
  },
  parse(bytes) {
    if (bytes[0] !== mark) return objects.parse(bytes)
    const { versions, ...rest } = packed.parse(bytes.subarray(1))
    const unpacked = versions.map(([created, deletion, destroyed]) => ({
      created,
      deletion,
      destroyed: destroyed === 1,
    }))
    return { metadata: { ...rest, versions: unpacked } }
  },
}

export const versionObjects: RecordKind<StoredObject> = objectRecord('version of a secret')
export const configs = jsonRecord<Config>('KV configuration')

import { shape, type ValueOf } from '../../backend/answers/shape.ts'
import type { Person } from '../../backend/kv/person.ts'
import type { Config, Metadata, Version } from '../../backend/kv/record.ts'
import { timeText } from '../../base/time.ts'

/** Versions that are kept where neither the secret nor the mount says how many. */
const standardVersions = 10
/** What no setting goes beyond: a secret's metadata is one row, and all its versions are removed in one commit. */
export const mostVersions = 5000

export const noConfig: Config = { maxVersions: 0, casRequired: false, deleteVersionAfter: 0 }

/** A secret of which nothing is known yet. */
export const newMetadata = (now: number): Metadata => ({
  created: now,
  updated: now,
  current: 0,
  oldest: 1,
  versions: [],
  maxVersions: 0,
  casRequired: false,
  deleteVersionAfter: 0,
  custom: null,
})

/** What an object of version 1 is once its mount keeps versions: the first version of a secret. */
export const firstVersion = (since: number): Metadata => ({
  ...newMetadata(since),
  current: 1,
  versions: [{ created: since, deletion: 0, destroyed: false }],
})

/** The version of a number, unless there never was one or it became too old. */
export const versionOf = ({ versions, oldest }: Metadata, number: number): Version | undefined =>
  versions[number - oldest]

/** Whether a version's data can be read at `now`. */
export const isReadable = ({ deletion, destroyed }: Version, now: number): boolean =>
  !destroyed && (deletion === 0 || deletion > now)

/** Adds a version with the next number; the oldest ones go beyond what is kept. */
export function withVersion(
  metadata: Metadata,
  config: Config,
  now: number,
  by: Person | undefined,
): Metadata {
  const kept = Math.min(Math.max(metadata.maxVersions, config.maxVersions) || standardVersions, mostVersions)
  const added: Version = {
    created: now,
    deletion: deletionOf(metadata, config, now),
    destroyed: false,
    ...(by && { createdBy: by }),
  }
  const versions = [...metadata.versions, added]
  const gone = Math.max(0, versions.length - kept)
  return {
    ...metadata,
    current: metadata.current + 1,
    oldest: metadata.oldest + gone,
    versions: versions.slice(gone),
    updated: now,
  }
}

/** Changes those of the numbered versions that are there and not destroyed. */
export function changeVersions(
  metadata: Metadata,
  numbers: ReadonlySet<number>,
  change: (version: Version) => Version,
): Metadata {
  const versions = metadata.versions.map((version, i) =>
    version.destroyed || !numbers.has(metadata.oldest + i) ? version : change(version),
  )
  return { ...metadata, versions }
}

/** A version as it is once somebody has deleted it. */
export const deleted = (version: Version, now: number, by: Person | undefined): Version => ({
  ...version,
  deletion: now,
  ...(by && { deletedBy: by }),
})

/** A version as it is once it was brought back, to end when `deletion` says. */
export const undeleted = ({ deletedBy: _, ...version }: Version, deletion: number): Version => ({
  ...version,
  deletion,
})

/** When a version that is written or undeleted now will be deleted by itself: the shorter of both spans counts. */
export function deletionOf({ deleteVersionAfter: own }: Metadata, config: Config, now: number): number {
  const general = config.deleteVersionAfter
  if (general < 0) return 0
  const seconds = own > 0 && general > 0 ? Math.min(own, general) : own || general
  return seconds === 0 ? 0 : now + seconds * 1000
}

const deletionText = ({ deletion }: Version) => (deletion === 0 ? '' : timeText(deletion))

const versionMembers = {
  created_time: shape.time(),
  deletion_time: shape.string('When it was or will be deleted, RFC 3339; empty where it is not.'),
  destroyed: shape.boolean('Its data is gone for good.'),
}
export const versionShape = shape.object({
  ...versionMembers,
  custom_metadata: shape.orNull(shape.texts()),
  version: shape.integer(),
})
const personShape = shape.object({
  actor: shape.string('The display name of their token.'),
  client_id: shape.string('Their entity; empty where the token belonged to none.'),
})
export const versionsShape = shape.map(
  shape.object(versionMembers, { created_by: personShape, deleted_by: personShape }),
)

/** A version as reads and writes show it. */
export function versionData(
  metadata: Metadata,
  number: number,
  version: Version,
): ValueOf<typeof versionShape> {
  return {
    created_time: timeText(version.created),
    custom_metadata: metadata.custom === null ? null : { ...metadata.custom },
    deletion_time: deletionText(version),
    destroyed: version.destroyed,
    version: number,
  }
}

const personData = ({ displayName, entityId }: Person): ValueOf<typeof personShape> => ({
  actor: displayName,
  client_id: entityId,
})

/** All versions by their numbers, as the metadata shows them: with who wrote and deleted them, where that is known. */
export function versionsData({ versions, oldest }: Metadata): ValueOf<typeof versionsShape> {
  return Object.fromEntries(
    versions.map((version, i) => [
      String(oldest + i),
      {
        created_time: timeText(version.created),
        deletion_time: deletionText(version),
        destroyed: version.destroyed,
        ...(version.createdBy && { created_by: personData(version.createdBy) }),
        ...(version.deletedBy && { deleted_by: personData(version.deletedBy) }),
      },
    ]),
  )
}

import { callerOf, type SystemContext } from '../../backend/context.ts'
import { EncodedJson } from '../../backend/message.ts'
import { readSpacesTable } from '../../backend/spaces/logins.ts'
import { isFailure } from '../../base/errors.ts'
import { isJsonObject, type JsonObject } from '../../base/json/json.ts'
import { timeText } from '../../base/time.ts'
import type { SystemServices } from '../services.ts'
import { endOf, notesOf, whenDeleted } from './known.ts'
import { type Place, plainPath } from './place.ts'
import type { Steps } from './walk.ts'

/** What secrets have to be beside their name; all of what is said. */
export type Conditions = {
  /** Custom metadata as it is. */
  readonly metadata: Readonly<Record<string, string>>
  /** A part of a name or a value of custom metadata. */
  readonly note: string
  /** Seconds within which it ends, or has ended. */
  readonly expires: number | undefined
  /** Days without a read or a write. */
  readonly unused: number | undefined
  readonly mine: boolean
  readonly shared: boolean
  readonly deleted: boolean
}

/** What is told of a secret that is found, beside its path; undefined for one that is not. */
export type Check = (path: string) => Promise<JsonObject | undefined>

/** What a look at the usage of a secret takes, in plain requests. */
const stepsOfUsage = 4
const dayLength = 24 * 3600_000

export const looksAtMetadata = ({ metadata, note, expires, deleted }: Conditions): boolean =>
  Object.keys(metadata).length > 0 || note !== '' || expires !== undefined || deleted

export const looksAtUsage = ({ unused, mine, shared }: Conditions): boolean =>
  unused !== undefined || mine || shared

/** @param path of the secret, behind the mount; its steps are taken off */
export async function checkOf(
  services: SystemServices,
  context: SystemContext,
  place: Place,
  wanted: Conditions,
  steps: Steps,
): Promise<Check> {
  const isHome = wanted.shared && (await homesOf(context)).has(place.mount.uuid)
  return async (path) => {
    const known = looksAtMetadata(wanted) ? knownOf(context, place, path, wanted, steps) : {}
    const told = await known
    if (told === undefined || !looksAtUsage(wanted)) return told
    steps.left -= stepsOfUsage
    return (await isUsedSo(services, context, place, path, wanted, isHome)) ? told : undefined
  }
}

/** The mounts with spaces, where `vos/` is shared by its nature. */
const homesOf = async ({ tx }: SystemContext): Promise<Set<string>> =>
  new Set((await readSpacesTable(tx)).logins.map(({ home }) => home))

async function knownOf(
  context: SystemContext,
  place: Place,
  path: string,
  wanted: Conditions,
  steps: Steps,
): Promise<JsonObject | undefined> {
  const data = await metadataOf(context, place, path, steps)
  if (data === undefined) return undefined
  const notes = notesOf(data)
  const asNamed = Object.entries(wanted.metadata).every(([key, value]) => notes.get(key) === value)
  if (!asNamed) return undefined
  const found = [...notes].filter(([key, value]) => holds(key, wanted.note) || holds(value, wanted.note))
  if (wanted.note !== '' && found.length === 0) return undefined
  const now = context.clock.now()
  const end = wanted.expires === undefined ? undefined : endOf(data, now)
  if (wanted.expires !== undefined && (end === undefined || end > now + wanted.expires * 1000))
    return undefined
  const deleted = wanted.deleted ? whenDeleted(data, now) : undefined
  if (wanted.deleted && deleted === undefined) return undefined
  return {
    ...(wanted.note !== '' && { custom_metadata: Object.fromEntries(found) }),
    ...(end !== undefined && { expire_time: timeText(end) }),
    ...(deleted !== undefined && { deletion_time: timeText(deleted.at), version: deleted.version }),
  }
}

const holds = (text: string, part: string) => part !== '' && text.toLowerCase().includes(part.toLowerCase())

/** What a plain read of a secret's metadata shows to the caller; undefined where that is nothing. */
async function metadataOf(
  context: SystemContext,
  place: Place,
  path: string,
  steps: Steps,
): Promise<JsonObject | undefined> {
  if (place.secrets?.paths.metadata === undefined) return undefined
  steps.left--
  try {
    const read = { verb: 'read', path: plainPath(place, 'metadata', path), fields: {} } as const
    const { data } = await context.subrequests.within(read)
    return data instanceof EncodedJson || data == null || !isJsonObject(data) ? undefined : data
  } catch (error) {
    if (isFailure(error, 'policy_denied', 'not_found')) return undefined
    throw error
  }
}

async function isUsedSo(
  services: SystemServices,
  context: SystemContext,
  place: Place,
  path: string,
  { unused, mine, shared }: Conditions,
  isHome: boolean,
): Promise<boolean> {
  const { record } = callerOf(context).token
  // Whoever has a locker need not be its maker.
  const self = record.locker === true ? '' : record.entityId
  const counts = await services.usage().of(place.mount.uuid, path)
  if (unused !== undefined) {
    const before = context.clock.now() - unused * dayLength
    const { lastRead, lastWrite } = counts ?? {}
    if ((lastRead?.at ?? 0) > before || (lastWrite?.at ?? 0) > before) return false
  }
  if (mine && (self === '' || counts?.lastWrite?.entityId !== self)) return false
  if (shared && record.locker === true) return false
  if (shared && !(isHome && path.startsWith('vos/'))) {
    const others = (counts?.people ?? []).some(({ entityId }) => entityId !== self)
    if (!others || !(await services.may(context, 'read', plainPath(place, 'read', path)))) return false
  }
  return true
}

import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import { EncodedJson, type Reply } from '../../backend/message.ts'
import { mountPoint } from '../../backend/mounts/mount.ts'
import { readMounts } from '../../backend/mounts/mount-table.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import type { RequestPath } from '../../backend/routes/path.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail, isFailure } from '../../base/errors.ts'
import { isJsonObject } from '../../base/json/json.ts'
import type { SystemServices } from '../services.ts'
import { folderPath } from './asked.ts'
import { costOf, readPattern } from './pattern.ts'
import { type Place, placeOf } from './place.ts'
import { mostSteps, type Steps, walk } from './walk.ts'

const usualLimit = 100
const mostFound = 1000

const fields = {
  path: field.string('The folder to search, with its mount; without it, all mounts of KV.'),
  name: field.string('Part of the path, or with "*" and "?" a pattern of the name.', { maxLength: 512 }),
  metadata: field.map('Custom metadata that the secret has, as "key=value".'),
  after: field.string('Where to go on, as the last answer said.'),
  limit: field.integer(`Answer at most this many, and never more than ${mostFound}.`, { minimum: 1 }),
}
type Wanted = FieldValues<typeof fields>
type Custom = Readonly<Record<string, string>>

async function search(services: SystemServices, context: SystemContext, wanted: Wanted): Promise<Reply> {
  const { name = '', metadata = {}, after, limit = usualLimit } = wanted
  if (name === '' && Object.keys(metadata).length === 0) {
    fail('invalid_request', 'say what is looked for: "name", "metadata" or both')
  }
  const matches = readPattern(name)
  /** Whether each name takes steps of its own. */
  const isDear = Object.keys(metadata).length > 0 || costOf(name, 'x') > 0
  const most = Math.min(limit, mostFound)
  const keys: string[] = []
  const steps: Steps = { left: mostSteps, stopped: undefined }
  let stopped: string | undefined
  for (const { place, top, behind, isAsked } of await tops(services, context, wanted.path, after)) {
    /** What was looked at last, which a list has shown. */
    let last = top + (behind ?? '')
    try {
      for await (const path of walk(context, place, place.path, behind, steps)) {
        if (keys.length === most || (isDear && steps.left <= 0)) {
          stopped = last
          break
        }
        last = top + path
        const below = top.slice(place.point.length) + path
        steps.left -= costOf(name, below)
        if (!matches(below)) continue
        if (await hasMetadata(context, place, place.path + path, metadata, steps)) keys.push(top + path)
      }
    } catch (error) {
      // Of several mounts, those that may not be listed are passed over.
      if (isAsked || !isFailure(error, 'policy_denied')) throw error
    }
    if (steps.stopped !== undefined) stopped ??= top + steps.stopped
    if (stopped !== undefined) break
  }
  return { data: { keys, ...(stopped === undefined ? {} : { after: stopped }) } }
}

type Top = {
  readonly place: Place
  /** The folder with its mount. */
  readonly top: string
  readonly behind: string | undefined
  readonly isAsked: boolean
}

async function tops(
  services: SystemServices,
  context: SystemContext,
  asked: string | undefined,
  after: string | undefined,
): Promise<Top[]> {
  if (asked !== undefined && asked !== '') {
    const top = folderPath(asked)
    const place = await placeOf(services, context, top)
    if (place === undefined) {
      // Answers as the plain list of what has no mount.
      await context.subrequests.within({ verb: 'list', path: top, fields: {} })
      return []
    }
    if (after !== undefined && !after.startsWith(top)) fail('invalid_request', '"after" is of another search')
    return [{ place, top, behind: after?.slice(top.length), isAsked: true }]
  }
  const { mounts } = await readMounts(context.tx)
  return mounts
    .filter((mount) => services.secretsOf(mount) !== undefined)
    .map((mount) => {
      const point = mountPoint(mount)
      const place = { mount, secrets: services.secretsOf(mount), point, path: '' }
      const behind = after?.startsWith(point) === true ? after.slice(point.length) : undefined
      return { place, top: point, behind, isAsked: false }
    })
    .filter(({ top, behind }) => after === undefined || behind !== undefined || top > after)
    .sort((a, b) => (a.top < b.top ? -1 : 1))
}

async function hasMetadata(
  context: SystemContext,
  { secrets, point }: Place,
  path: string,
  wanted: Custom,
  steps: Steps,
): Promise<boolean> {
  const all = Object.entries(wanted)
  if (all.length === 0) return true
  const known = secrets?.paths.metadata
  if (known === undefined) return false
  steps.left--
  try {
    // Canonical parts make a canonical path.
    const read = { verb: 'read', path: `${point}${known(path)}` as RequestPath, fields: {} } as const
    const { data } = await context.subrequests.within(read)
    const found = data instanceof EncodedJson ? undefined : data?.custom_metadata
    const custom = new Map(found != null && isJsonObject(found) ? Object.entries(found) : [])
    return all.every(([key, value]) => custom.get(key) === value)
  } catch (error) {
    if (isFailure(error, 'policy_denied', 'not_found')) return false
    throw error
  }
}

/** With `after` where it is not whole. */
const found = answer.data(shape.object({ keys: shape.strings() }, { after: shape.string() }))

export const searchRoute = (services: SystemServices) => {
  const find = (context: SystemContext, wanted: Wanted) => search(services, context, wanted)
  return systemRoute({
    path: 'kv/search',
    summary: 'Find secrets by a part of their name, or by their custom metadata.',
    description:
      'Looks at what plain lists show to the caller; folders that the caller may not list are passed over. To look at ' +
      'custom metadata takes "read" on the metadata of each secret. The work of one request is bounded: an answer with ' +
      '"after" is not whole, also when it holds no key, and goes on when it is asked again with it.',
    fields,
    answers: { read: found, write: found },
    operations: { read: find, update: find },
  })
}

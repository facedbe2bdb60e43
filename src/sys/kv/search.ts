import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { mountPoint } from '../../backend/mounts/mount.ts'
import { readMounts } from '../../backend/mounts/mount-table.ts'
import { type FieldValues, field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { readSpacesTable } from '../../backend/spaces/logins.ts'
import { fail, isFailure } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import type { SystemServices } from '../services.ts'
import { folderPath } from './asked.ts'
import { type Conditions, checkOf, looksAtMetadata, looksAtUsage } from './conditions.ts'
import { costOf, readPattern } from './pattern.ts'
import { type Place, placeOf } from './place.ts'
import { mostSteps, type Steps, walk } from './walk.ts'

const usualLimit = 100
const mostFound = 1000

const fields = {
  path: field.string('The folder to search, with its mount; without it, all mounts of KV.'),
  name: field.string('Part of the path, or with "*" and "?" a pattern of the name.', { maxLength: 512 }),
  in_place: field.boolean(
    'Of what is in a space or in the folder of a virtual organisation, "name" is looked for behind that folder.',
  ),
  metadata: field.map('Custom metadata that the secret has, as "key=value".'),
  note: field.string('Part of a name or a value of custom metadata.', { maxLength: 512 }),
  expires: field.duration('Ends within this span, or has ended.', { minimum: 0 }),
  unused: field.integer('Neither read nor written for so many days.', { minimum: 1, maximum: 36_500 }),
  mine: field.boolean('The caller wrote it last.'),
  shared: field.boolean('It is in the folder of a virtual organisation, or others used it.'),
  deleted: field.boolean('Its newest version is deleted, and can be brought back.'),
  after: field.string('Where to go on, as the last answer said.'),
  limit: field.integer(`Answer at most this many, and never more than ${mostFound}.`, { minimum: 1 }),
}
type Wanted = FieldValues<typeof fields>

async function search(services: SystemServices, context: SystemContext, wanted: Wanted): Promise<Reply> {
  const { name = '', after, limit = usualLimit } = wanted
  const conditions = conditionsOf(wanted)
  const areConditions = looksAtMetadata(conditions) || looksAtUsage(conditions)
  if (name === '' && !areConditions) {
    fail('invalid_request', 'say what is looked for: "name", "metadata" or something else')
  }
  const matches = readPattern(name)
  const isOf = wanted.in_place === true ? await placesIn(context) : undefined
  /** Whether each name takes steps of its own. */
  const isDear = areConditions || costOf(name, 'x') > 0
  const most = Math.min(limit, mostFound)
  const keys: string[] = []
  const info: Record<string, JsonObject> = Object.create(null)
  const steps: Steps = { left: mostSteps, stopped: undefined }
  let stopped: string | undefined
  for (const { place, top, behind, isAsked } of await tops(services, context, wanted.path, after)) {
    /** What was looked at last, which a list has shown. */
    let last = top + (behind ?? '')
    const check = await checkOf(services, context, place, conditions, steps)
    try {
      for await (const path of walk(context, place, place.path, behind, steps)) {
        if (keys.length === most || (isDear && steps.left <= 0)) {
          stopped = last
          break
        }
        last = top + path
        const full = top.slice(place.point.length) + path
        const below = isOf === undefined ? full : isOf(place.mount.uuid, full)
        steps.left -= costOf(name, below)
        if (!matches(below)) continue
        const told = areConditions ? await check(place.path + path) : {}
        if (told === undefined) continue
        keys.push(top + path)
        if (Object.keys(told).length > 0) info[top + path] = told
      }
    } catch (error) {
      // Of several mounts, those that may not be listed are passed over.
      if (isAsked || !isFailure(error, 'policy_denied')) throw error
    }
    if (steps.stopped !== undefined) stopped ??= top + steps.stopped
    if (stopped !== undefined) break
  }
  return {
    data: {
      keys,
      ...(Object.keys(info).length > 0 && { key_info: { ...info } }),
      ...(stopped !== undefined && { after: stopped }),
    },
  }
}

const conditionsOf = (wanted: Wanted): Conditions => ({
  metadata: wanted.metadata ?? {},
  note: wanted.note ?? '',
  expires: wanted.expires,
  unused: wanted.unused,
  mine: wanted.mine ?? false,
  shared: wanted.shared ?? false,
  deleted: wanted.deleted ?? false,
})

/** What follows the folder of a person or of a virtual organisation in a path behind its mount. */
async function placesIn({ tx }: SystemContext): Promise<(mount: string, path: string) => string> {
  const { logins } = await readSpacesTable(tx)
  const folders = new Set(logins.flatMap(({ home, people }) => [`${home}/${people}/`, `${home}/vos/`]))
  return (mount, path) => {
    const [first = '', second = '', ...rest] = path.split('/')
    const isInPlace = rest.length > 0 && second !== '' && folders.has(`${mount}/${first}/`)
    return isInPlace ? rest.join('/') : path
  }
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

/** With `after` where it is not whole. */
const found = answer.data(
  shape.object(
    { keys: shape.strings() },
    {
      key_info: shape.map(
        shape.object(
          {},
          {
            custom_metadata: shape.texts('What of it has the "note".'),
            expire_time: shape.time('When it ends.'),
            deletion_time: shape.time('When its newest version was deleted.'),
            version: shape.integer('The number of that.'),
          },
        ),
      ),
      after: shape.string(),
    },
  ),
)

export const searchRoute = (services: SystemServices) => {
  const find = (context: SystemContext, wanted: Wanted) => search(services, context, wanted)
  return systemRoute({
    path: 'kv/search',
    summary: 'Find secrets by a part of their name, by their custom metadata, or by their use.',
    description:
      'Looks at what plain lists show to the caller; folders that the caller may not list are passed over. To look at ' +
      'custom metadata takes "read" on the metadata of each secret. The work of one request is bounded: an answer with ' +
      '"after" is not whole, also when it holds no key, and goes on when it is asked again with it.',
    fields,
    answers: { read: found, write: found },
    operations: { read: find, update: find },
  })
}

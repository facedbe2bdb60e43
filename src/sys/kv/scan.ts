import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { field } from '../../backend/routes/fields.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import type { ListOptions } from '../../storage/store.ts'
import type { SystemServices } from '../services.ts'
import { folderPath } from './asked.ts'
import { placeOf } from './place.ts'
import { mostSteps, type Steps, walk } from './walk.ts'

/** Paths of one answer when the caller names no limit, and at most. */
const usualLimit = 1000
const mostPaths = 10_000

async function scan(
  services: SystemServices,
  context: SystemContext,
  { after, limit = usualLimit }: ListOptions,
): Promise<Reply> {
  const path = folderPath(context.params.path ?? '')
  const place = await placeOf(services, context, path)
  if (place === undefined) {
    return context.subrequests.within({ verb: 'list', path, fields: {} })
  }
  const steps: Steps = { left: mostSteps, stopped: undefined }
  const most = Math.min(limit, mostPaths)
  const keys: string[] = []
  for await (const found of walk(context, place, place.path, after, steps)) {
    if (keys.length === most) {
      steps.stopped = keys.at(-1)
      break
    }
    keys.push(found)
  }
  const { stopped } = steps
  if (keys.length === 0 && stopped === undefined) fail('not_found')
  return { data: { keys, ...(stopped === undefined ? {} : { after: stopped }) } }
}

/** With `after` where it is not whole. */
const scanned = answer.data(shape.object({ keys: shape.strings() }, { after: shape.string() }))

export const scanRoute = (services: SystemServices) =>
  systemRoute({
    path: 'kv/scan/{path+}',
    summary: 'List all secrets below a folder, in folders of it too.',
    description:
      'As plain lists of the folder and of each folder below show them; those that the caller may not list are ' +
      'passed over. Paths are those behind the folder. An answer with "after" is not whole: ask again with it.',
    fields: {
      after: field.string('Show paths behind this one.'),
      limit: field.integer(`Show at most this many paths, and never more than ${mostPaths}.`, { minimum: 1 }),
    },
    answers: { read: scanned, list: scanned },
    operations: { read: (context, options) => scan(services, context, options) },
    list: (context, options) => scan(services, context, options),
  })

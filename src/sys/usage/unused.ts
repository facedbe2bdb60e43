import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { field } from '../../backend/routes/fields.ts'
import { maxPathBytes } from '../../backend/routes/path.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
import { timeText } from '../../base/time.ts'
import type { SecretFolders, SystemServices } from '../services.ts'

const dayLength = 24 * 3600_000
const standardDays = 14
/** A hundred years. */
const maxDays = 36_500
/** Names, of secrets and folders, that one answer looks at. */
const maxLooked = 500

type Fields = { days?: number | undefined; after?: string | undefined; limit?: number | undefined }

/** What is found on the way through folders: a secret, or a folder that is entered next. */
type Found = { readonly name: string; readonly at: string }

/**
 * Every name below a folder that the caller may list, in order, depth first.
 *
 * @param after the name to go on behind, below the folder; a folder is gone on inside of
 */
async function* walk(
  folders: SecretFolders,
  folder: string,
  after: string | undefined,
): AsyncGenerator<Found> {
  const slash = after?.indexOf('/') ?? -1
  let cursor = after
  if (after !== undefined && slash >= 0) {
    cursor = after.slice(0, slash + 1)
    yield* walk(folders, folder + cursor, after.slice(slash + 1) || undefined)
  }
  for (;;) {
    const names = await folders.names(folder, { after: cursor, limit: maxLooked })
    if (names === undefined || names.length === 0) return
    for (const name of names) {
      yield { name, at: folder + name }
      if (name.endsWith('/')) yield* walk(folders, folder + name, undefined)
    }
    cursor = names.at(-1)
  }
}

async function show(services: SystemServices, context: SystemContext, fields: Fields): Promise<Reply> {
  const { days = standardDays, after, limit = maxLooked } = fields
  if (days > maxDays) {
    fail('invalid_request', `days must be at most ${maxDays}`)
  }
  const folders = await services.secretFolders(context, context.params.path ?? '')
  const usage = services.usage()
  const before = context.clock.now() - days * dayLength
  const secrets: JsonObject[] = []
  let looked = 0
  let last: string | undefined
  let more = false
  for await (const { name, at } of walk(folders, folders.folder, after)) {
    more = looked >= maxLooked || secrets.length >= limit
    if (more) break
    looked++
    last = at.slice(folders.folder.length)
    if (name.endsWith('/')) continue
    const counts = await usage.of(folders.mount, at)
    const { lastRead, lastWrite } = counts ?? {}
    if (lastRead !== undefined && lastRead.at > before) continue
    secrets.push({
      path: folders.pathOf(at),
      last_read: lastRead === undefined ? null : timeText(lastRead.at),
      last_write: lastWrite === undefined ? null : timeText(lastWrite.at),
    })
  }
  return { data: { path: context.params.path ?? '', days, secrets, next: more ? (last ?? null) : null } }
}

export function unusedRoutes(services: SystemServices) {
  return [
    systemRoute({
      path: 'usage/unused/{path+}',
      summary: 'Show the secrets below a folder that nobody read for some days.',
      description:
        'For whoever may list the folder and passes its owner guard; folders below it that the caller may not ' +
        'list are left out. Those never read since uses are counted are among them: `last_read` is null then. ' +
        `One answer looks at ${maxLooked} names at most, and may show none and still has a \`next\`, to be sent as \`after\`.`,
      fields: {
        days: field.integer(`Not read for so many days: ${standardDays} without it, ${maxDays} at most.`, {
          minimum: 1,
        }),
        after: field.string('Go on behind this name: the `next` of the answer before.', {
          maxLength: maxPathBytes,
        }),
        limit: field.integer('Show at most this many secrets.', { minimum: 1 }),
      },
      answers: {
        read: answer.data(
          shape.object({
            path: shape.string(),
            days: shape.integer(),
            secrets: shape.list(
              shape.object({
                path: shape.string(),
                last_read: shape.orNull(shape.time()),
                last_write: shape.orNull(shape.time()),
              }),
            ),
            next: shape.orNull(shape.string('What to go on behind.')),
          }),
        ),
      },
      operations: { read: (context, fields) => show(services, context, fields) },
    }),
  ]
}

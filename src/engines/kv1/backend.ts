import type { Backend } from '../../backend/backend.ts'
import type { Context } from '../../backend/context.ts'
import { listFolder } from '../../backend/listing.ts'
import { EncodedJson, type Reply } from '../../backend/message.ts'
import { route } from '../../backend/route.ts'
import { parseDuration } from '../../base/duration.ts'
import { fail, isFailure } from '../../base/errors.ts'
import { contentOf, type Secret, secrets } from './record.ts'

/**
 * KV version 1: one object a path, written and read as a whole. Rows: `data/<path>`, the object's JSON text.
 */
const dataFolder = 'data/'

const pathOf = (context: Context) => context.params.path ?? ''
const folderOf = (context: Context) => (pathOf(context) === '' ? '' : `${pathOf(context)}/`)
const nameOf = (context: Context) => dataFolder + pathOf(context)

async function read(context: Context): Promise<Reply> {
  const secret = await context.storage.get(secrets, nameOf(context))
  if (secret === undefined) fail('not_found')
  return { data: secret.json, leaseDuration: leaseDuration(secret, context.ttl.default) }
}

function write(context: Context): Reply {
  const { fields } = context.request
  if (Object.keys(fields).length === 0) fail('invalid_request', 'missing data fields')
  context.storage.put(secrets, nameOf(context), { json: new EncodedJson(JSON.stringify(fields)) })
  return {}
}

function remove(context: Context): Reply {
  context.storage.delete(nameOf(context))
  return {}
}

/** Seconds: what the object itself says in `ttl` or `lease`, else the mount's default. No span says nothing. */
function leaseDuration(secret: Secret, standard: number): number {
  if (!/"(ttl|lease)"/.test(secret.json.text)) return standard
  const content = contentOf(secret)
  const said = content.ttl ?? content.lease
  if (typeof said !== 'string' && typeof said !== 'number') return standard
  try {
    const seconds = parseDuration(String(said))
    return seconds > 0 ? seconds : standard
  } catch (error) {
    if (isFailure(error)) return standard
    throw error
  }
}

export const kv1: Backend = {
  type: 'kv',
  version: '1',
  kind: 'secret',
  routes: [
    route({
      path: '{path+}',
      summary: 'Store, read and delete an object.',
      operations: { read, create: write, update: write, delete: remove },
      list: (context, options) =>
        listFolder(context, context.storage.below(dataFolder), folderOf(context), options),
      exists: async (context) => (await context.storage.get(secrets, nameOf(context))) !== undefined,
      secret: 'path',
      prefetch: (context) => context.storage.want(secrets, nameOf(context)),
    }),
  ],
}

import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { Backend } from '../../backend/backend.ts'
import type { Context } from '../../backend/context.ts'
import { deleteSecret } from '../../backend/kv/deleted.ts'
import { contentOf, folderOf, objectOf, pathOf, type StoredObject } from '../../backend/kv/object.ts'
import { dataFolder, headName, heads } from '../../backend/kv/record.ts'
import type { Reply } from '../../backend/message.ts'
import { listFolder } from '../../backend/routes/listing.ts'
import { route } from '../../backend/routes/route.ts'
import { scanFolder } from '../../backend/routes/scanning.ts'
import { parseDuration } from '../../base/duration.ts'
import { fail, isFailure } from '../../base/errors.ts'
import { findObject, secrets } from './secrets.ts'

const nameOf = (context: Context) => headName(pathOf(context))

const find = (context: Context) => findObject(context, pathOf(context))

async function read(context: Context): Promise<Reply> {
  const secret = await find(context)
  if (secret === undefined) fail('not_found')
  return { data: secret.json, leaseDuration: leaseDuration(secret, context.ttl.default) }
}

function write(context: Context): Reply {
  context.storage.put(heads, nameOf(context), objectOf(context))
  return {}
}

async function remove(context: Context): Promise<Reply> {
  await deleteSecret(context, secrets, pathOf(context))
  return {}
}

/** Seconds: what the object itself says in `ttl` or `lease`, else the mount's default. No span says nothing. */
function leaseDuration(secret: StoredObject, standard: number): number {
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

/** KV version 1: one object a path, written and read as a whole. */
export const kv1: Backend = {
  type: 'kv',
  version: '1',
  kind: 'secret',
  secrets,
  routes: [
    route({
      path: '{path+}',
      summary: 'Store, read and delete an object.',
      answers: { read: answer.data(shape.anyObject()) },
      operations: { read, create: write, update: write, delete: remove },
      list: (context, options) =>
        listFolder(context, context.storage.below(dataFolder), folderOf(context), options),
      scan: (context, options) =>
        scanFolder(context, context.storage.below(dataFolder), folderOf(context), options),
      exists: async (context) => (await find(context)) !== undefined,
      secret: 'path',
      prefetch: (context) => context.storage.want(heads, nameOf(context)),
    }),
  ],
}

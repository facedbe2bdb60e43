import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import type { SystemBackend } from '../../backend/backend.ts'
import { callerOf, type MountStorage, type SystemContext } from '../../backend/context.ts'
import { folderOf, objectOf, objectRecord, pathOf } from '../../backend/kv/object.ts'
import type { Reply } from '../../backend/message.ts'
import { listFolder } from '../../backend/routes/listing.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { scanFolder } from '../../backend/routes/scanning.ts'
import { responseText, wrappedKey, wrappedRecords } from '../../backend/wrapping.ts'
import { fail } from '../../base/errors.ts'

/**
 * A store of its own for every service token, which ends with it. Rows: `<token instance>/<path>`, the
 * object's JSON text. What a token leaves behind nobody can reach; the sweep clears it away.
 */
const entries = objectRecord('cubbyhole entry')

function ownStorage(context: SystemContext): MountStorage {
  const { token } = callerOf(context)
  if (token.type !== 'service') {
    fail('invalid_request', "cubbyhole operations are only supported by 'service' type tokens")
  }
  return context.storage.below(`${token.record.instance}/`)
}

async function read(context: SystemContext): Promise<Reply> {
  const response = pathOf(context) === 'response' ? await wrappedResponse(context) : undefined
  if (response !== undefined) return response
  const entry = await ownStorage(context).get(entries, pathOf(context))
  return entry === undefined ? fail('not_found') : { data: entry.json }
}

/**
 * How answers were unwrapped before there was an endpoint for it: a wrapping token reads the whole answer as
 * a text. Reading it takes its one use, so that the answer is there once, by this way or by the other.
 */
async function wrappedResponse(context: SystemContext): Promise<Reply | undefined> {
  // Only wrapping tokens have such a row.
  const { instance } = callerOf(context).token.record
  const wrapped = await context.tx.get(wrappedRecords, wrappedKey(instance))
  if (wrapped === undefined) return undefined
  context.warn('reading cubbyhole/response is an old way to unwrap: use sys/wrapping/unwrap')
  return { data: { response: responseText(context.request.id, wrapped.reply) } }
}

function write(context: SystemContext): Reply {
  const storage = ownStorage(context)
  storage.put(entries, pathOf(context), objectOf(context))
  return {}
}

function remove(context: SystemContext): Reply {
  ownStorage(context).delete(pathOf(context))
  return {}
}

export const cubbyhole: SystemBackend = {
  type: 'cubbyhole',
  kind: 'secret',
  routes: [
    systemRoute({
      path: '{path+}',
      summary: 'Keep an object that only this token can read.',
      answers: { read: answer.data(shape.anyObject()) },
      operations: { read, create: write, update: write, delete: remove },
      list: (context, options) => listFolder(context, ownStorage(context), folderOf(context), options),
      scan: (context, options) => scanFolder(context, ownStorage(context), folderOf(context), options),
      exists: async (context) => (await ownStorage(context).get(entries, pathOf(context))) !== undefined,
    }),
  ],
}

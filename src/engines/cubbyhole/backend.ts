import type { Backend } from '../../backend/backend.ts'
import { type Context, callerOf, type MountStorage } from '../../backend/context.ts'
import { listFolder } from '../../backend/listing.ts'
import { EncodedJson, type Reply } from '../../backend/message.ts'
import { route } from '../../backend/route.ts'
import { fail } from '../../base/errors.ts'
import type { RecordKind } from '../../transaction/record.ts'

/**
 * A store of its own for every service token, which ends with it. Rows: `<token instance>/<path>`, the
 * object's JSON text. What a token leaves behind nobody can reach; the sweep clears it away.
 */
type Entry = { readonly json: EncodedJson }

const entries: RecordKind<Entry> = {
  name: 'cubbyhole entry',
  encode: ({ json }) => Buffer.from(json.text),
  parse: (bytes) => ({ json: new EncodedJson(Buffer.from(bytes).toString('utf8')) }),
}

const pathOf = (context: Context) => context.params.path ?? ''
const folderOf = (context: Context) => (pathOf(context) === '' ? '' : `${pathOf(context)}/`)

function ownStorage(context: Context): MountStorage {
  const { token } = callerOf(context)
  if (token.type !== 'service') {
    fail('invalid_request', "cubbyhole operations are only supported by 'service' type tokens")
  }
  return context.storage.below(`${token.record.instance}/`)
}

async function read(context: Context): Promise<Reply> {
  const entry = await ownStorage(context).get(entries, pathOf(context))
  return entry === undefined ? fail('not_found') : { data: entry.json }
}

function write(context: Context): Reply {
  const { fields } = context.request
  const storage = ownStorage(context)
  if (Object.keys(fields).length === 0) fail('internal_wrapped', 'missing data fields')
  storage.put(entries, pathOf(context), { json: new EncodedJson(JSON.stringify(fields)) })
  return {}
}

function remove(context: Context): Reply {
  ownStorage(context).delete(pathOf(context))
  return {}
}

export const cubbyhole: Backend = {
  type: 'cubbyhole',
  kind: 'secret',
  mountable: false,
  routes: [
    route({
      path: '{path+}',
      summary: 'Keep an object that only this token can read.',
      operations: { read, create: write, update: write, delete: remove },
      list: (context, options) => listFolder(context, ownStorage(context), folderOf(context), options),
      exists: async (context) => (await ownStorage(context).get(entries, pathOf(context))) !== undefined,
    }),
  ],
}

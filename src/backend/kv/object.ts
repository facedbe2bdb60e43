import { fail } from '../../base/errors.ts'
import { isJsonObject, type JsonObject, parseOwnJson } from '../../base/json/json.ts'
import type { RecordKind } from '../../transaction/record.ts'
import type { Context } from '../context.ts'
import { EncodedJson } from '../message.ts'

/** A stored object: its JSON text as it goes back on the wire, never parsed on the way. */
export type StoredObject = { readonly json: EncodedJson }

/** Rows that hold the JSON text of an object and nothing else. */
export function objectRecord(name: string): RecordKind<StoredObject> {
  return {
    name,
    encode: ({ json }) => Buffer.from(json.text),
    parse: (bytes) => ({
      json: new EncodedJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')),
    }),
  }
}

/** The object inside, for what needs to look into it. */
export function contentOf({ json }: StoredObject): JsonObject {
  const content = parseOwnJson(json.text)
  return isJsonObject(content) ? content : fail('corrupt', 'a stored secret is no JSON object')
}

/**
 * The whole body of a write as the object to store.
 *
 * @throws invalid_request when it has no fields
 */
export function objectOf({ request }: Pick<Context, 'request'>): StoredObject {
  if (Object.keys(request.fields).length === 0) fail('invalid_request', 'missing data fields')
  return { json: new EncodedJson(JSON.stringify(request.fields)) }
}

/** What a route's `{path+}` holds; empty at its root. */
export const pathOf = ({ params }: Pick<Context, 'params'>): string => params.path ?? ''

/** The same as a folder: empty, or ending in a slash. */
export function folderOf(context: Pick<Context, 'params'>): string {
  const path = pathOf(context)
  return path === '' ? '' : `${path}/`
}

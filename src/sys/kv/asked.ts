import type { Subrequest } from '../../backend/context.ts'
import type { Verb } from '../../backend/message.ts'
import { isListing } from '../../backend/routes/operation.ts'
import { type RequestPath, requestPath } from '../../backend/routes/path.ts'
import { fail } from '../../base/errors.ts'
import { isJsonObject, isRawNumber, type Json, type JsonObject } from '../../base/json/json.ts'

/** One request of a batch, as it was asked for. */
export type Asked = { readonly operation: string; readonly request: Subrequest }

const verbs: Readonly<Record<string, Verb>> = {
  read: 'read',
  write: 'write',
  create: 'write',
  update: 'write',
  patch: 'patch',
  delete: 'delete',
  list: 'list',
  scan: 'scan',
}
const known = ['operation', 'path', 'data']

/**
 * Reads one request of a batch.
 *
 * @throws invalid_request, invalid_path; the text says what is wrong with it
 */
export function readAsked(item: Json): Asked {
  const sent: JsonObject = isJsonObject(item)
    ? item
    : fail('invalid_request', 'must be an object with "operation" and "path"')
  const strange = Object.keys(sent).find((name) => !known.includes(name))
  if (strange !== undefined) {
    fail(
      'invalid_request',
      `has a field ${JSON.stringify(strange.slice(0, 64))}; known are ${known.join(', ')}`,
    )
  }
  const { operation, path, data = {} } = sent
  const verb = typeof operation === 'string' && Object.hasOwn(verbs, operation) ? verbs[operation] : undefined
  if (typeof operation !== 'string' || verb === undefined) {
    fail('invalid_request', `needs an "operation": one of ${Object.keys(verbs).join(', ')}`)
  }
  if (typeof path !== 'string') fail('invalid_request', 'needs a "path"')
  if (data !== null && !isJsonObject(data)) fail('invalid_request', 'has "data" that is no object')
  const fields = verb === 'write' || verb === 'patch' ? (data ?? {}) : queryFields(data ?? {})
  return {
    operation,
    request: {
      verb,
      path: isListing(verb) ? folderPath(path) : requestPath(path),
      fields,
    },
  }
}

/** A path that names a folder, whether it says so or not. */
export const folderPath = (path: string): RequestPath => requestPath(path.endsWith('/') ? path : `${path}/`)

/** Fields as a query has them. */
function queryFields(fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (isRawNumber(value)) return [name, value.rawJSON]
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
        return [name, String(value)]
      }
      return fail('invalid_request', `has "data" of which ${JSON.stringify(name.slice(0, 64))} fits no query`)
    }),
  )
}

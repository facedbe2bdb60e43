import { isJsonObject, type Json } from '../../../../src/base/json/json.ts'

/** Of an answer what says something: its envelope names much that is mostly empty. Null where nothing is left. */
export function partsOf(body: Json): Json {
  if (!isJsonObject(body)) return body
  if (!('request_id' in body)) return body
  const { data = null, auth = null, wrap_info = null, lease_id = '', ...rest } = body
  const parts = {
    ...(data !== null && { data }),
    ...(auth !== null && { auth }),
    ...(wrap_info !== null && { wrap_info }),
    ...(lease_id !== '' && {
      lease_id,
      lease_duration: rest.lease_duration ?? 0,
      renewable: rest.renewable ?? false,
    }),
  }
  return Object.keys(parts).length === 0 ? null : parts
}

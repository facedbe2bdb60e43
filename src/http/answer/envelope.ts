import { type AuthReply, EncodedJson, type Reply, type WrapReply } from '../../backend/message.ts'
import { isJsonObject, isRawNumber, type Json, type JsonObject } from '../../base/json/json.ts'

/** An answer, ready for the wire. A `body` of undefined is sent without a length. */
export type Answer = {
  readonly status: number
  readonly contentType: string | undefined
  readonly body: string | Uint8Array | undefined
}

export const jsonType = 'application/json'

/** Encodes what a handler answered. JSON ends in a newline; `<`, `>` and `&` in it are escaped. */
export function encodeReply(requestId: string, reply: Reply): Answer {
  if (reply.raw !== undefined) {
    return { status: reply.status ?? 200, contentType: reply.raw.contentType, body: reply.raw.body }
  }
  if (reply.bare !== undefined) return json(reply.status ?? 200, escapeMarkup(JSON.stringify(reply.bare)))
  const { data, auth, wrap, warnings } = reply
  if (data === undefined && auth === undefined && wrap === undefined && warnings === undefined) {
    return { status: reply.status ?? 204, contentType: jsonType, body: undefined }
  }
  return json(reply.status ?? 200, escapeMarkup(envelope(requestId, reply)))
}

/** JSON text of `body` as an answer. */
export function json(status: number, text: string): Answer {
  return { status, contentType: jsonType, body: `${text}\n` }
}

/** These occur in JSON only inside of strings; some browsers take JSON for a page or a script. */
export function escapeMarkup(text: string): string {
  return /[<>&\u2028\u2029]/.test(text)
    ? text.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : text
}

/** A wrapped answer shows nothing of the request behind it, not even its id. */
function envelope(requestId: string, reply: Reply): string {
  const { wrap, mountType } = reply
  return (
    `{${reply.flatten === true ? flattened(reply.data) : ''}"request_id":"${wrap === undefined ? requestId : ''}"` +
    `,"lease_id":${reply.leaseId === undefined ? '""' : JSON.stringify(reply.leaseId)}` +
    `,"renewable":${reply.renewable === true}` +
    `,"lease_duration":${reply.leaseDuration ?? 0}` +
    `,"data":${wrap === undefined ? encodeData(reply.data) : 'null'}` +
    `,"wrap_info":${wrap === undefined ? 'null' : encodeWrap(wrap)}` +
    `,"warnings":${reply.warnings === undefined || reply.warnings.length === 0 ? 'null' : JSON.stringify(reply.warnings)}` +
    `,"auth":${reply.auth === undefined ? 'null' : encodeAuth(reply.auth)}` +
    `${mountType === undefined ? '' : `,"mount_type":${JSON.stringify(mountType)}`}}`
  )
}

const ownFields: readonly string[] = [
  'request_id',
  'lease_id',
  'renewable',
  'lease_duration',
  'data',
  'wrap_info',
  'warnings',
  'auth',
  'mount_type',
]

/** The fields of `data` for the top level, each followed by a comma. The envelope's own names win. */
function flattened(data: Reply['data']): string {
  const fields = data instanceof EncodedJson ? data.toJSON() : data
  if (!isJsonObject(fields ?? null)) return ''
  return Object.entries(fields as JsonObject)
    .filter(([name]) => !ownFields.includes(name))
    .sort(byName)
    .map(([name, value]) => `${JSON.stringify(name)}:${encodeSorted(value)},`)
    .join('')
}

function encodeData(data: Reply['data']): string {
  if (data === undefined || data === null) return 'null'
  return data instanceof EncodedJson ? data.text : encodeSorted(data)
}

/** JSON with the names of every object in order. */
export function encodeSorted(value: Json): string {
  if (typeof value !== 'object' || value === null || isRawNumber(value))
    return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(encodeSorted).join(',')}]`
  const parts: string[] = []
  for (const [name, field] of Object.entries(value).sort(byName)) {
    if (field !== undefined) parts.push(`${JSON.stringify(name)}:${encodeSorted(field)}`)
  }
  return `{${parts.join(',')}}`
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1)

/** The order of fields is that of the API, whatever order the handler had. */
function encodeAuth(auth: AuthReply): string {
  return JSON.stringify({
    client_token: auth.client_token,
    accessor: auth.accessor,
    policies: auth.policies,
    token_policies: auth.token_policies,
    identity_policies: auth.identity_policies,
    metadata: auth.metadata,
    lease_duration: auth.lease_duration,
    renewable: auth.renewable,
    entity_id: auth.entity_id,
    token_type: auth.token_type,
    orphan: auth.orphan,
    mfa_requirement: auth.mfa_requirement,
    num_uses: auth.num_uses,
  })
}

function encodeWrap(wrap: WrapReply): string {
  return JSON.stringify({
    token: wrap.token,
    accessor: wrap.accessor,
    ttl: wrap.ttl,
    creation_time: wrap.creation_time,
    creation_path: wrap.creation_path,
    wrapped_accessor: wrap.wrapped_accessor,
  })
}

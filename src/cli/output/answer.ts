import { isJsonObject, type Json, type JsonObject } from '../../base/json/json.ts'
import type { Answer, AuthInfo, WrapInfo } from '../../client/index.ts'
import { durationText } from '../input/duration.ts'
import { cell, fieldRows } from './cell.ts'
import { type Fielded, type Formatted, show, showField } from './format.ts'
import { warn } from './say.ts'
import { keyValueTable, type Row } from './table.ts'

/** What an answer has beside its data, as rows. */
export function envelopeRows(answer: Answer): Row[] {
  const { lease_id, lease_duration, renewable } = answer
  const lease: Row[] =
    lease_id === ''
      ? [['refresh_interval', durationText(lease_duration)]]
      : [
          ['lease_id', lease_id],
          ['lease_duration', durationText(lease_duration)],
          ['lease_renewable', String(renewable)],
        ]
  return [
    ...(lease_duration > 0 ? lease : []),
    ...(answer.auth === null ? [] : authRows(answer.auth)),
    ...(answer.wrap_info === null ? [] : wrapRows(answer.wrap_info)),
  ]
}

export const authRows = (auth: AuthInfo): Row[] => [
  ['token', auth.client_token],
  ['token_accessor', auth.accessor],
  ['token_duration', auth.lease_duration === 0 ? '∞' : durationText(auth.lease_duration)],
  ['token_renewable', String(auth.renewable)],
  ['token_policies', JSON.stringify(auth.token_policies)],
  ['identity_policies', JSON.stringify(auth.identity_policies)],
  ['policies', JSON.stringify(auth.policies)],
  ...fieldRows(auth.metadata).map(([name = '', value = '']) => [`token_meta_${name}`, value]),
]

const wrapRows = (wrap: WrapInfo): Row[] => [
  ['wrapping_token', wrap.token],
  ['wrapping_accessor', wrap.accessor],
  ['wrapping_token_ttl', durationText(wrap.ttl)],
  ['wrapping_token_creation_time', wrap.creation_time],
  ['wrapping_token_creation_path', wrap.creation_path],
  ...(wrap.wrapped_accessor === '' ? [] : [['wrapped_accessor', wrap.wrapped_accessor]]),
]

/** The fields of an answer by the names that `-field` takes. Its data come first. */
export function answerFields(answer: Answer): Record<string, Json> {
  const { auth, wrap_info } = answer
  const own: Record<string, Json> = {
    request_id: answer.request_id,
    lease_id: answer.lease_id,
    lease_duration: answer.lease_duration,
    refresh_interval: answer.lease_duration,
    renewable: answer.renewable,
    ...(answer.data === null ? {} : { data: answer.data }),
  }
  const ofAuth = auth && {
    token: auth.client_token,
    token_accessor: auth.accessor,
    token_duration: auth.lease_duration,
    token_renewable: auth.renewable,
    token_policies: auth.token_policies,
    identity_policies: auth.identity_policies,
    policies: auth.policies,
  }
  const ofWrap = wrap_info && {
    wrapping_token: wrap_info.token,
    wrapping_accessor: wrap_info.accessor,
    wrapping_token_ttl: wrap_info.ttl,
    wrapping_token_creation_time: wrap_info.creation_time,
    wrapping_token_creation_path: wrap_info.creation_path,
    wrapped_accessor: wrap_info.wrapped_accessor,
  }
  return { ...own, ...ofAuth, ...ofWrap, ...answer.data }
}

const envelope = ['request_id', 'lease_id', 'lease_duration', 'renewable', 'data', 'warnings'] as const
const optional = ['auth', 'wrap_info', 'mount_type'] as const

/** The answer as JSON and YAML show it: the envelope, without what some answers repeat beside it. */
export function answerJson(answer: Answer): Json {
  const cached = answer.cached === null ? {} : { cached: { ...answer.cached } }
  const body: JsonObject = answer.body !== null && isJsonObject(answer.body) ? answer.body : {}
  if (!envelope.some((name) => name in body)) return { ...body, ...cached }
  const kept = envelope.map((name): [string, Json] => [name, body[name] ?? null])
  const filled = optional.filter((name) => (body[name] ?? null) !== null && body[name] !== '')
  const all = [...kept, ...filled.map((name): [string, Json] => [name, body[name] ?? null])]
  return { ...Object.fromEntries(all), ...cached }
}

/** Tells the warnings of an answer. */
export function showWarnings(call: Formatted, answer: Answer): void {
  for (const text of answer.warnings) warn(call.io, text)
}

/**
 * Shows a whole answer, or the field that was asked for.
 *
 * @param rows the table's rows, where they are not the envelope and the data
 */
export async function showAnswer(call: Fielded, answer: Answer, rows?: readonly Row[]): Promise<number> {
  showWarnings(call, answer)
  const { field } = call.flags
  if (field !== undefined) return showField(call, field, answerFields(answer))
  await show(call, answerJson(answer), () => {
    const all = rows ?? [...envelopeRows(answer), ...fieldRows(answer.data ?? {})]
    return all.length === 0 ? '' : keyValueTable(all)
  })
  return 0
}

/**
 * A fact about tokens, mounts and the like, which hold nothing of a user's: seconds are shown as a duration,
 * and nothing as `n/a`.
 */
export function factCell(name: string, value: Json): string {
  const isSpan = /(^|_)(ttl|period|duration)$|^ttl_max$|^lease_max$/.test(name)
  if (isSpan && typeof value === 'number' && Number.isInteger(value)) return durationText(value)
  return value === null || value === '' ? 'n/a' : cell(value)
}

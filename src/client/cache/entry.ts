import { type Json, parseJson } from '../../base/json/json.ts'
import type { Answer } from '../answer.ts'
import { numberOf, objectOf, textOf } from '../shape.ts'

/** What one file holds, inside its encryption. Times are milliseconds since 1970. */
export type Entry = {
  /** What was asked, whole: a file in another one's place is seen by it as well. */
  readonly asked: string
  readonly stored: number
  /** From when on it is no answer any more; undefined where nothing but the age bounds it. */
  readonly ends: number | undefined
  readonly body: string
}

export const maxEntryBytes = 1024 * 1024

export const writeEntry = ({ asked, stored, ends, body }: Entry): Buffer =>
  Buffer.from(JSON.stringify({ asked, stored, ends: ends ?? 0, body }))

/** Undefined when it is none, or not the one that was asked for. */
export function readEntry(plain: Buffer, asked: string): Entry | undefined {
  const value = parsed(plain)
  const fields = objectOf(value)
  const stored = numberOf(fields.stored)
  const ends = numberOf(fields.ends)
  if (textOf(fields.asked) !== asked || stored <= 0 || typeof fields.body !== 'string') return undefined
  return { asked, stored, ends: ends > 0 ? ends : undefined, body: fields.body }
}

function parsed(plain: Buffer): Json {
  try {
    return parseJson(plain.toString('utf8'))
  } catch {
    return null
  }
}

/** Paths whose answers are about the server, its logins and its people, or go with one token. */
const never = /^(?:sys|auth|identity|cubbyhole)(?:\/|$)/
/** Where a KV engine is mounted: a client of KV asks it before it reads. */
const mountOfKv = /^sys\/internal\/ui\/mounts\//

/** Whether answers of a path may be kept at all. @param path without `/v1/` and query, not encoded */
export const mayKeepPath = (path: string): boolean => mountOfKv.test(path) || !never.test(path)

/**
 * Whether an answer may be kept: a secret as it is stored. Never a wrapped answer, a token, anything with a
 * lease, nor what an engine other than KV made, where the server says which engine it was.
 */
export function mayKeepAnswer(answer: Answer, path: string): boolean {
  if (answer.status !== 200 || answer.data === null) return false
  if (answer.auth !== null || answer.wrap_info !== null || answer.lease_id !== '') return false
  const engine = textOf(objectOf(answer.body).mount_type)
  return engine === '' || engine === 'kv' || engine === 'generic' || mountOfKv.test(path)
}

/** When a version of KV 2 is deleted by itself, in milliseconds since 1970. */
export function deletionOf(answer: Answer): number | undefined {
  const time = Date.parse(textOf(objectOf(answer.data?.metadata).deletion_time))
  return Number.isNaN(time) ? undefined : time
}

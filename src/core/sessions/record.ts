import { createHash } from 'node:crypto'
import type { Brand } from '../../base/brand.ts'
import type { Random } from '../../base/random.ts'
import type { StorageKey } from '../../storage/store.ts'
import type { TokenHash } from '../../token/record.ts'
import { jsonRecord } from '../../transaction/record.ts'

/** What a browser holds: 32 random bytes, base64url. */
export type SessionId = Brand<string, 'SessionId'>

/** SHA-256 of a session's id, hex: what is stored in its stead. */
export type SessionHash = Brand<string, 'SessionHash'>

/** A token that a browser uses without having it. */
export type SessionRecord = {
  readonly token: string
  readonly tokenHash: TokenHash
  /** Of the token: a session of an earlier one of the same id is none of this one's. */
  readonly instance: string
  /** Whose it was when it began; empty without an entity. */
  readonly entityId: string
  /** The token was made by the login that began the session, and nobody else has it. */
  readonly made: boolean
  /**
   * When it ends by itself, milliseconds since 1970: with a token that leaves no row behind, or {@link longest}
   * after it began where the token has no end. Absent for all others, which the end of their token ends.
   */
  readonly ends?: number
}

/** Milliseconds that a session lasts whose token has no end: a working day. */
export const longest = 12 * 3_600_000

export const sessionRecords = jsonRecord<SessionRecord>('session')
export const sessionNames = jsonRecord<Record<string, never>>('session name')

const folder = 'ns/root/session/'

export const sessionKey = (hash: SessionHash) => `${folder}id/${hash}` as StorageKey
/** Sessions of a token, by its instance. */
export const ofTokenPrefix = (instance: string) => `${folder}token/${instance}/`
/** Sessions of a person, by their entity. */
export const ofEntityPrefix = (entityId: string) => `${folder}entity/${entityId}/`
/** Sessions that end by themselves; their names sort by that time. */
export const endingPrefix = `${folder}ending/`

const endingName = ({ ends = 0 }: SessionRecord, hash: SessionHash) =>
  `${String(ends).padStart(15, '0')}-${hash}`

/** When the session of such a name ends, and which it is. */
export function endingOf(name: string): { readonly ends: number; readonly hash: SessionHash } {
  const [time = '', hash = ''] = name.split('-')
  return { ends: Number(time), hash: hash as SessionHash }
}

/** The rows by which a session is found, beside its own. */
export const namesOf = (hash: SessionHash, record: SessionRecord): StorageKey[] =>
  [
    ofTokenPrefix(record.instance) + hash,
    ...(record.entityId === '' ? [] : [ofEntityPrefix(record.entityId) + hash]),
    ...(record.ends === undefined ? [] : [endingPrefix + endingName(record, hash)]),
  ].map((key) => key as StorageKey)

export const newSessionId = (random: Random) => random.bytes(32).toString('base64url') as SessionId

export const hashSession = (id: SessionId) => createHash('sha256').update(id).digest('hex') as SessionHash

/** @returns undefined for a text that is no id of a session */
export const readSessionId = (text: string): SessionId | undefined =>
  /^[A-Za-z0-9_-]{43}$/.test(text) ? (text as SessionId) : undefined

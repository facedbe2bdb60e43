import type { JsonObject } from '../../../src/base/json/json.ts'
import { type Bytes, bytesOfBase64, decryptToken, encryptToken, type FernetKey, fernetKey } from './fernet.ts'

/**
 * Secrets that are encrypted before they are sent, in the format of fedcloudclient: each value is a Fernet token,
 * and one more field has the salt of the key, which PBKDF2 makes of a passphrase.
 */
export const saltField = 'fedcloud_salt'

const rounds = 390_000
const saltLength = 16
/** Fields of one secret, at most. */
const fieldLimit = 1_000
/** UTF-16 units of a value, at most; the token of three bytes for each is within its own limit. */
const valueLimit = 3_900_000

/** Whether a secret says of itself that it was encrypted so. */
export const isSealed = (data: JsonObject): boolean =>
  Object.hasOwn(data, saltField) && typeof data[saltField] === 'string'

export type Opened =
  | {
      readonly kind: 'open'
      /** The clear values of the fields that could be opened. */
      readonly data: JsonObject
      /** Names of the fields that the passphrase does not open, though it opens others; they are not in `data`. */
      readonly closed: readonly string[]
    }
  /** It opens no field at all. */
  | { readonly kind: 'wrong' }
  /** This is nothing that could be opened, whatever the passphrase. */
  | { readonly kind: 'unusable' }

/** Opens a secret; nothing of it is changed. */
export async function openSecret(data: JsonObject, passphrase: string): Promise<Opened> {
  const { [saltField]: encoded, ...fields } = data
  const salt = typeof encoded === 'string' ? bytesOfBase64(encoded, 'base64') : undefined
  const names = Object.keys(fields)
  if (salt?.length !== saltLength || names.length > fieldLimit || names.length === 0) {
    return { kind: 'unusable' }
  }
  const key = await keyOf(passphrase, salt)
  const clear: [string, string][] = []
  const closed: string[] = []
  for (const [name, value] of Object.entries(fields)) {
    const text = typeof value === 'string' ? await openValue(key, value) : undefined
    if (text === undefined) closed.push(name)
    else clear.push([name, text])
  }
  return clear.length === 0 ? { kind: 'wrong' } : { kind: 'open', data: Object.fromEntries(clear), closed }
}

/** What keeps a secret from being encrypted, with the field that it is about. */
export type Unsealable = { readonly field: string; readonly why: 'not-text' | 'salt' | 'large' }

/** Nothing is encrypted that {@link openSecret} would not take. */

export function unsealable(data: JsonObject): Unsealable | undefined {
  const entries = Object.entries(data)
  const [beyond] = entries[fieldLimit] ?? []
  if (beyond !== undefined) return { field: beyond, why: 'large' }
  for (const [field, value] of entries) {
    if (field === saltField) return { field, why: 'salt' }
    if (typeof value !== 'string' || !value.isWellFormed()) return { field, why: 'not-text' }
    if (value.length > valueLimit) return { field, why: 'large' }
  }
  return undefined
}

/** What is drawn anew for each secret, and for each value in it. */
export type Chance = { readonly time: number; readonly bytes: (length: number) => Bytes }

const chance = (): Chance => ({
  time: Math.floor(Date.now() / 1000),
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
})

/** Encrypts every value of a secret that nothing keeps from it, under a new salt. */
export async function sealSecret(
  data: JsonObject,
  passphrase: string,
  { time, bytes }: Chance = chance(),
): Promise<JsonObject> {
  const salt = bytes(saltLength)
  const key = await keyOf(passphrase, salt)
  const sealed: [string, string][] = []
  for (const [name, value] of Object.entries(data)) {
    if (typeof value !== 'string') throw new TypeError('only text can be encrypted')
    const clear = new TextEncoder().encode(value)
    sealed.push([name, await encryptToken(key, clear, { time, iv: bytes(16) })])
  }
  return { ...Object.fromEntries(sealed), [saltField]: salt.toBase64() }
}

async function keyOf(passphrase: string, salt: Bytes): Promise<FernetKey> {
  const from = await crypto.subtle.importKey('raw', new TextEncoder().encode(passphrase), 'PBKDF2', false, [
    'deriveBits',
  ])
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }
  return fernetKey(new Uint8Array(await crypto.subtle.deriveBits(how, from, 256)))
}

async function openValue(key: FernetKey, token: string): Promise<string | undefined> {
  const clear = await decryptToken(key, token)
  if (clear === undefined) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(clear)
  } catch {
    return undefined
  }
}

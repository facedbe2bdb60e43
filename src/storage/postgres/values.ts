import { beyondAll, endOfPrefix } from '../keys.ts'
import type { StorageKey, Version } from '../store.ts'

// Keys are bytes in the database, so that their order is that of bytes, whatever its encoding and collation.

/** As hexadecimal digits, which is how bytes go over the wire. */
export const hexOf = (text: string): string => Buffer.from(text).toString('hex')
export const hexOfBytes = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')

export const literal = (hex: string): string => `\\x${hex}`

/** An array of bytes, of their hexadecimal digits. */
export const arrayOf = (items: readonly string[]): string =>
  items.length === 0 ? '{}' : `{"\\\\x${items.join('","\\\\x')}"}`

/** An array of UUIDs; undefined becomes NULL. */
export const uuids = (items: readonly (string | undefined)[]): string =>
  `{${items.map((item) => item ?? 'NULL').join(',')}}`

export const bytesOf = (text: string): Uint8Array => Uint8Array.fromHex(text.slice(2))
export const keyOf = (text: string): StorageKey => Buffer.from(text.slice(2), 'hex').toString() as StorageKey

const form = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** Undefined for what is no version of this kind of store. */
export const uuidOf = (version: Version | undefined | null): string | undefined =>
  version != null && form.test(version) ? version : undefined

/** Whether there can be such a row: the store's own rows have a NUL in their keys, and others none. */
export const canBe = (key: string): boolean => key !== '' && !key.includes('\0') && key.isWellFormed()

/** First and last of what may lie below a prefix. Behind the NUL at the start lie the store's own rows. */
export const startOf = (text: string): string => (text === '' ? '\u{1}' : text)
export const endOf = (prefix: string): string => (prefix === '' ? beyondAll : endOfPrefix(prefix))

import { fail } from '../base/errors.ts'
import type { ReadResult, StorageKey } from '../storage/store.ts'
import { corrupt } from './envelope.ts'
import { parseMoved, refuseMoved } from './moved.ts'

/*
 * The rows of the barrier itself. In clear: format, incarnation, seal (the root key in it is wrapped) and
 * handover (the same). Under the root key: keyring. Under the active term: the others.
 */
/** `{"minReader":1,"minWriter":1}`: the oldest formats that may read and write this store. */
export const formatKey = 'cluster/format' as StorageKey
/** `{"id":"<UUID>"}`: changed by a restore and a migration, and expected by every commit. */
export const incarnationKey = 'cluster/incarnation' as StorageKey
export const sealKey = 'cluster/seal' as StorageKey
export const keyringKey = 'cluster/keyring' as StorageKey
export const handoverKey = 'cluster/handover' as StorageKey
/** How many encryptions were reserved under the active term: `{"term":1,"total":65536}`. */
export const encryptionsKey = 'cluster/encryptions' as StorageKey
/** A {@link import('./keyring/rotation.ts').RotationConfig} as JSON. */
export const rotationKey = 'cluster/rotation' as StorageKey
/** How far the background re-encryption has come. */
export const reencryptionKey = 'cluster/reencryption' as StorageKey

/** Rows that no term of the keyring encrypts. */
export const rowsOutsideKeyring: ReadonlySet<string> = new Set([
  formatKey,
  incarnationKey,
  sealKey,
  keyringKey,
  handoverKey,
])

/** The formats of the store that a program can read; it writes the newest. */
export type Formats = { readonly oldest: number; readonly newest: number }

export const formats: Formats = { oldest: 1, newest: 1 }

/** Bytes of a JSON value. */
export const jsonBytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

/** @throws corrupt, naming the key, when the bytes are no JSON object */
export function parseRow(key: StorageKey, bytes: Uint8Array): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString())
  } catch {
    corrupt(key)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) corrupt(key)
  return value as Record<string, unknown>
}

/** Whether a value is a whole number from `min` to `max`. */
export function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max
}

/**
 * Checks that a program may use the store.
 *
 * @throws storage_moved while its data moves and after it has; storage_format when a newer program has written it;
 * corrupt when the row is missing or damaged
 */
export function checkFormat(row: ReadResult, { newest }: Formats = formats): void {
  if (row === 'unchanged') return
  if (row === undefined) corrupt(formatKey)
  const fields = parseRow(formatKey, row.value)
  const moved = parseMoved(fields)
  if (moved !== undefined) refuseMoved(moved)
  const { minReader, minWriter } = fields
  if (!isWhole(minReader, 1, 2 ** 31) || !isWhole(minWriter, 1, 2 ** 31)) corrupt(formatKey)
  const needed = Math.max(minReader, minWriter)
  if (needed > newest) {
    fail(
      'storage_format',
      `the data is of format ${needed} and this version knows ${newest}: use a newer one`,
    )
  }
}

import { crc32 } from 'node:zlib'
import { fail } from '../../base/errors.ts'
import type { Version } from '../store.ts'

/** CRC-32 over key, commit number and value: finds a page that the disk changed. */
export function checksum(key: string, sequence: number, value: Uint8Array): number {
  return crc32(value, crc32(`${key}\0${sequence}`))
}

/** @throws corrupt when a row is not what was written */
export function verify(key: string, sequence: number, sum: number, value: Uint8Array): void {
  if (checksum(key, sequence, value) !== sum) {
    fail('corrupt', `the stored row ${JSON.stringify(key)} is damaged; restore it from a backup`)
  }
}

export const versionOf = (sequence: number) => String(sequence) as Version
export const sequenceOf = (version: Version) => Number(version)

import { crc32 } from 'node:zlib'
import { fail } from '../../base/errors.ts'
import type { Version } from '../store.ts'

/** CRC-32 over a key, which lies beside it in the index, where there is nothing else to hold it to. */
export const keyMark = (key: string): number => crc32(key)

/** CRC-32 over key, commit number and value: finds a page that the disk changed. */
export function checksum(key: string, sequence: number, value: Uint8Array): number {
  return crc32(value, crc32(`${key}\0${sequence}`))
}

/** The row of the table `state`; see schema.ts. */
export type State = {
  readonly sequence: number
  readonly outside: number
  readonly reign: number
  readonly lineage: string
}

export function stateSum({ sequence, outside, reign, lineage }: State): number {
  return crc32(`${sequence} ${outside} ${reign} ${lineage}`)
}

/** @throws corrupt when a row is not what was written */
export function verify(key: string, sequence: number, sum: number, value: Uint8Array): void {
  if (!(value instanceof Uint8Array) || checksum(key, sequence, value) !== sum) damaged()
}

/** The text names no key: it may reach people who must not know what is stored. */
export function damaged(): never {
  fail('corrupt', 'the store is damaged; restore it from a backup')
}

/** Versions as the store's users see them: the number of the commit, marked with the store's lineage. */
export type Versions = {
  readonly lineage: string
  of(sequence: number): Version
  /** NaN, which equals nothing, for a version that is not of this store. */
  sequenceOf(version: Version): number
}

export function createVersions(lineage: string): Versions {
  const mark = `.${lineage}`
  return {
    lineage,
    of: (sequence) => `${sequence}${mark}` as Version,
    sequenceOf(version) {
      const length = version.length - mark.length
      if (length < 1 || !version.endsWith(mark)) return Number.NaN
      const digits = version.slice(0, length)
      const sequence = Number(digits)
      return String(sequence) === digits ? sequence : Number.NaN
    },
  }
}

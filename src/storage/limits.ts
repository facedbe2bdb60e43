import { fail } from '../base/errors.ts'
import { storageKey } from './keys.ts'
import type { Commit, StoreLimits } from './store.ts'

/** Bytes of the values and keys of a commit. */
export function sizeOf({ expect = [], expectEmpty = [], put = [], delete: gone = [] }: Commit): number {
  let sum = 0
  for (const { key } of expect) sum += Buffer.byteLength(key)
  for (const prefix of expectEmpty) sum += Buffer.byteLength(prefix)
  for (const { key, value } of put) sum += Buffer.byteLength(key) + value.length
  for (const key of gone) sum += Buffer.byteLength(key)
  return sum
}

/** @throws storage_limit when it is larger than `limits`; invalid_path when it puts what is no key */
export function checkCommit(commit: Commit, limits: StoreLimits): void {
  const { expect = [], expectEmpty = [], put = [], delete: gone = [] } = commit
  if (expectEmpty.length + put.length + gone.length > limits.keysPerCommit) {
    fail('storage_limit', `one write may touch at most ${limits.keysPerCommit} rows`)
  }
  if (expect.length > limits.expectationsPerCommit) {
    fail('storage_limit', `one write may rest on at most ${limits.expectationsPerCommit} rows`)
  }
  if (sizeOf(commit) > limits.bytesPerCommit) {
    fail('storage_limit', `one write may carry at most ${limits.bytesPerCommit} bytes`)
  }
  for (const { key } of put) storageKey(key)
}

import { fail } from '../../../base/errors.ts'
import type { Random } from '../../../base/random.ts'
import { generate, type Material } from './generate.ts'
import type { Key, KeyVersion } from './record.ts'

export const tooOld = 'ciphertext or signature version is disallowed by policy (too old)'
const softDeletedText = 'refusing to use soft-deleted key'

/** @throws invalid_request when the key is marked as deleted */
export function checkAlive(key: Key): void {
  if (key.softDeleted) fail('invalid_request', softDeletedText)
}

/** A version that may still be used for something, or undefined. */
export function findVersion(key: Key, version: number): KeyVersion | undefined {
  if (version < key.minDecryptionVersion) return undefined
  const first = key.versions[0]?.version ?? 0
  const found = key.versions[version - first]
  return found?.version === version ? found : undefined
}

/** @throws invalid_request */
export function versionOf(key: Key, version: number): KeyVersion {
  return findVersion(key, version) ?? fail('invalid_request', 'no such key version')
}

/**
 * The version that encrypts or signs.
 *
 * @param asked 0 for the latest
 * @throws invalid_request when it is too old or not there
 */
export function versionForMaking(key: Key, asked: number, purpose: 'encryption' | 'signing'): KeyVersion {
  const wrong = (what: string): never =>
    fail('invalid_request', `requested version for ${purpose} is ${what}`)
  if (asked < 0) wrong('negative')
  if (asked > key.latestVersion) wrong('higher than the latest key version')
  if (asked !== 0 && asked < key.minEncryptionVersion) wrong('less than the minimum encryption key version')
  return versionOf(key, asked === 0 ? key.latestVersion : asked)
}

/** The versions that may still be used, oldest first. */
export const usableVersions = (key: Key): readonly KeyVersion[] =>
  key.versions.filter(({ version }) => version >= key.minDecryptionVersion)

/** The key with one version more, which is the latest. @param now milliseconds since 1970 */
export function addVersion(key: Key, material: Material, now: number): Key {
  const version = key.latestVersion + 1
  return {
    ...key,
    versions: [...key.versions, { version, created: now, ...material }],
    latestVersion: version,
  }
}

/** @throws invalid_request where the key is imported and may not be rotated, or is marked as deleted */
export async function rotate(key: Key, name: string, random: Random, now: number): Promise<Key> {
  checkAlive(key)
  if (key.imported && !key.allowImportedRotation) {
    fail('invalid_request_wrapped', `imported key ${name} does not allow rotation within Vault`)
  }
  return { ...addVersion(key, await generate(key.type, key.keySize, random), now), imported: false }
}

/** Whether the time of the latest version is over, so that the key must rotate before it makes anything. */
export function rotationDue(key: Key, now: number): boolean {
  const latest = key.versions.at(-1)
  if (key.autoRotatePeriod === 0 || key.softDeleted || latest === undefined) return false
  if (key.imported && !key.allowImportedRotation) return false
  return now >= latest.created + key.autoRotatePeriod * 1000
}

/** Drops what lies below the minimum for good. */
export function trimmed(key: Key, minAvailableVersion: number): Key {
  return {
    ...key,
    minAvailableVersion,
    versions: key.versions.filter(({ version }) => version >= minAvailableVersion),
  }
}

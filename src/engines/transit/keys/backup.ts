import { setImmediate as turn } from 'node:timers/promises'
import { fail } from '../../../base/errors.ts'
import { type Json, type JsonObject, parseJson, rawNumber } from '../../../base/json/json.ts'
import { bigFrom, objectOf, versionFromBackup, versionToBackup } from './backup-format.ts'
import { emptyKey } from './create.ts'
import type { Key, KeyVersion } from './record.ts'
import { type KeyType, keyKinds } from './types.ts'

/** The numbers that stand for types in a backup. */
const typeNumbers: Readonly<Record<KeyType, number>> = {
  'aes256-gcm96': 0,
  'ecdsa-p256': 1,
  ed25519: 2,
  'rsa-2048': 3,
  'rsa-4096': 4,
  'chacha20-poly1305': 5,
  'ecdsa-p384': 6,
  'ecdsa-p521': 7,
  'aes128-gcm96': 8,
  'rsa-3072': 9,
  hmac: 10,
}
/** HKDF-SHA-256; the older way to derive is not supported. */
const hkdf = 1
const nanoseconds = 1_000_000_000n

/** A key with all its versions and secrets, in clear: base64 of JSON. @param now milliseconds since 1970 */
export function backupOf(name: string, key: Key, now: number): string {
  const all = key.versions.map((one) => versionToBackup(key.type, one, key.convergent))
  const first = key.versions[0]?.version ?? 1
  const usable = all
    .map((entry, i) => [String(first + i), entry] as const)
    .filter(([version]) => Number(version) >= key.minDecryptionVersion)
  // The archive holds every version at its distance from the lowest one; 0 never was one.
  const archived = key.minAvailableVersion === 0 ? [emptyEntry, ...all] : all
  const policy: JsonObject = {
    name,
    keys: Object.fromEntries(usable),
    type: typeNumbers[key.type],
    derived: key.derived,
    kdf: key.derived ? hkdf : 0,
    convergent_encryption: key.convergent,
    convergent_version: key.convergent ? -1 : 0,
    exportable: key.exportable,
    min_decryption_version: key.minDecryptionVersion,
    min_encryption_version: key.minEncryptionVersion,
    latest_version: key.latestVersion,
    archive_version: key.latestVersion,
    archive_min_version: key.minAvailableVersion,
    min_available_version: key.minAvailableVersion,
    deletion_allowed: key.deletionAllowed,
    backup_info: { time: new Date(now).toISOString(), version: key.latestVersion },
    restore_info: null,
    allow_plaintext_backup: key.allowPlaintextBackup,
    version_template: '',
    storage_prefix: '',
    // A year of nanoseconds is more than a number of JavaScript holds exactly.
    auto_rotate_period: rawNumber((BigInt(key.autoRotatePeriod) * nanoseconds).toString()),
    Imported: key.imported,
    AllowImportedKeyRotation: key.allowImportedRotation,
    ...(key.keySize === 0 ? {} : { key_size: key.keySize }),
  }
  return Buffer.from(JSON.stringify({ policy, archived_keys: { keys: archived } })).toString('base64')
}

const emptyEntry: JsonObject = {
  key: null,
  hmac_key: null,
  time: '0001-01-01T00:00:00Z',
  ec_x: null,
  ec_y: null,
  ec_d: null,
  rsa_key: null,
  rsa_public_key: null,
  public_key: '',
  convergent_version: 0,
  creation_time: 0,
  certificate_chain: null,
}

const broken = (what: string): never => fail('invalid_request', `the backup cannot be restored: ${what}`)

/**
 * Reads a backup, as this server, Vault or OpenBao wrote it.
 *
 * @param text decoded
 * @throws invalid_request when it is none, or of a kind of key that is not supported
 */
export async function keyFromBackup(text: string): Promise<{ name: string; key: Key }> {
  const whole = objectOf(parseJson(text))
  const policy = objectOf(whole?.policy) ?? broken('it holds no key')
  const type = Object.keys(keyKinds).find((name): name is KeyType =>
    isKeyNumber(name as KeyType, policy.type),
  )
  if (type === undefined) return broken('its type of key is not supported')
  const latestVersion = wholeNumber(policy, 'latest_version')
  const minDecryptionVersion = Math.max(1, wholeNumber(policy, 'min_decryption_version'))
  const minAvailableVersion = wholeNumber(policy, 'min_available_version')
  const minEncryptionVersion = wholeNumber(policy, 'min_encryption_version')
  if (
    latestVersion < 1 ||
    minDecryptionVersion > latestVersion ||
    minAvailableVersion > minDecryptionVersion ||
    minEncryptionVersion > latestVersion ||
    (minEncryptionVersion !== 0 && minEncryptionVersion < minDecryptionVersion)
  ) {
    return broken('its versions do not go together')
  }
  const derived = policy.derived === true
  if (derived && policy.kdf !== hkdf) return broken('its keys are derived in a way that is not supported')
  if (typeof policy.version_template === 'string' && policy.version_template !== '') {
    return broken('its ciphertexts have a form that is not supported')
  }
  const versions = await versionsOf(
    type,
    policy.keys,
    archivedOf(objectOf(whole?.archived_keys)),
    minAvailableVersion,
    latestVersion,
  )
  if ((versions[0]?.version ?? 0) > minDecryptionVersion) return broken('versions are missing')
  return {
    name: typeof policy.name === 'string' ? policy.name : '',
    key: {
      ...emptyKey({
        type,
        derived,
        convergent: policy.convergent_encryption === true,
        exportable: policy.exportable === true,
        allowPlaintextBackup: policy.allow_plaintext_backup === true,
        autoRotatePeriod: Number(bigFrom(policy.auto_rotate_period ?? 0) / nanoseconds),
        keySize: type === 'hmac' ? wholeNumber(policy, 'key_size') : 0,
        imported: policy.Imported === true,
        allowImportedRotation: policy.AllowImportedKeyRotation === true,
      }),
      versions,
      latestVersion,
      minDecryptionVersion,
      minEncryptionVersion,
      minAvailableVersion,
      deletionAllowed: policy.deletion_allowed === true,
      softDeleted: policy.soft_deleted === true,
    },
  }
}

const isKeyNumber = (name: KeyType, said: Json | undefined) => typeNumbers[name] === said

function wholeNumber(policy: JsonObject, name: string): number {
  const value = policy[name] ?? 0
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? value
    : broken(`${name} is no whole number`)
}

const archivedOf = (archive: JsonObject | undefined): readonly Json[] =>
  Array.isArray(archive?.keys) ? archive.keys : []

/** More versions than a key can have room for. */
const maxVersions = 10_000

/** The versions without a gap, from the lowest that is there. */
async function versionsOf(
  type: KeyType,
  keys: Json | undefined,
  archive: readonly Json[],
  lowest: number,
  latest: number,
): Promise<KeyVersion[]> {
  if (latest - lowest > maxVersions) return broken('it has too many versions')
  const named = objectOf(keys) ?? {}
  const versions: KeyVersion[] = []
  for (let number = latest; number >= Math.max(1, lowest); number--) {
    const name = String(number)
    const entry = Object.hasOwn(named, name) ? named[name] : archive[number - lowest]
    if (entry === undefined) break
    versions.unshift(versionFromBackup(type, number, entry))
    // Checking a pair takes milliseconds; others are answered in between.
    await turn()
  }
  return versions
}

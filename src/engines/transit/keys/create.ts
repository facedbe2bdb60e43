import { fail } from '../../../base/errors.ts'
import type { Random } from '../../../base/random.ts'
import { generate } from './generate.ts'
import type { Key } from './record.ts'
import { derives, hmacBytes, isSymmetric, type KeyType, kindOf } from './types.ts'
import { addVersion } from './versions.ts'

/** What a new key may be told; the rest is as {@link emptyKey} has it. */
export type KeySettings = { readonly type: KeyType } & Partial<
  Pick<
    Key,
    | 'derived'
    | 'convergent'
    | 'exportable'
    | 'allowPlaintextBackup'
    | 'autoRotatePeriod'
    | 'keySize'
    | 'imported'
    | 'allowImportedRotation'
  >
>

/** A key without versions. @throws invalid_request for what does not go together */
export function emptyKey(settings: KeySettings): Key {
  const key: Key = {
    versions: [],
    latestVersion: 0,
    minDecryptionVersion: 1,
    minEncryptionVersion: 0,
    minAvailableVersion: 0,
    derived: false,
    convergent: false,
    exportable: false,
    allowPlaintextBackup: false,
    deletionAllowed: false,
    autoRotatePeriod: 0,
    keySize: 0,
    imported: false,
    allowImportedRotation: false,
    softDeleted: false,
    ...settings,
  }
  check(key)
  if (key.type !== 'hmac' || key.keySize !== 0) return key
  return { ...key, keySize: hmacBytes.min }
}

export async function createKey(settings: KeySettings, random: Random, now: number): Promise<Key> {
  const key = emptyKey(settings)
  return addVersion(key, await generate(key.type, key.keySize, random), now)
}

function check({ type, derived, convergent, keySize, autoRotatePeriod }: Key): void {
  checkRotatePeriod(autoRotatePeriod)
  if (convergent && !derived) {
    fail('invalid_request', 'convergent encryption requires derivation to be enabled')
  }
  if ((derived && !derives(type)) || (convergent && !isSymmetric(type))) {
    const what = derives(type) ? 'convergent encryption' : 'key derivation and convergent encryption'
    fail('invalid_request_wrapped', `${what} not supported for keys of type ${type}`)
  }
  if (keySize === 0) return
  if (kindOf(type).family !== 'hmac') {
    fail('invalid_request', `key_size is not valid for algorithm ${type}`)
  }
  if (keySize < hmacBytes.min || keySize > hmacBytes.max) {
    fail('invalid_request', `invalid key_size ${keySize}`)
  }
}

/** @param seconds 0 never. @throws invalid_request for less than an hour */
export function checkRotatePeriod(seconds: number): void {
  if (seconds !== 0 && seconds < 3600) {
    fail('invalid_request', 'auto rotate period must be 0 to disable or at least an hour')
  }
}

import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { fail } from '../../../base/errors.ts'
import { checkRotatePeriod } from '../keys/create.ts'
import type { Key } from '../keys/record.ts'

export const settingsFields = {
  min_decryption_version: field.integer('Older versions neither decrypt nor verify.'),
  min_encryption_version: field.integer('Older versions neither encrypt nor sign; 0 asks for nothing.'),
  deletion_allowed: field.boolean('Whether the key may be deleted.'),
  exportable: field.boolean('The secret may be read. Cannot be taken back.'),
  allow_plaintext_backup: field.boolean('The key may be backed up in clear. Cannot be taken back.'),
  auto_rotate_period: field.duration(
    'After this time the key rotates before it is used; 0 never, else 1 h or more.',
  ),
}

/** The key with other settings; what is not named stays. @throws invalid_request for what does not go together */
export function changedSettings(key: Key, sent: FieldValues<typeof settingsFields>): Key {
  const changed: Key = {
    ...key,
    minDecryptionVersion: minimum(
      key,
      'decryption',
      sent.min_decryption_version === 0 ? 1 : sent.min_decryption_version,
      key.minDecryptionVersion,
    ),
    minEncryptionVersion: minimum(key, 'encryption', sent.min_encryption_version, key.minEncryptionVersion),
    deletionAllowed: sent.deletion_allowed ?? key.deletionAllowed,
    exportable: key.exportable || sent.exportable === true,
    allowPlaintextBackup: key.allowPlaintextBackup || sent.allow_plaintext_backup === true,
    autoRotatePeriod: sent.auto_rotate_period ?? key.autoRotatePeriod,
  }
  checkRotatePeriod(changed.autoRotatePeriod)
  const { minEncryptionVersion, minDecryptionVersion, minAvailableVersion } = changed
  if (minEncryptionVersion > 0 && minEncryptionVersion < minDecryptionVersion) {
    fail(
      'invalid_request',
      `cannot set min encryption/decryption values; min encryption version of ${minEncryptionVersion} must be ` +
        `greater than or equal to min decryption version of ${minDecryptionVersion}`,
    )
  }
  if (minAvailableVersion > minEncryptionVersion) {
    fail('invalid_request', 'min encryption version should not be less than min available version')
  }
  if (minAvailableVersion > minDecryptionVersion) {
    fail('invalid_request', 'min decryption version should not be less then min available version')
  }
  return changed
}

function minimum(
  { latestVersion }: Key,
  what: 'encryption' | 'decryption',
  wanted: number | undefined,
  present: number,
): number {
  if (wanted === undefined) return present
  if (wanted < 0) fail('invalid_request', `min ${what} version cannot be negative`)
  if (wanted > latestVersion) {
    fail(
      'invalid_request',
      `cannot set min ${what} version of ${wanted}, latest key version is ${latestVersion}`,
    )
  }
  return wanted
}

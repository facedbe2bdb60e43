import { createPublicKey, type KeyObject } from 'node:crypto'
import { shape, type ValueOf } from '../../../backend/answers/shape.ts'
import { timeText } from '../../../base/time.ts'
import { ed25519KeyOf, publicKeyOf } from './material.ts'
import type { Key, KeyVersion, Moment } from './record.ts'
import { derives, encrypts, isPair, kindOf, signs } from './types.ts'
import { usableVersions } from './versions.ts'

const momentShape = shape.object({ time: shape.time(), version: shape.integer() })
/** What {@link viewOf} tells. */
export const keyShape = shape.object(
  {
    name: shape.string(),
    type: shape.string(),
    derived: shape.boolean(),
    deletion_allowed: shape.boolean(),
    min_available_version: shape.integer(),
    min_decryption_version: shape.integer(),
    min_encryption_version: shape.integer(),
    latest_version: shape.integer(),
    exportable: shape.boolean(),
    allow_plaintext_backup: shape.boolean(),
    supports_encryption: shape.boolean(),
    supports_decryption: shape.boolean(),
    supports_signing: shape.boolean(),
    supports_derivation: shape.boolean(),
    auto_rotate_period: shape.seconds(),
    imported_key: shape.boolean(),
    soft_deleted: shape.boolean(),
    keys: shape.map(
      shape.either(
        shape.integer('When the version was made; seconds since 1970.'),
        shape.object({
          name: shape.string(),
          public_key: shape.string(),
          certificate_chain: shape.string('PEM; empty where there is none.'),
          creation_time: shape.time(),
        }),
      ),
    ),
  },
  {
    key_size: shape.integer(),
    imported_key_allow_rotation: shape.boolean(),
    backup_info: momentShape,
    restore_info: momentShape,
    kdf: shape.string(),
    convergent_encryption: shape.boolean(),
    convergent_encryption_version: shape.integer(),
  },
)

/**
 * What the API tells of a key: everything but its secrets.
 *
 * @param context shows the public keys that a derived key has for it
 */
export function viewOf(name: string, key: Key, context?: Buffer): ValueOf<typeof keyShape> {
  const { type } = key
  return {
    name,
    type,
    derived: key.derived,
    deletion_allowed: key.deletionAllowed,
    min_available_version: key.minAvailableVersion,
    min_decryption_version: key.minDecryptionVersion,
    min_encryption_version: key.minEncryptionVersion,
    latest_version: key.latestVersion,
    exportable: key.exportable,
    allow_plaintext_backup: key.allowPlaintextBackup,
    supports_encryption: encrypts(type),
    supports_decryption: encrypts(type),
    supports_signing: signs(type),
    supports_derivation: derives(type),
    auto_rotate_period: key.autoRotatePeriod,
    imported_key: key.imported,
    soft_deleted: key.softDeleted,
    ...(key.keySize === 0 ? {} : { key_size: key.keySize }),
    ...(key.imported ? { imported_key_allow_rotation: key.allowImportedRotation } : {}),
    ...(key.backup === undefined ? {} : { backup_info: moment(key.backup) }),
    ...(key.restored === undefined ? {} : { restore_info: moment(key.restored) }),
    ...(key.derived ? derivationOf(key) : {}),
    keys: Object.fromEntries(
      usableVersions(key).map((version) => [
        String(version.version),
        isPair(type) ? pairView(key, version, context) : Math.floor(version.created / 1000),
      ]),
    ),
  }
}

const moment = ({ at, version }: Moment) => ({ time: timeText(at), version })

const derivationOf = ({ convergent }: Key) => ({
  kdf: 'hkdf_sha256',
  convergent_encryption: convergent,
  // The API's way to say that each version has its own, which is the present one of all.
  ...(convergent ? { convergent_encryption_version: -1 } : {}),
})

function pairView(key: Key, version: KeyVersion, context: Buffer | undefined) {
  const kind = kindOf(key.type)
  return {
    name: kind.family === 'ecdsa' ? kind.curve : key.type,
    public_key: publicText(key, version, context),
    certificate_chain: certificateChain(version),
    creation_time: timeText(version.created),
  }
}

function publicText(key: Key, version: KeyVersion, context: Buffer | undefined): string {
  if (key.type !== 'ed25519') return publicPem(publicKeyOf(version))
  if (!key.derived) return publicBytes(publicKeyOf(version))
  return context === undefined ? '' : publicBytes(createPublicKey(ed25519KeyOf(key, version, context, '')))
}

/** PEM, with the line break at its end. */
export const publicPem = (key: KeyObject): string => String(key.export({ format: 'pem', type: 'spki' }))

/** The 32 bytes of a public key of Ed25519, base64. */
export const publicBytes = (key: KeyObject): string =>
  key.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')

/** PEM, in the order of the chain. */
export const certificateChain = ({ certificates = [] }: KeyVersion): string =>
  certificates
    .map((der) => {
      const lines = der.match(/.{1,64}/g) ?? []
      return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'].join('\n')
    })
    .join('\n')

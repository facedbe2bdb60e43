import { fail } from '../../../base/errors.ts'
import { jsonRecord, type RecordKind } from '../../../transaction/record.ts'
import type { KeyType } from './types.ts'

/**
 * One version of a key. What it holds is base64: the secret is the key's bytes, or PKCS #8 of a pair; the public
 * half is a SubjectPublicKeyInfo. Of a pair that was imported without its private half, the secret is absent.
 */
export type KeyVersion = {
  readonly version: number
  /** Milliseconds since 1970. */
  readonly created: number
  readonly secret?: string
  readonly public?: string
  /** The key for HMAC; absent where the secret itself is that. */
  readonly hmac?: string
  /** X.509 certificates, the key's own first. */
  readonly certificates?: readonly string[]
}

/** When, and at which version. */
export type Moment = { readonly at: number; readonly version: number }

/** A named key with all its versions, in order. */
export type Key = {
  readonly type: KeyType
  readonly versions: readonly KeyVersion[]
  readonly latestVersion: number
  /** Older versions neither decrypt nor verify. */
  readonly minDecryptionVersion: number
  /** Older versions neither encrypt nor sign; 0 asks for nothing. */
  readonly minEncryptionVersion: number
  /** Older versions are gone for good. */
  readonly minAvailableVersion: number
  readonly derived: boolean
  readonly convergent: boolean
  readonly exportable: boolean
  readonly allowPlaintextBackup: boolean
  readonly deletionAllowed: boolean
  /** Seconds; 0 never. */
  readonly autoRotatePeriod: number
  /** Bytes, of keys for HMAC alone. */
  readonly keySize: number
  readonly imported: boolean
  readonly allowImportedRotation: boolean
  readonly softDeleted: boolean
  readonly backup?: Moment
  readonly restored?: Moment
}

/** A row must fit into one commit of every store (1 MiB), with room for its envelope. */
const maxBytes = 900 * 1024

const stored = jsonRecord<Key>('transit key')

/** Rows `key/<name>`. */
export const keys: RecordKind<Key> = {
  ...stored,
  encode(key) {
    const bytes = stored.encode(key)
    if (bytes.length > maxBytes) {
      fail('invalid_request', 'the key has too many versions to add one; trim those that are not needed')
    }
    return bytes
  },
}
export const keyFolder = 'key/'

/** The pair whose public half wraps keys for their import: PKCS #8, base64. Row `wrapping-key`. */
export const wrappingKeys: RecordKind<{ readonly secret: string }> = jsonRecord('transit wrapping key')
export const wrappingKeyRow = 'wrapping-key'

/** Row `config`. */
export type TransitConfig = { readonly cacheSize: number; readonly disableUpsert: boolean }
export const configs: RecordKind<TransitConfig> = jsonRecord('transit configuration')
export const configRow = 'config'
export const defaultConfig: TransitConfig = { cacheSize: 0, disableUpsert: false }

import { constants, createHmac, privateDecrypt, publicEncrypt } from 'node:crypto'
import { fail } from '../../../base/errors.ts'
import type { JsonObject } from '../../../base/json/json.ts'
import type { Random } from '../../../base/random.ts'
import { nonceBytes, open, seal } from '../crypto/aead.ts'
import { derive } from '../crypto/derive.ts'
import { modulusBytes } from '../crypto/rsa-digest.ts'
import { derivedSecret, privateKeyOf, publicKeyOf, secretOf } from '../keys/material.ts'
import type { Key, KeyVersion } from '../keys/record.ts'
import { encrypts, isSymmetric, kindOf } from '../keys/types.ts'
import { checkAlive, tooOld, versionForMaking, versionOf } from '../keys/versions.ts'
import type { Item } from './job.ts'
import { contextOf, fromBase64, fromBase64Or, splitVersioned, versioned } from './text.ts'

const nonceKeyBytes = 32
const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
const oaepOverhead = 2 * 32 + 2

/** @throws invalid_request when the key cannot encrypt */
export function checkEncrypts(key: Key, what: 'encryption' | 'decryption'): void {
  checkAlive(key)
  if (!encrypts(key.type)) fail('invalid_request', `message ${what} not supported for key type ${key.type}`)
}

/** @param where names the field in the errors. @throws invalid_request where the key cannot use associated data */
export function associatedOf(key: Key, text: string | undefined, where: string): Buffer | undefined {
  if (text === undefined || text === '') return undefined
  if (!isSymmetric(key.type)) {
    fail('invalid_request', `'${where}associated_data' provided for non-AEAD cipher suite ${key.type}`)
  }
  return fromBase64(text, 'unable to decode associated_data as base64: ')
}

/** `ciphertext` and `key_version` of one item. @throws invalid_request */
export function encrypt(key: Key, item: Item, index: number, random: Random): JsonObject {
  const plain = fromBase64(item.plaintext ?? '')
  const context = contextOf(item.context)
  return encryptBytes(
    key,
    plain,
    context,
    associatedOf(key, item.associated_data, `[${index}].`),
    item.key_version ?? 0,
    random,
  )
}

/** @param asked the version; 0 is the latest. @throws invalid_request */
export function encryptBytes(
  key: Key,
  plain: Buffer,
  context: Buffer | undefined,
  associated: Buffer | undefined,
  asked: number,
  random: Random,
): JsonObject {
  checkEncrypts(key, 'encryption')
  const version = versionForMaking(key, asked, 'encryption')
  const sealed = isSymmetric(key.type)
    ? sealWith(key, version, plain, context, associated, random)
    : encryptRsa(version, plain)
  return {
    ciphertext: versioned(version.version, sealed.toString('base64')),
    key_version: version.version,
  }
}

function sealWith(
  key: Key,
  version: KeyVersion,
  plain: Buffer,
  context: Buffer | undefined,
  associated: Buffer | undefined,
  random: Random,
): Buffer {
  const kind = kindOf(key.type)
  if (kind.family !== 'symmetric') fail('internal', 'not a symmetric key')
  const wanted = kind.bytes + (key.convergent ? nonceKeyBytes : 0)
  const secret = derivedSecret(key, secretOf(version), context, wanted)
  const nonce = key.convergent
    ? convergentNonce(secret.subarray(kind.bytes), plain, associated)
    : random.bytes(nonceBytes)
  return seal(kind.cipher, secret.subarray(0, kind.bytes), nonce, plain, associated)
}

/**
 * The same text under the same context has the same nonce, and another text another one. So has other associated
 * data: two tags under one nonce would give away the key that authenticates (NIST SP 800-38D, appendix A).
 */
function convergentNonce(key: Buffer, plain: Buffer, associated: Buffer | undefined): Buffer {
  const own = associated === undefined ? key : derive(key, associated, nonceKeyBytes)
  return createHmac('sha256', own).update(plain).digest().subarray(0, nonceBytes)
}

function encryptRsa(version: KeyVersion, plain: Buffer): Buffer {
  const key = publicKeyOf(version)
  if (plain.length > modulusBytes(key) - oaepOverhead) {
    fail('invalid_request', 'failed to RSA encrypt the plaintext: message too long for RSA key size')
  }
  return publicEncrypt({ key, ...oaep }, plain)
}

/** `plaintext` of one item. @throws invalid_request */
export function decrypt(key: Key, item: Item, index: number): JsonObject {
  const { ciphertext = '' } = item
  if (ciphertext === '') fail('invalid_request', 'missing ciphertext to decrypt')
  const context = contextOf(item.context)
  const associated = associatedOf(key, item.associated_data, `[${index}].`)
  return { plaintext: decryptText(key, ciphertext, context, associated).toString('base64') }
}

function decryptText(
  key: Key,
  text: string,
  context: Buffer | undefined,
  associated: Buffer | undefined,
): Buffer {
  checkEncrypts(key, 'decryption')
  const said = splitVersioned(text, 'ciphertext')
  const number = said.version === 0 ? 1 : said.version
  if (number > key.latestVersion) fail('invalid_request', 'invalid ciphertext: version is too new')
  if (number < key.minDecryptionVersion) fail('invalid_request', tooOld)
  const sealed = fromBase64Or(said.encoded, 'invalid ciphertext: could not decode base64')
  const version = versionOf(key, number)
  const kind = kindOf(key.type)
  return kind.family === 'symmetric'
    ? open(
        kind.cipher,
        derivedSecret(key, secretOf(version), context, kind.bytes).subarray(0, kind.bytes),
        sealed,
        associated,
      )
    : decryptRsa(version, sealed)
}

function decryptRsa(version: KeyVersion, sealed: Buffer): Buffer {
  const key = privateKeyOf(
    version,
    'cannot decrypt ciphertext, key version does not have a private counterpart',
  )
  try {
    return privateDecrypt({ key, ...oaep }, sealed)
  } catch {
    fail('invalid_request', 'failed to RSA decrypt the ciphertext: decryption error')
  }
}

/** `ciphertext` and `key_version` under another version of the same key. @throws invalid_request */
export function rewrap(key: Key, item: Item, index: number, random: Random): JsonObject {
  const { ciphertext = '' } = item
  if (ciphertext === '') fail('invalid_request', 'missing ciphertext to decrypt')
  const context = contextOf(item.context)
  const associated = associatedOf(key, item.associated_data, `[${index}].`)
  const plain = decryptText(key, ciphertext, context, associated)
  return encryptBytes(key, plain, context, associated, item.key_version ?? 0, random)
}

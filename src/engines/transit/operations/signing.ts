import { constants, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { CofferError, fail } from '../../../base/errors.ts'
import type { JsonObject } from '../../../base/json/json.ts'
import type { Random } from '../../../base/random.ts'
import { fromDer, toDer } from '../crypto/ecdsa-der.ts'
import { signDigest, verifyDigest } from '../crypto/ecdsa-digest.ts'
import { type Hash, hashCalled } from '../crypto/hashes.ts'
import { maxSalt, signPkcs1, signPss, verifyPkcs1, verifyPss } from '../crypto/rsa-digest.ts'
import { ed25519KeyOf, privateKeyOf, publicKeyOf } from '../keys/material.ts'
import type { Key, KeyVersion } from '../keys/record.ts'
import { kindOf } from '../keys/types.ts'
import { checkAlive, tooOld, versionForMaking, versionOf } from '../keys/versions.ts'
import type { Item, SigningOptions } from './job.ts'
import { contextOf, fromBase64, fromBase64Or, splitVersioned, versioned } from './text.ts'

const noPrivate = 'requested version for signing does not contain a private part'
const badContext = 'failed to base64-decode context'

const inputOf = ({ input }: Item): Buffer =>
  input === undefined
    ? fail('invalid_request', 'missing input')
    : fromBase64(input, 'unable to decode input as base64: ')

/** `signature`, `key_version`, and the public key where it depends on the context. @throws invalid_request */
export function signItem(key: Key, item: Item, options: SigningOptions, random: Random): JsonObject {
  const input = inputOf(item)
  const context = contextOf(item.context, badContext)
  checkAlive(key)
  const version = versionForMaking(key, options.version, 'signing')
  const kind = kindOf(key.type)
  let made: Buffer
  let own: JsonObject = {}
  switch (kind.family) {
    case 'ed25519': {
      const pair = ed25519KeyOf(key, version, context, noPrivate)
      made = sign(null, input, pair)
      if (key.derived) own = { publickey: publicBytes(pair) }
      break
    }
    case 'ecdsa': {
      const joined = signEcdsa(privateKeyOf(version, noPrivate), input, options, random)
      made = options.marshaling === 'jws' ? joined : toDer(joined)
      break
    }
    case 'rsa':
      made = signRsa(privateKeyOf(version, noPrivate), input, options, random)
      break
    default:
      fail('invalid_request', `message signing not supported for key type ${key.type}`)
  }
  const encoded = made.toString(options.marshaling === 'jws' ? 'base64url' : 'base64')
  return { signature: versioned(version.version, encoded), key_version: version.version, ...own }
}

const publicBytes = (key: KeyObject): string =>
  createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')

/** `valid` of one item. @throws invalid_request where it has no form of a signature, or may not be checked */
export function verifyItem(key: Key, item: Item, options: SigningOptions): JsonObject {
  const input = inputOf(item)
  if (item.signature === undefined) fail('invalid_request', 'missing signature')
  const context = contextOf(item.context, badContext)
  checkAlive(key)
  const said = splitVersioned(item.signature, 'signature')
  if (said.version > key.latestVersion) fail('invalid_request', 'invalid signature: version is too new')
  if (said.version < key.minDecryptionVersion) fail('invalid_request', tooOld)
  const signature = signatureBytes(said.encoded, options)
  const version = versionOf(key, said.version)
  return { valid: isValid(key, version, input, context, signature, options) }
}

function signatureBytes(text: string, { marshaling }: SigningOptions): Buffer {
  const wrong = 'invalid base64 signature value'
  if (marshaling === 'asn1') return fromBase64Or(text, wrong)
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : fail('invalid_request', wrong)
}

function isValid(
  key: Key,
  version: KeyVersion,
  input: Buffer,
  context: Buffer | undefined,
  signature: Buffer,
  options: SigningOptions,
): boolean {
  const kind = kindOf(key.type)
  switch (kind.family) {
    case 'ed25519': {
      const pair = key.derived ? ed25519KeyOf(key, version, context, noPrivate) : publicKeyOf(version)
      return signature.length === 64 && verify(null, input, pair, signature)
    }
    case 'ecdsa': {
      const bytes = { 'P-256': 32, 'P-384': 48, 'P-521': 66 }[kind.curve]
      const joined = options.marshaling === 'jws' ? signature : fromDer(signature, bytes)
      return joined !== undefined && verifyEcdsa(publicKeyOf(version), input, joined, options)
    }
    case 'rsa':
      return verifyRsa(publicKeyOf(version), input, signature, options)
    default:
      fail('invalid_request', `message verification not supported for key type ${key.type}`)
  }
}

const needHash = (name: string): Hash =>
  hashCalled(name) ?? fail('invalid_request', `unsupported hash algorithm ${name}`)

function signEcdsa(key: KeyObject, input: Buffer, options: SigningOptions, random: Random): Buffer {
  if (options.prehashed) return signDigest(key, input, random.bytes)
  return sign(needHash(options.hash).name, input, { key, dsaEncoding: 'ieee-p1363' })
}

function verifyEcdsa(key: KeyObject, input: Buffer, signature: Buffer, options: SigningOptions): boolean {
  if (options.prehashed) return verifyDigest(key, input, signature)
  return verify(needHash(options.hash).name, input, { key, dsaEncoding: 'ieee-p1363' }, signature)
}

function signRsa(key: KeyObject, input: Buffer, options: SigningOptions, random: Random): Buffer {
  if (options.scheme === 'pkcs1v15') {
    return options.prehashed
      ? signPkcs1(key, hashCalled(options.hash), input)
      : sign(needHash(options.hash).name, input, key)
  }
  const hash = needHash(options.hash)
  const saltLength = saltBytes(key, hash, options) ?? maxSalt(key, hash)
  if (options.prehashed) return signPss(key, hash, input, random.bytes(saltLength))
  return sign(hash.name, input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength })
}

function verifyRsa(key: KeyObject, input: Buffer, signature: Buffer, options: SigningOptions): boolean {
  if (options.scheme === 'pkcs1v15') {
    return options.prehashed
      ? verifyPkcs1(key, hashCalled(options.hash), input, signature)
      : verify(needHash(options.hash).name, input, key, signature)
  }
  const hash = needHash(options.hash)
  const salt = saltBytes(key, hash, options)
  if (options.prehashed) return verifyPss(key, hash, input, signature, salt)
  const saltLength = salt ?? constants.RSA_PSS_SALTLEN_AUTO
  return verify(hash.name, input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature)
}

/** Bytes of salt; undefined leaves it open. @throws invalid_request when that is more than fits */
function saltBytes(key: KeyObject, hash: Hash, { salt }: SigningOptions): number | undefined {
  if (salt === 'auto') return undefined
  const bytes = salt === 'hash' ? hash.bytes : salt
  if (bytes > maxSalt(key, hash)) {
    throw new CofferError('invalid_request', `requested salt length ${bytes} is invalid`)
  }
  return bytes
}

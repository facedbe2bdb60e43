import { createHmac, timingSafeEqual } from 'node:crypto'
import { fail } from '../../../base/errors.ts'
import type { JsonObject } from '../../../base/json/json.ts'
import { hashCalled } from '../crypto/hashes.ts'
import { hmacKeyOf } from '../keys/material.ts'
import type { Key, KeyVersion } from '../keys/record.ts'
import { checkAlive, versionOf } from '../keys/versions.ts'
import type { HmacOptions, Item } from './job.ts'
import { fromBase64, splitVersioned, versioned } from './text.ts'

const undecodable = 'unable to decode input as base64: '

/** @throws invalid_request when the version may not be used any more, or is not there */
export function hmacVersion(key: Key, asked: number): KeyVersion {
  checkAlive(key)
  if (asked < 0) fail('invalid_request', 'key version does not exist (cannot be negative)')
  if (asked > key.latestVersion) {
    fail('invalid_request', `key version does not exist; latest key version is ${key.latestVersion}`)
  }
  if (asked !== 0 && asked !== key.latestVersion && asked < key.minEncryptionVersion) {
    fail('invalid_request', 'cannot generate HMAC: version is too old (disallowed by policy)')
  }
  return versionOf(key, asked === 0 ? key.latestVersion : asked)
}

function digestOf(version: KeyVersion, hash: string, input: Buffer): Buffer {
  const { name } = hashCalled(hash) ?? fail('invalid_request', `unsupported algorithm "${hash}"`)
  return createHmac(name, hmacKeyOf(version)).update(input).digest()
}

/** `hmac` of one item. @throws invalid_request */
export function hmacItem(key: Key, { input }: Item, options: HmacOptions): JsonObject {
  if (input === undefined) fail('invalid_request', 'missing input for HMAC')
  const version = hmacVersion(key, options.version)
  const made = digestOf(version, options.hash, fromBase64(input, undecodable))
  return { hmac: versioned(version.version, made.toString('base64')) }
}

/** `valid` of one item; the comparison takes the same time wherever they differ. @throws invalid_request */
export function verifyHmacItem(key: Key, { input, hmac }: Item, options: HmacOptions): JsonObject {
  if (input === undefined) fail('invalid_request', 'missing input')
  const bytes = fromBase64(input, undecodable)
  if (hmac === undefined) fail('invalid_request', 'missing hmac')
  const said = splitVersioned(hmac, 'HMAC')
  const given = fromBase64(said.encoded, 'unable to decode verification HMAC as base64: ')
  checkAlive(key)
  if (said.version > key.latestVersion) fail('invalid_request', 'invalid HMAC: version is too new')
  if (said.version < key.minDecryptionVersion) {
    fail('invalid_request', 'cannot verify HMAC: version is too old (disallowed by policy)')
  }
  const expected = digestOf(versionOf(key, said.version), options.hash, bytes)
  return { valid: expected.length === given.length && timingSafeEqual(expected, given) }
}

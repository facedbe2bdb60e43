import { createPublicKey, diffieHellman, type KeyObject } from 'node:crypto'
import type { Context } from '../../../backend/context.ts'
import type { Reply } from '../../../backend/message.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { type EngineRoute, route } from '../../../backend/routes/route.ts'
import { pemBlocks } from '../../../base/encoding/pem.ts'
import { fail } from '../../../base/errors.ts'
import { derive } from '../crypto/derive.ts'
import { findKey, isKeyName, keyName, needKey, putKey } from '../keys/access.ts'
import { emptyKey } from '../keys/create.ts'
import { hmacKey } from '../keys/generate.ts'
import { privateKeyOf } from '../keys/material.ts'
import type { Key } from '../keys/record.ts'
import { keyTypeCalled, kindOf } from '../keys/types.ts'
import { addVersion, checkAlive, versionOf } from '../keys/versions.ts'

const fields = {
  key_derivation_algorithm: field.string('ecdh, which is the only one.'),
  peer_public_key: field.string('PEM: the public key of the other side, on the curve of the base key.'),
  base_key_name: field.string('The key of this side: one for ECDSA.'),
  base_key_version: field.integer('The version of the base key; 0 is the latest.'),
  derived_key_type: field.string('Of the key that is made: aes256-gcm96 unless said.'),
}

/** A key that two sides come to, each from its own private and the other's public key (RFC 5869 over ECDH). */
async function deriveKey(context: Context, sent: FieldValues<typeof fields>): Promise<Reply> {
  const name = keyName(context)
  const { key_derivation_algorithm: algorithm = 'ecdh', base_key_name: baseName = '' } = sent
  if (algorithm !== 'ecdh') {
    fail('invalid_request', `key derivation algorithm ${algorithm.slice(0, 40)} not supported`)
  }
  if ((sent.peer_public_key ?? '') === '') fail('invalid_request', 'peer public key not provided')
  const type = keyTypeCalled((sent.derived_key_type ?? 'aes256-gcm96').toLowerCase())
  const kind = kindOf(type)
  if (kind.family !== 'symmetric') fail('invalid_request', `unknown key type ${type}`)
  const missing = 'specified base key not found'
  if (!isKeyName(baseName)) fail('invalid_request', missing)
  const base = await needKey(context, missing, baseName)
  const secret = sharedSecret(base, sent.base_key_version ?? 0, sent.peer_public_key ?? '')
  if ((await findKey(context)) !== undefined) fail('invalid_request', `key "${name}" already exists`)
  const bytes = derive(secret, Buffer.alloc(0), kind.bytes)
  const material = { secret: bytes.toString('base64'), hmac: hmacKey(context.random) }
  putKey(context, name, addVersion(emptyKey({ type, imported: true }), material, context.clock.now()))
  return {}
}

function sharedSecret(base: Key, asked: number, pem: string): Buffer {
  checkAlive(base)
  if (kindOf(base.type).family !== 'ecdsa') {
    fail('invalid_request', `base key type ${base.type} does not support key agreement`)
  }
  if (asked < 0) fail('invalid_request', 'requested version of the base key is negative')
  if (asked > base.latestVersion) {
    fail('invalid_request', 'requested version of the base key is higher than the latest key version')
  }
  const version = versionOf(base, asked === 0 ? base.latestVersion : asked)
  const own = privateKeyOf(version, 'the version of the base key has no private part')
  const peer = peerKey(pem)
  const isOnCurve = peer.asymmetricKeyDetails?.namedCurve === own.asymmetricKeyDetails?.namedCurve
  if (peer.asymmetricKeyType !== 'ec' || !isOnCurve) {
    fail('invalid_request', `base private key type ${base.type} does not match peer public key curve`)
  }
  return diffieHellman({ privateKey: own, publicKey: peer })
}

function peerKey(pem: string): KeyObject {
  const block = pemBlocks(pem).find(({ label }) => label === 'PUBLIC KEY')
  try {
    if (block !== undefined) return createPublicKey(block.text)
  } catch {
    // Refused like what is no PEM at all.
  }
  fail('invalid_request', 'failed to parse supplied peer public key PEM')
}

export const deriveKeyRoutes: readonly EngineRoute[] = [
  route({
    path: 'derive-key/{name}',
    summary: 'Make a key that another side makes as well, from keys of both.',
    fields,
    operations: { update: deriveKey },
  }),
]

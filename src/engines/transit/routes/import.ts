import { createPublicKey, type KeyObject } from 'node:crypto'
import { answer } from '../../../backend/answers/answer.ts'
import { shape } from '../../../backend/answers/shape.ts'
import type { Context } from '../../../backend/context.ts'
import type { Reply } from '../../../backend/message.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { type EngineRoute, route } from '../../../backend/routes/route.ts'
import { fail } from '../../../base/errors.ts'
import { oaepHash } from '../crypto/hashes.ts'
import { unwrapKey } from '../crypto/key-wrap.ts'
import { findKey, keyName, needKey, putKey, wantKey } from '../keys/access.ts'
import { emptyKey } from '../keys/create.ts'
import { generatePair, type Material } from '../keys/generate.ts'
import { completed, completesLatest, importedPublic, importedSecret } from '../keys/import.ts'
import { privateKeyFrom } from '../keys/material.ts'
import { wrappingKeyRow, wrappingKeys } from '../keys/record.ts'
import { type KeyType, keyTypeCalled } from '../keys/types.ts'
import { addVersion, checkAlive } from '../keys/versions.ts'
import { publicPem } from '../keys/view.ts'
import { fromBase64 } from '../operations/text.ts'
import { keyFields } from './keys.ts'

const wrappingBits = 4096

/** The mount's pair for wrapping, made when it is first asked for. */
async function wrappingKey({ storage }: Context): Promise<KeyObject> {
  const stored = await storage.get(wrappingKeys, wrappingKeyRow)
  if (stored !== undefined) return privateKeyFrom(Buffer.from(stored.secret, 'base64'))
  const pair = await generatePair({ family: 'rsa', bits: wrappingBits })
  const secret = pair.export({ format: 'der', type: 'pkcs8' }).toString('base64')
  storage.put(wrappingKeys, wrappingKeyRow, { secret })
  return pair
}

async function readWrappingKey(context: Context): Promise<Reply> {
  return { data: { public_key: publicPem(createPublicKey(await wrappingKey(context))) } }
}

const sourceFields = {
  ciphertext: field.string(
    'Base64: an AES-256 key wrapped by RSA-OAEP under wrapping_key, then the key, wrapped by it (RFC 5649).',
  ),
  public_key: field.string('PEM: the public half of a pair alone.'),
  hash_function: field.string('Of RSA-OAEP: SHA1, SHA224, SHA256, SHA384 or SHA512; SHA256 unless said.'),
}

const importFields = {
  ...keyFields,
  ...sourceFields,
  allow_rotation: field.boolean('The key may be rotated here.'),
  convergent_encryption: field.boolean('Refused: a key that was imported is not convergent.'),
}

type Sent = FieldValues<typeof sourceFields>

/** @throws invalid_request unless just one of the two was sent */
function checkSource({ ciphertext, public_key: half }: Sent): void {
  if (ciphertext !== undefined && half !== undefined) {
    fail('invalid_request', 'only one of the following fields, ciphertext and public_key, can be set')
  }
  if (ciphertext === undefined && half === undefined) {
    fail('invalid_request', 'one of the following fields, ciphertext and public_key, must be set')
  }
}

async function unwrapped(context: Context, text: string, hash: string | undefined): Promise<Buffer> {
  const name = oaepHash(hash ?? 'SHA256')
  const wrapped = fromBase64(text)
  return unwrapKey(await wrappingKey(context), name, wrapped)
}

async function materialOf(context: Context, type: KeyType, sent: Sent): Promise<Material> {
  if (sent.ciphertext === undefined) return importedPublic(type, sent.public_key ?? '', context.random)
  return importedSecret(type, await unwrapped(context, sent.ciphertext, sent.hash_function), context.random)
}

async function importKey(context: Context, sent: FieldValues<typeof importFields>): Promise<Reply> {
  const name = keyName(context)
  if (sent.convergent_encryption !== undefined) {
    fail('invalid_request', 'import cannot be used on keys with convergent encryption enabled')
  }
  const { allow_rotation: allowImportedRotation = false, auto_rotate_period: period = 0 } = sent
  if (period > 0 && !allowImportedRotation) {
    fail('invalid_request', 'allow_rotation must be set to true if auto-rotation is enabled')
  }
  checkSource(sent)
  const type = keyTypeCalled((sent.type ?? 'aes256-gcm96').toLowerCase())
  if ((await findKey(context)) !== undefined) {
    fail(
      'invalid_request',
      'the import path cannot be used with an existing key; use import-version to rotate an existing imported key',
    )
  }
  const { derived = false } = sent
  if (derived && type === 'ed25519' && sent.ciphertext === undefined) {
    fail('invalid_request', 'a derived key needs the private part: the keys of contexts are derived from it')
  }
  const material = await materialOf(context, type, sent)
  const key = emptyKey({
    type,
    derived,
    exportable: sent.exportable ?? false,
    allowPlaintextBackup: sent.allow_plaintext_backup ?? false,
    autoRotatePeriod: period,
    keySize: type === 'hmac' ? Buffer.from(material.secret ?? '', 'base64').length : 0,
    imported: true,
    allowImportedRotation,
  })
  putKey(context, name, addVersion(key, material, context.clock.now()))
  return {}
}

const versionFields = {
  ...sourceFields,
  version: field.integer('The version that gets its private part; without it a new version is made.'),
}

async function importVersion(context: Context, sent: FieldValues<typeof versionFields>): Promise<Reply> {
  const name = keyName(context)
  checkSource(sent)
  const missing = `no key found with name ${name}; to import a new key, use the import/ endpoint`
  const key = await needKey(context, missing)
  if (!key.imported) {
    fail('invalid_request', 'the import_version endpoint can only be used with an imported key')
  }
  checkAlive(key)
  const der =
    sent.ciphertext === undefined ? undefined : await unwrapped(context, sent.ciphertext, sent.hash_function)
  if (sent.version !== undefined) {
    if (der === undefined) {
      fail('invalid_request', 'cannot add a public key to a key version that already has a public key set')
    }
    putKey(context, name, completed(key, sent.version, der))
  } else if (der !== undefined && completesLatest(key, der)) {
    putKey(context, name, completed(key, key.latestVersion, der))
  } else {
    if (key.derived && key.type === 'ed25519' && der === undefined) {
      fail(
        'invalid_request',
        'a derived key needs the private part: the keys of contexts are derived from it',
      )
    }
    const material =
      der === undefined
        ? importedPublic(key.type, sent.public_key ?? '', context.random)
        : importedSecret(key.type, der, context.random)
    putKey(context, name, addVersion(key, material, context.clock.now()))
  }
  return {}
}

export const importRoutes: readonly EngineRoute[] = [
  route({
    path: 'wrapping_key',
    summary: 'Read the public key that wraps keys for their import.',
    fields: {},
    answers: { read: answer.data(shape.object({ public_key: shape.string('PEM.') })) },
    operations: { read: readWrappingKey },
  }),
  route({
    path: 'keys/{name}/import',
    summary: 'Import a key that was made elsewhere.',
    fields: importFields,
    operations: { update: importKey },
    prefetch: wantKey,
  }),
  route({
    path: 'keys/{name}/import_version',
    summary: 'Import a version of a key that was imported.',
    fields: versionFields,
    operations: { update: importVersion },
    prefetch: wantKey,
  }),
]

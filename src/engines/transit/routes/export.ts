import type { KeyObject } from 'node:crypto'
import { answer } from '../../../backend/answers/answer.ts'
import { shape } from '../../../backend/answers/shape.ts'
import type { Context } from '../../../backend/context.ts'
import type { Reply } from '../../../backend/message.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { type EngineRoute, route } from '../../../backend/routes/route.ts'
import { fail } from '../../../base/errors.ts'
import { oaepHash } from '../crypto/hashes.ts'
import { wrapKey } from '../crypto/key-wrap.ts'
import { findKey, keyName, needKey } from '../keys/access.ts'
import { ed25519Bytes, privateKeyOf, publicKeyOf, secretOf } from '../keys/material.ts'
import type { Key, KeyVersion } from '../keys/record.ts'
import { encrypts, isPair, kindOf, signs } from '../keys/types.ts'
import { checkAlive, findVersion, usableVersions, versionForMaking } from '../keys/versions.ts'
import { certificateChain, publicBytes, publicPem } from '../keys/view.ts'

const exportTypes = ['encryption-key', 'signing-key', 'hmac-key', 'public-key', 'certificate-chain'] as const
type ExportType = (typeof exportTypes)[number]
const isExportType = (text: string | undefined): text is ExportType =>
  exportTypes.some((type) => type === text)

const formats = ['', 'raw', 'der', 'pem'] as const
type Format = (typeof formats)[number]
const isFormat = (text: string): text is Format => formats.some((format) => format === text)

const exportFields = {
  format: field.string('raw, der or pem; each kind of key has one of its own unless said.'),
}

async function exportKey(context: Context, sent: FieldValues<typeof exportFields>): Promise<Reply> {
  const { type, version } = context.params
  const name = keyName(context)
  if (!isExportType(type)) fail('invalid_request', `invalid export type: ${(type ?? '').slice(0, 40)}`)
  const { format = '' } = sent
  if (!isFormat(format)) fail('invalid_request', `invalid format: ${format.slice(0, 40)}`)
  const key = (await findKey(context)) ?? fail('not_found')
  if (!key.exportable && type !== 'public-key' && type !== 'certificate-chain') {
    fail('invalid_request', 'private key material is not exportable')
  }
  checkAlive(key)
  checkHas(key, type)
  const shown = chosenVersions(key, version).map((one) => [
    String(one.version),
    textOf(key, one, type, format),
  ])
  return { data: { name, type: key.type, keys: Object.fromEntries(shown) } }
}

function checkHas({ type }: Key, wanted: ExportType): void {
  if (wanted === 'encryption-key' && !encrypts(type)) {
    fail('invalid_request', 'encryption not supported for the key')
  }
  if (wanted === 'signing-key' && !signs(type)) fail('invalid_request', 'signing not supported for the key')
  if ((wanted === 'public-key' || wanted === 'certificate-chain') && !isPair(type)) {
    fail('invalid_request', `unknown key type ${type} for export type ${wanted}`)
  }
}

/** @param asked nothing for all, `latest`, or a number. @throws invalid_request */
function chosenVersions(key: Key, asked: string | undefined): readonly KeyVersion[] {
  if (asked === undefined || asked === '') return usableVersions(key)
  const digits = asked.startsWith('v') ? asked.slice(1) : asked
  if (asked !== 'latest' && !/^\d{1,9}$/.test(digits)) fail('invalid_request', 'invalid key version')
  const number = asked === 'latest' ? key.latestVersion : Number(digits)
  if (number < key.minDecryptionVersion) {
    fail('invalid_request', 'version for export is below minimum decryption version')
  }
  const found = findVersion(key, number)
  return found === undefined ? fail('invalid_request', 'version does not exist or cannot be found') : [found]
}

function textOf(key: Key, version: KeyVersion, type: ExportType, format: Format): string {
  switch (type) {
    case 'hmac-key':
      checkFormat(format, ['', 'raw'], 'an HMAC key')
      return version.hmac ?? version.secret ?? ''
    case 'public-key':
      return publicText(key, publicKeyOf(version), format)
    case 'certificate-chain':
      return version.certificates === undefined
        ? fail('invalid_request', 'selected key version does not have a certificate chain imported')
        : certificateChain(version)
    default:
      if (!isPair(key.type)) {
        checkFormat(format, ['', 'raw'], 'a symmetric key')
        return version.secret ?? ''
      }
      // Of a pair that was imported without its private half there is nothing to show.
      return version.secret === undefined ? '' : privateText(key, privateKeyOf(version, ''), format)
  }
}

function checkFormat(format: Format, known: readonly Format[], what: string): void {
  if (known.includes(format)) return
  const list = known.map((one) => `"${one}"`).join(', ')
  fail('invalid_request', `unknown format for ${what}; supported values are ${list}`)
}

function privateText(key: Key, secret: KeyObject, format: Format): string {
  const { family } = kindOf(key.type)
  if (family === 'ed25519' && (format === '' || format === 'raw')) {
    return ed25519Bytes(secret).toString('base64')
  }
  checkFormat(format, ['', 'der', 'pem'], `a key of type ${key.type}`)
  if (format === 'der') return secret.export({ format: 'der', type: 'pkcs8' }).toString('base64')
  const own = family === 'rsa' ? 'pkcs1' : 'sec1'
  const text = String(secret.export({ format: 'pem', type: format === 'pem' ? 'pkcs8' : own }))
  return family === 'rsa' ? text : text.trimEnd()
}

function publicText(key: Key, half: KeyObject, format: Format): string {
  const { family } = kindOf(key.type)
  if (family === 'ed25519' && (format === '' || format === 'raw')) return publicBytes(half)
  checkFormat(format, ['', 'der', 'pem'], `a key of type ${key.type}`)
  if (format === 'der') return half.export({ format: 'der', type: 'spki' }).toString('base64')
  return family === 'rsa' ? publicPem(half) : publicPem(half).trimEnd()
}

const wrappedFields = {
  hash: field.string('Of RSA-OAEP: SHA1, SHA224, SHA256, SHA384 or SHA512; SHA256 unless said.'),
}

/** A key wrapped for its import elsewhere, by an RSA key of this mount that holds the other's wrapping key. */
async function exportWrapped(context: Context, sent: FieldValues<typeof wrappedFields>): Promise<Reply> {
  const name = keyName(context, 'source')
  const hash = oaepHash(sent.hash ?? 'SHA256')
  const to = await needKey(context, 'no such destination key to export to', keyName(context, 'destination'))
  checkAlive(to)
  const key = await needKey(context, 'no such source key for export', name)
  if (!key.exportable) fail('invalid_request', 'key is not exportable')
  checkAlive(key)
  if (kindOf(to.type).family !== 'rsa')
    fail('invalid_request', 'unsupported key type in use; must be a rsa key')
  const wrapping = publicKeyOf(versionForMaking(to, 0, 'encryption'))
  const shown = chosenVersions(key, context.params.version).map((version) => {
    if (version.secret === undefined) {
      fail('invalid_request', 'a version without its private part cannot be exported')
    }
    const ephemeral = context.random.bytes(32)
    const wrapped = wrapKey(wrapping, hash, ephemeral, secretOf(version)).toString('base64')
    return [String(version.version), wrapped]
  })
  return { data: { name, type: key.type, keys: Object.fromEntries(shown) } }
}

const exportedShape = shape.object({
  name: shape.string(),
  type: shape.string(),
  keys: shape.secretTexts('By version.'),
})

export const exportRoutes: readonly EngineRoute[] = [
  ...['export/{type}/{name}', 'export/{type}/{name}/{version}'].map((path) =>
    route({
      path,
      summary: 'Read the secret of a key that is exportable, or a public key.',
      fields: exportFields,
      answers: { read: answer.data(exportedShape) },
      operations: { read: exportKey },
    }),
  ),
  ...['byok-export/{destination}/{source}', 'byok-export/{destination}/{source}/{version}'].map((path) =>
    route({
      path,
      summary: 'Read a key that is exportable, wrapped for its import elsewhere.',
      fields: wrappedFields,
      answers: { read: answer.data(exportedShape) },
      operations: { read: exportWrapped },
    }),
  ),
]

import { createPublicKey, randomBytes, webcrypto } from 'node:crypto'
import type { Reply } from '../../src/backend/message.ts'
import type { CofferError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json/json.ts'
import { wrapKey } from '../../src/engines/transit/crypto/key-wrap.ts'
import { dataOf } from './node.ts'

type Answer = Promise<Reply | CofferError>

/** Uses every route of transit that changes or makes something, each in a way that succeeds. */
export async function useTransit(
  write: (path: string, fields?: JsonObject) => Answer,
  ask: (verb: 'read' | 'delete', path: string) => Answer,
): Promise<void> {
  await write('sys/mounts/transit', { type: 'transit' })
  const to = async (path: string, fields: JsonObject = {}) => dataOf(await write(`transit/${path}`, fields))
  await to('cache-config', { size: 10 })
  await to('config/keys', { disable_upsert: false })
  const settings = { exportable: true, allow_plaintext_backup: true }
  await to('keys/k', settings)
  await to('keys/k/rotate')
  await to('keys/k/config', { min_decryption_version: 2, min_encryption_version: 2, deletion_allowed: true })
  await to('keys/k/trim', { min_available_version: 2 })
  const { ciphertext = '' } = await to('encrypt/k', { plaintext: '' })
  await to('encrypt/made', { plaintext: '' })
  await to('decrypt/k', { ciphertext })
  await to('rewrap/k', { ciphertext })
  for (const form of ['plaintext', 'wrapped']) await to(`datakey/${form}/k`)
  await to('keys/e', { type: 'ed25519' })
  for (const end of ['', '/sha2-512']) {
    const { signature = '' } = await to(`sign/e${end}`, { input: '' })
    await to(`verify/e${end}`, { input: '', signature })
    await to(`hmac/e${end}`, { input: '' })
    await to(`hash${end}`, { input: '' })
  }
  for (const end of ['', '/16', '/platform/16']) await to(`random${end}`)
  const { backup = '' } = dataOf(await ask('read', 'transit/backup/k'))
  await to('restore/again', { backup })
  await ask('delete', 'transit/keys/k')
  await to('restore', { backup })
  await ask('delete', 'transit/keys/k/soft-delete')
  await to('keys/k/soft-delete-restore')
  const { public_key } = dataOf(await ask('read', 'transit/wrapping_key'))
  const wrapping = createPublicKey(String(public_key))
  const wrapped = () => wrapKey(wrapping, 'sha256', randomBytes(32), randomBytes(32)).toString('base64')
  await to('keys/imported/import', { ciphertext: wrapped() })
  await to('keys/imported/import_version', { ciphertext: wrapped() })

  await to('keys/p', { type: 'ecdsa-p256', exportable: true })
  const { keys } = dataOf(await ask('read', 'transit/export/public-key/p'))
  const peer = (keys as Record<string, string>)['1'] ?? ''
  await to('derive-key/shared', { base_key_name: 'p', peer_public_key: peer })
  await to('keys/p/csr')
  await to('keys/p/set-certificate', { certificate_chain: await certificateOf('P-256', peer) })
}

/** A certificate of a public key, PEM, by nobody that anybody knows. */
export async function certificateOf(namedCurve: string, publicKey: string): Promise<string> {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const algorithm = { name: 'ECDSA', namedCurve, hash: 'SHA-256' }
  const authority = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=alice',
    issuer: 'CN=authority',
    publicKey: createPublicKey(publicKey).toCryptoKey(algorithm, true, ['verify']),
    signingKey: authority.privateKey,
    signingAlgorithm: algorithm,
  })
  return certificate.toString('pem')
}

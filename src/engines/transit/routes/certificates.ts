import { type KeyObject, X509Certificate } from 'node:crypto'
import { answer } from '../../../backend/answers/answer.ts'
import { shape } from '../../../backend/answers/shape.ts'
import type { Context } from '../../../backend/context.ts'
import type { Reply } from '../../../backend/message.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { type EngineRoute, route } from '../../../backend/routes/route.ts'
import { pemBlocks } from '../../../base/encoding/pem.ts'
import { fail } from '../../../base/errors.ts'
import { signRequest } from '../crypto/certificate-request.ts'
import { keyName, needKey, putKey, wantKey } from '../keys/access.ts'
import { privateKeyOf, publicKeyOf } from '../keys/material.ts'
import type { Key, KeyVersion } from '../keys/record.ts'
import { signs } from '../keys/types.ts'
import { checkAlive, versionOf } from '../keys/versions.ts'

const versionField = { version: field.integer('The version of the key; the latest unless said.') }
const requestFields = {
  csr: field.string('PEM: a request whose subject and extensions are taken; an empty one unless said.'),
  ...versionField,
}
const chainFields = {
  certificate_chain: field.string('PEM: the certificate of the key, then those above it.'),
  ...versionField,
}

/** The key and the version that is asked for. @throws invalid_request where it cannot have certificates */
async function signingVersion(
  context: Context,
  asked: number | undefined,
): Promise<{ name: string; key: Key; version: KeyVersion }> {
  const name = keyName(context)
  const key = await needKey(context, `key with provided name '${name}' not found`)
  checkAlive(key)
  if (!signs(key.type)) fail('invalid_request', `key type '${key.type}' does not support signing`)
  if (key.derived) fail('invalid_request', 'operation not supported for keys with derivation enabled')
  return { name, key, version: versionOf(key, asked ?? key.latestVersion) }
}

async function request(context: Context, sent: FieldValues<typeof requestFields>): Promise<Reply> {
  const { name, key, version } = await signingVersion(context, sent.version)
  const pair = privateKeyOf(version, 'private key not imported for key version selected')
  const csr = await signRequest(pair, publicKeyOf(version), sent.csr ?? '')
  return { data: { name, type: key.type, csr } }
}

async function setChain(context: Context, sent: FieldValues<typeof chainFields>): Promise<Reply> {
  const { name, key, version } = await signingVersion(context, sent.version)
  const text = sent.certificate_chain ?? ''
  const chain = parseChain(text)
  checkChain(chain, publicKeyOf(version))
  const certificates = chain.map(({ raw }) => raw.toString('base64'))
  const versions = key.versions.map((one) => (one === version ? { ...one, certificates } : one))
  putKey(context, name, { ...key, versions })
  return { data: { name, type: key.type, certificate_chain: text } }
}

const maxChain = 20

function parseChain(text: string): X509Certificate[] {
  const blocks = pemBlocks(text).filter(({ label }) => label === 'CERTIFICATE')
  if (blocks.length === 0) {
    fail('invalid_request', 'provided certificate chain did not contain any valid PEM encoded certificate')
  }
  if (blocks.length > maxChain) fail('invalid_request', `a chain has at most ${maxChain} certificates`)
  try {
    return blocks.map(({ text: pem }) => new X509Certificate(pem))
  } catch {
    return fail('invalid_request', 'could not parse a certificate in the certificate chain')
  }
}

function checkChain(chain: readonly X509Certificate[], half: KeyObject): void {
  const [leaf, ...above] = chain
  const refuse = (what: string) => fail('invalid_request', `failed to persist certificate chain: ${what}`)
  if (leaf?.ca !== false) refuse('certificate in the first element is not a valid leaf certificate')
  if (above.some(({ ca }) => !ca)) refuse('a certificate above the first is no certificate of an authority')
  if (leaf?.publicKey.equals(half) !== true) {
    refuse('leaf certificate public key does not match the selected key version')
  }
}

export const certificateRoutes: readonly EngineRoute[] = [
  route({
    path: 'keys/{name}/csr',
    summary: 'Sign a certificate request with a key.',
    fields: requestFields,
    answers: {
      write: answer.data(
        shape.object({ name: shape.string(), type: shape.string(), csr: shape.string('PEM.') }),
      ),
    },
    operations: { update: request },
    prefetch: wantKey,
  }),
  route({
    path: 'keys/{name}/set-certificate',
    summary: 'Keep the certificates of a key with it.',
    fields: chainFields,
    answers: {
      write: answer.data(
        shape.object({ name: shape.string(), type: shape.string(), certificate_chain: shape.string('PEM.') }),
      ),
    },
    operations: { update: setChain },
    prefetch: wantKey,
  }),
]

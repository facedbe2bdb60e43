import { createHash } from 'node:crypto'
import type { Context } from '../../../backend/context.ts'
import { type FieldValues, field } from '../../../backend/fields.ts'
import type { Reply } from '../../../backend/message.ts'
import { type EngineRoute, route } from '../../../backend/route.ts'
import { fail } from '../../../base/errors.ts'
import { hashCalled } from '../crypto/hashes.ts'
import { fromBase64 } from '../operations/text.ts'

const hashFields = {
  input: field.string('Base64.'),
  algorithm: field.string('sha2-224 … sha2-512, sha3-224 … sha3-512; sha2-256 unless said.'),
  format: field.string('hex unless it is base64.'),
}

function hash({ params }: Context, sent: FieldValues<typeof hashFields>): Reply {
  if (sent.input === undefined) fail('invalid_request', 'input missing')
  const input = fromBase64(sent.input, 'unable to decode input as base64: ')
  const { format = 'hex' } = sent
  if (!isFormat(format)) {
    fail('invalid_request', `unsupported encoding format ${format.slice(0, 40)}; must be "hex" or "base64"`)
  }
  const name = (params.urlalgorithm ?? '') === '' ? (sent.algorithm ?? 'sha2-256') : params.urlalgorithm
  const known = name === undefined || name === 'sha1' ? undefined : hashCalled(name)
  if (known === undefined) fail('invalid_request', `unsupported algorithm ${String(name).slice(0, 40)}`)
  return { data: { sum: createHash(known.name).update(input).digest(format) } }
}

const isFormat = (text: string): text is 'hex' | 'base64' => text === 'hex' || text === 'base64'

const randomFields = {
  bytes: field.integer('How many; 32 unless said.'),
  format: field.string('base64 unless it is hex.'),
}
const maxRandom = 128 * 1024
const sources = ['platform', 'seal', 'all']

function random(context: Context, sent: FieldValues<typeof randomFields>): Reply {
  const { source, urlbytes } = context.params
  const named = urlbytes ?? (source === undefined || sources.includes(source) ? undefined : source)
  if (urlbytes !== undefined && !sources.includes(source ?? '')) {
    fail(
      'invalid_request',
      `unsupported entropy source ${JSON.stringify((source ?? '').slice(0, 40))}; must be "platform" or "seal", or "all"`,
    )
  }
  if (named !== undefined && !/^[+-]?\d{1,9}$/.test(named)) {
    fail('invalid_request', 'error parsing url-set byte count: it is no whole number')
  }
  const bytes = named === undefined ? (sent.bytes ?? 32) : Number(named)
  if (bytes < 1) fail('invalid_request', "'bytes' cannot be less than 1")
  if (bytes > maxRandom) fail('invalid_request', `'bytes' should be less than ${maxRandom}`)
  const { format = 'base64' } = sent
  if (!isFormat(format)) {
    fail(
      'invalid_request',
      `unsupported encoding format ${JSON.stringify(format.slice(0, 40))}; must be "hex" or "base64"`,
    )
  }
  if (source === 'seal') context.warn('the seal gives no randomness; it comes from the system')
  return { data: { random_bytes: context.random.bytes(bytes).toString(format) } }
}

export const toolRoutes: readonly EngineRoute[] = [
  ...['hash', 'hash/{urlalgorithm}'].map((path) =>
    route({ path, summary: 'Hash an input.', fields: hashFields, operations: { update: hash } }),
  ),
  ...['random', 'random/{source}', 'random/{source}/{urlbytes}'].map((path) =>
    route({ path, summary: 'Random bytes.', fields: randomFields, operations: { update: random } }),
  ),
]

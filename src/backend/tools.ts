import { createHash } from 'node:crypto'
import { decodeBase64 } from '../base/encoding/base64.ts'
import { hashNames } from '../base/encoding/hashes.ts'
import { fail } from '../base/errors.ts'
import { answer } from './answers/answer.ts'
import { shape } from './answers/shape.ts'
import type { Context } from './context.ts'
import type { Reply } from './message.ts'
import { type FieldValues, field } from './routes/fields.ts'

/** Bytes that one request may ask for. */
export const maxRandom = 128 * 1024

/** Kept for clients: all of it comes from the operating system. */
const sources: readonly unknown[] = ['platform', 'seal', 'all']

const hashFields = {
  input: field.string('Base64.'),
  algorithm: field.string('sha2-224 … sha2-512, sha3-224 … sha3-512; sha2-256 unless said otherwise.'),
  format: field.string('hex unless it is base64.'),
}
const randomFields = {
  bytes: field.integer('How many; 32 unless said otherwise.'),
  format: field.string('base64 unless it is hex.'),
}

/** What hashes, in `sys/tools` and in transit alike; paths are below either. */
export const hashTools = ['hash', 'hash/{urlalgorithm}'].map((path) => ({
  path,
  summary: 'Hash an input.',
  fields: hashFields,
  answers: { write: answer.data(shape.object({ sum: shape.string() })) },
  operations: { update: hash },
}))

/** What gives random bytes, in both places too. */
export const randomTools = ['random', 'random/{urlbytes}', 'random/{source}/{urlbytes}'].map((path) => ({
  path,
  summary: 'Random bytes.',
  fields: randomFields,
  answers: { write: answer.data(shape.object({ random_bytes: shape.secret() })) },
  operations: { update: random },
}))

function hash({ params }: Pick<Context, 'params'>, sent: FieldValues<typeof hashFields>): Reply {
  const { format = 'hex' } = sent
  const name = params.urlalgorithm ?? sent.algorithm ?? 'sha2-256'
  if (!isHash(name)) fail('invalid_request', `unsupported algorithm ${name.slice(0, 40)}`)
  const input = decodeBase64(sent.input ?? '')
  if (input.at !== undefined) {
    fail('invalid_request', `unable to decode input as base64: illegal base64 data at input byte ${input.at}`)
  }
  return { data: { sum: encoded(createHash(hashNames[name]).update(input.bytes).digest(), format) } }
}

const isHash = (name: string): name is keyof typeof hashNames => Object.hasOwn(hashNames, name)

function random(
  { params, random }: Pick<Context, 'params' | 'random'>,
  sent: FieldValues<typeof randomFields>,
): Reply {
  const { source, urlbytes: last } = params
  const { format = 'base64' } = sent
  if (source !== undefined && !sources.includes(source)) {
    fail('invalid_request', 'unsupported entropy source; must be "platform", "seal" or "all"')
  }
  // A single part of the path is how many, or from where.
  const isCount = last !== undefined && (source !== undefined || !sources.includes(last))
  const bytes = isCount ? countIn(last) : (sent.bytes ?? 32)
  if (!Number.isInteger(bytes) || bytes < 1) fail('invalid_request', '"bytes" cannot be less than 1')
  if (bytes > maxRandom) fail('invalid_request', `"bytes" cannot be more than ${maxRandom}`)
  return { data: { random_bytes: encoded(random.bytes(bytes), format) } }
}

/** A whole number in decimal digits; NaN for whatever else JavaScript takes for a number. */
const countIn = (text: string): number => (/^[+-]?\d{1,9}$/.test(text) ? Number(text) : Number.NaN)

function encoded(bytes: Buffer, format: string): string {
  if (format === 'hex' || format === 'base64') return bytes.toString(format)
  fail('invalid_request', `unsupported encoding format ${format.slice(0, 40)}; must be "hex" or "base64"`)
}

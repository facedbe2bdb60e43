import { createHash } from 'node:crypto'
import type { SystemContext } from '../../backend/context.ts'
import { field } from '../../backend/fields.ts'
import type { Reply } from '../../backend/message.ts'
import { systemRoute } from '../../backend/route.ts'
import { fail } from '../../base/errors.ts'
import { hashNames } from '../../base/hashes.ts'
import { withoutEnd } from '../../base/text.ts'

const algorithms: Readonly<Record<string, string>> = hashNames

function encoded(bytes: Buffer, format: string): string {
  if (format === 'hex' || format === 'base64') return bytes.toString(format)
  fail('invalid_request', `unsupported encoding format ${format}; must be "hex" or "base64"`)
}

function hash(context: SystemContext, sent: { input?: string; algorithm?: string; format?: string }): Reply {
  const name = context.params.algorithm ?? sent.algorithm ?? 'sha2-256'
  const algorithm = Object.hasOwn(algorithms, name) ? algorithms[name] : undefined
  if (algorithm === undefined) fail('invalid_request', `unsupported algorithm ${name.slice(0, 40)}`)
  const input = Buffer.from(sent.input ?? '', 'base64')
  if (withoutEnd(input.toString('base64'), '=') !== withoutEnd(sent.input ?? '', '=')) {
    fail('invalid_request', 'unable to decode input as base64')
  }
  return { data: { sum: encoded(createHash(algorithm).update(input).digest(), sent.format ?? 'hex') } }
}

/** Bytes that one request may ask for. */
const maxRandom = 128 * 1024

/** Kept for clients: all of it comes from the operating system. */
const sources: readonly unknown[] = ['platform', 'seal', 'all']

function random(context: SystemContext, sent: { bytes?: number; format?: string }): Reply {
  const { source, bytes: last } = context.params
  // A single part of the path is how many, or from where.
  const isCount = last !== undefined && (source !== undefined || !sources.includes(last))
  if (source !== undefined && !sources.includes(source)) {
    fail('invalid_request', 'unsupported entropy source; must be "platform", "seal" or "all"')
  }
  const bytes = isCount ? Number(last) : (sent.bytes ?? 32)
  if (!Number.isInteger(bytes) || bytes < 1) fail('invalid_request', '"bytes" cannot be less than 1')
  if (bytes > maxRandom) fail('invalid_request', `"bytes" should be less than ${maxRandom}`)
  return { data: { random_bytes: encoded(context.random.bytes(bytes), sent.format ?? 'base64') } }
}

const hashFields = {
  input: field.string('Base64.'),
  algorithm: field.string('sha2-256 unless said otherwise.'),
  format: field.string('hex or base64.'),
}
const randomFields = { bytes: field.integer('How many.'), format: field.string('hex or base64.') }

export const toolRoutes = [
  ...['tools/hash', 'tools/hash/{algorithm}'].map((path) =>
    systemRoute({ path, summary: 'Hash an input.', fields: hashFields, operations: { update: hash } }),
  ),
  ...['tools/random', 'tools/random/{bytes}', 'tools/random/{source}/{bytes}'].map((path) =>
    systemRoute({ path, summary: 'Random bytes.', fields: randomFields, operations: { update: random } }),
  ),
]

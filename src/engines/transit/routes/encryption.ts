import { answer } from '../../../backend/answers/answer.ts'
import { shape } from '../../../backend/answers/shape.ts'
import type { Context } from '../../../backend/context.ts'
import type { Reply } from '../../../backend/message.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { type EngineRoute, route } from '../../../backend/routes/route.ts'
import { fail } from '../../../base/errors.ts'
import { findKey, keyForMaking, keyName, needKey, putKey, readConfig, wantKey } from '../keys/access.ts'
import { createKey } from '../keys/create.ts'
import type { Key } from '../keys/record.ts'
import { keyTypeCalled } from '../keys/types.ts'
import { associatedOf, encryptBytes } from '../operations/encryption.ts'
import type { Item } from '../operations/job.ts'
import { contextOf } from '../operations/text.ts'
import type { Pool } from '../threads/pool.ts'
import {
  batchFields,
  batchItems,
  batchStatus,
  checkContexts,
  oneOrSeveral,
  partialField,
  perform,
  several,
  single,
} from './batch.ts'

const missing = 'encryption key not found'
const contextField = { context: field.string('Base64; needed where the key is derived.') }
const associatedField = {
  associated_data: field.string('Base64; the same must be sent to decrypt. Not of RSA keys.'),
}
const versionField = { key_version: field.integer('The version of the key; 0 is the latest.') }

const encryptFields = {
  plaintext: field.string('Base64.', { sensitive: true }),
  ...contextField,
  ...associatedField,
  ...versionField,
  ...batchFields,
  ...partialField,
  type: field.string('Of a key that is made by this: aes256-gcm96 unless said.'),
  convergent_encryption: field.boolean('Of a key that is made by this.'),
}

async function encrypt(
  context: Context,
  sent: FieldValues<typeof encryptFields>,
  pool: Pool,
): Promise<Reply> {
  const batch = batchItems(
    sent.batch_input,
    { plaintext: 'text', context: 'text', associated_data: 'text', key_version: 'number', reference: 'text' },
    { field: 'plaintext', missing: 'missing plaintext to encrypt' },
  )
  if (batch === undefined && sent.plaintext === undefined) {
    fail('invalid_request', 'missing plaintext to encrypt')
  }
  const items: readonly Item[] = batch ?? [sent]
  checkContexts(items)
  const key =
    context.request.operation === 'create'
      ? await keyMadeBy(context, sent, (items[0]?.context ?? '') !== '')
      : await keyForMaking(context, missing)
  const outcomes = await perform(pool, { operation: 'encrypt', key, items }, context.random)
  if (context.request.operation === 'create' && outcomes.every(({ error }) => error !== undefined)) {
    // A request that encrypts nothing leaves no key behind.
    fail('invalid_request', outcomes[0]?.error)
  }
  if (batch === undefined) return single(outcomes)
  const status = batchStatus(context, outcomes, sent.partial_failure_response_code)
  return { status, data: several(batch, outcomes) }
}

/** Encrypting under a name that is not there yet makes the key, for callers who may create. */
async function keyMadeBy(
  context: Context,
  { type = 'aes256-gcm96', convergent_encryption: convergent = false }: FieldValues<typeof encryptFields>,
  derived: boolean,
): Promise<Key> {
  const name = keyName(context)
  if ((await readConfig(context)).disableUpsert) fail('invalid_request', missing)
  if (convergent && !derived) {
    const text = 'convergent encryption requires derivation to be enabled, so context is required'
    fail('invalid_request', text)
  }
  const settings = { type: keyTypeCalled(type), derived, convergent }
  return putKey(context, name, await createKey(settings, context.random, context.clock.now()))
}

const decryptFields = {
  ciphertext: field.string('As encrypt answered it.'),
  ...contextField,
  ...associatedField,
  ...batchFields,
  ...partialField,
}

async function decrypt(
  context: Context,
  sent: FieldValues<typeof decryptFields>,
  pool: Pool,
): Promise<Reply> {
  const batch = batchItems(
    sent.batch_input,
    { ciphertext: 'text', context: 'text', associated_data: 'text', reference: 'text' },
    { field: 'ciphertext', missing: 'missing ciphertext to decrypt' },
  )
  if (batch === undefined && (sent.ciphertext ?? '') === '') {
    fail('invalid_request', 'missing ciphertext to decrypt')
  }
  const items: readonly Item[] = batch ?? [sent]
  checkContexts(items)
  const key = await needKey(context, missing)
  const outcomes = await perform(pool, { operation: 'decrypt', key, items }, context.random)
  if (batch === undefined) return single(outcomes)
  const status = batchStatus(context, outcomes, sent.partial_failure_response_code)
  return { status, data: several(batch, outcomes, { plaintext: '' }) }
}

const rewrapFields = {
  ciphertext: field.string('As encrypt answered it.'),
  ...contextField,
  ...associatedField,
  ...versionField,
  ...batchFields,
}

async function rewrap(context: Context, sent: FieldValues<typeof rewrapFields>, pool: Pool): Promise<Reply> {
  const batch = batchItems(sent.batch_input, {
    ciphertext: 'text',
    context: 'text',
    associated_data: 'text',
    key_version: 'number',
    reference: 'text',
  })
  if (batch === undefined && (sent.ciphertext ?? '') === '') {
    fail('invalid_request', 'missing ciphertext to decrypt')
  }
  const items: readonly Item[] = batch ?? [sent]
  checkContexts(items)
  const key = await keyForMaking(context, missing)
  const outcomes = await perform(pool, { operation: 'rewrap', key, items }, context.random)
  return batch === undefined ? single(outcomes) : { data: several(batch, outcomes) }
}

const datakeyFields = {
  ...contextField,
  ...associatedField,
  ...versionField,
  bits: field.integer('128, 256 or 512; 256 unless said.'),
}

/** A new key for the client's own use, under the named one, and in clear where the path says so. */
async function datakey(context: Context, sent: FieldValues<typeof datakeyFields>): Promise<Reply> {
  const { plaintext: form } = context.params
  if (form !== 'plaintext' && form !== 'wrapped') {
    fail('invalid_request', "Invalid path, must be 'plaintext' or 'wrapped'")
  }
  const derivation = contextOf(sent.context, 'failed to base64-decode context')
  const key = await keyForMaking(context, missing)
  const bits = sent.bits ?? 256
  if (![128, 256, 512].includes(bits)) fail('invalid_request', 'invalid bit length')
  const made = context.random.bytes(bits / 8)
  const associated = associatedOf(key, sent.associated_data, '')
  const sealed = encryptBytes(key, made, derivation, associated, sent.key_version ?? 0, context.random)
  return { data: form === 'plaintext' ? { ...sealed, plaintext: made.toString('base64') } : sealed }
}

const sealed = { ciphertext: shape.string(), key_version: shape.integer() }

export const encryptionRoutes = (pool: Pool): readonly EngineRoute[] => [
  route({
    path: 'encrypt/{name}',
    summary: 'Encrypt a text, or several.',
    description: 'A caller who may create makes the key by this where there is none of the name.',
    fields: encryptFields,
    answers: { write: answer.data(oneOrSeveral(sealed)) },
    operations: {
      create: (context, sent) => encrypt(context, sent, pool),
      update: (context, sent) => encrypt(context, sent, pool),
    },
    exists: async (context) => (await findKey(context)) !== undefined,
    prefetch: wantKey,
  }),
  route({
    path: 'decrypt/{name}',
    summary: 'Decrypt what was encrypted, or several.',
    fields: decryptFields,
    answers: { write: answer.data(oneOrSeveral({ plaintext: shape.secret('Base64.') })) },
    operations: { update: (context, sent) => decrypt(context, sent, pool) },
    prefetch: wantKey,
  }),
  route({
    path: 'rewrap/{name}',
    summary: 'Encrypt anew, under another version of the same key, without showing what it is.',
    fields: rewrapFields,
    answers: { write: answer.data(oneOrSeveral(sealed)) },
    operations: { update: (context, sent) => rewrap(context, sent, pool) },
    prefetch: wantKey,
  }),
  route({
    path: 'datakey/{plaintext}/{name}',
    summary: 'Make a key for use outside, encrypted under the named one.',
    fields: datakeyFields,
    answers: {
      write: answer.data(shape.object(sealed, { plaintext: shape.secret('Base64.') })),
    },
    operations: { update: datakey },
    prefetch: wantKey,
  }),
]

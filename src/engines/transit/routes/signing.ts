import { answer } from '../../../backend/answers/answer.ts'
import { shape } from '../../../backend/answers/shape.ts'
import type { Context } from '../../../backend/context.ts'
import type { Reply } from '../../../backend/message.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { type EngineRoute, route } from '../../../backend/routes/route.ts'
import { fail } from '../../../base/errors.ts'
import { hashCalled } from '../crypto/hashes.ts'
import { keyForMaking, needKey, wantKey } from '../keys/access.ts'
import type { Key } from '../keys/record.ts'
import { signs } from '../keys/types.ts'
import { hmacVersion } from '../operations/hmac.ts'
import type { Item, SigningOptions } from '../operations/job.ts'
import type { Pool } from '../threads/pool.ts'
import { batchFields, batchItems, oneOrSeveral, perform, several, single } from './batch.ts'

const hashFields = {
  hash_algorithm: field.string('sha1, sha2-224 … sha2-512, sha3-224 … sha3-512; sha2-256 unless said.'),
  algorithm: field.string('The older name of hash_algorithm.'),
}
const inputFields = {
  input: field.string('Base64.', { sensitive: true }),
  context: field.string('Base64; needed where the key is derived.'),
  ...batchFields,
}
const schemeFields = {
  prehashed: field.boolean('The input is a hash already.'),
  signature_algorithm: field.string('Of RSA keys: pss, unless it is pkcs1v15.'),
  marshaling_algorithm: field.string('asn1, unless it is jws.'),
  salt_length: field.string('Of PSS: auto, hash, or bytes.'),
}
const versionField = { key_version: field.integer('The version of the key; 0 is the latest.') }

const signFields = { ...inputFields, ...hashFields, ...schemeFields, ...versionField }
const verifyFields = {
  ...inputFields,
  ...hashFields,
  ...schemeFields,
  signature: field.string('As sign answered it.'),
  hmac: field.string('As hmac answered it.'),
}
const hmacFields = {
  input: field.string('Base64.', { sensitive: true }),
  ...batchFields,
  algorithm: field.string('sha2-256 unless said.'),
  ...versionField,
}

type Sent = FieldValues<typeof verifyFields & typeof versionField>

const hashName = ({ params }: Context, sent: Pick<Sent, 'hash_algorithm' | 'algorithm'>): string =>
  [params.urlalgorithm, sent.hash_algorithm, sent.algorithm].find((name) => (name ?? '') !== '') ?? 'sha2-256'

const shown = (name: string) => JSON.stringify(name.slice(0, 40))

/** @throws invalid_request for what is none of the choices */
function optionsOf(context: Context, sent: Sent): SigningOptions {
  const hash = hashName(context, sent)
  if (hash !== 'none' && hashCalled(hash) === undefined) {
    fail('invalid_request', `invalid hash algorithm ${shown(hash)}`)
  }
  const { marshaling_algorithm: marshaling = 'asn1', prehashed = false } = sent
  if (marshaling !== 'asn1' && marshaling !== 'jws') {
    fail('invalid_request', `invalid marshaling type ${shown(marshaling)}`)
  }
  const scheme = (sent.signature_algorithm ?? '') === '' ? 'pss' : sent.signature_algorithm
  if (scheme !== 'pss' && scheme !== 'pkcs1v15') {
    fail('invalid_request', `unsupported rsa signature algorithm ${shown(scheme ?? '')}`)
  }
  const salt = saltOf(sent.salt_length ?? 'auto')
  return { hash, prehashed, scheme, marshaling, salt, version: sent.key_version ?? 0 }
}

function saltOf(text: string): SigningOptions['salt'] {
  const lower = text.toLowerCase()
  if (lower === 'auto' || lower === '0') return 'auto'
  if (lower === 'hash' || lower === '-1') return 'hash'
  if (!/^[+-]?\d{1,6}$/.test(lower)) {
    fail('invalid_request', `salt length neither 'auto', 'hash', nor an int: ${text.slice(0, 40)}`)
  }
  return Number(lower) < -1 ? fail('invalid_request', `salt length is invalid: ${lower}`) : Number(lower)
}

function checkSigns({ type }: Key, { hash, prehashed, scheme }: SigningOptions, what: string): void {
  if (!signs(type)) fail('invalid_request', `key type ${type} does not support ${what}`)
  if (hash === 'none' && !(prehashed && scheme === 'pkcs1v15')) {
    fail(
      'invalid_request',
      'hash_algorithm=none requires both prehashed=true and signature_algorithm=pkcs1v15',
    )
  }
}

async function sign(context: Context, sent: FieldValues<typeof signFields>, pool: Pool): Promise<Reply> {
  const options = optionsOf(context, sent)
  const key = await keyForMaking(context, 'signing key not found')
  checkSigns(key, options, 'signing')
  const batch = batchItems(sent.batch_input, { input: 'text', context: 'text', reference: 'text' })
  const { input = '' } = sent
  const items: readonly Item[] = batch ?? [{ ...sent, input }]
  const outcomes = await perform(pool, { operation: 'sign', key, items, options }, context.random)
  if (batch !== undefined) return { data: several(batch, outcomes, { key_version: 0 }) }
  const { data } = single(outcomes)
  const { publickey, ...rest } = { publickey: undefined, ...data }
  return { data: publickey === undefined ? rest : { ...rest, public_key: publickey } }
}

/** Whether it is signatures or HMACs that are to be checked. @throws invalid_request when that is not clear */
function whatToVerify(batch: readonly Item[] | undefined, sent: Sent): 'signature' | 'hmac' {
  const items = batch ?? [sent]
  if (batch === undefined && sent.signature !== undefined && sent.hmac !== undefined) {
    fail('invalid_request', "provide one of 'signature' or 'hmac'")
  }
  const kinds = new Set(
    items.map(({ signature, hmac }) =>
      signature !== undefined ? 'signature' : hmac !== undefined ? 'hmac' : 'none',
    ),
  )
  if (kinds.has('signature') && kinds.has('hmac')) {
    fail('invalid_request', "elements of batch_input must all provide 'signature' or all provide 'hmac'")
  }
  const what = kinds.has('signature') ? 'signature' : kinds.has('hmac') ? 'hmac' : undefined
  if (what === undefined) {
    fail(
      'invalid_request',
      batch === undefined
        ? "neither a 'signature' nor an 'hmac' were given to verify"
        : "no batch_input elements have 'signature' or 'hmac'",
    )
  }
  if (kinds.has('none')) fail('invalid_request', `some elements of batch_input are missing '${what}'`)
  return what
}

async function verify(context: Context, sent: FieldValues<typeof verifyFields>, pool: Pool): Promise<Reply> {
  const batch = batchItems(sent.batch_input, {
    input: 'text',
    context: 'text',
    signature: 'text',
    hmac: 'text',
    reference: 'text',
  })
  const what = whatToVerify(batch, sent)
  const { input = '' } = sent
  const items: readonly Item[] = batch ?? [{ ...sent, input }]
  const options = optionsOf(context, sent)
  const missing = what === 'hmac' ? 'encryption key not found' : 'signature verification key not found'
  const key = await needKey(context, missing)
  if (what === 'signature') checkSigns(key, options, 'verification')
  else if (options.hash === 'none') fail('invalid_request', 'invalid hash algorithm "none"')
  const job =
    what === 'signature'
      ? ({ operation: 'verify', key, items, options } as const)
      : ({ operation: 'verify-hmac', key, items, options } as const)
  const outcomes = await perform(pool, job, context.random)
  return batch === undefined ? single(outcomes) : { data: several(batch, outcomes, { valid: false }) }
}

async function hmac(context: Context, sent: FieldValues<typeof hmacFields>, pool: Pool): Promise<Reply> {
  const key = await keyForMaking(context, 'encryption key not found')
  const options = { hash: hashName(context, sent), version: sent.key_version ?? 0 }
  hmacVersion(key, options.version)
  if (hashCalled(options.hash) === undefined) {
    fail('invalid_request', `unsupported algorithm ${shown(options.hash)}`)
  }
  const batch = batchItems(sent.batch_input, { input: 'text', reference: 'text' })
  const outcomes = await perform(
    pool,
    { operation: 'hmac', key, items: batch ?? [sent], options },
    context.random,
  )
  return batch === undefined ? single(outcomes) : { data: several(batch, outcomes) }
}

const signedShape = oneOrSeveral(
  { signature: shape.string(), key_version: shape.integer(), publickey: shape.string('Of a derived key.') },
  { public_key: shape.string('Of a derived key.') },
)

/** The hash may be named at the end of the path. */
const paths = (family: string) => [`${family}/{name}`, `${family}/{name}/{urlalgorithm}`]

export const signingRoutes = (pool: Pool): readonly EngineRoute[] => [
  ...paths('sign').map((path) =>
    route({
      path,
      summary: 'Sign an input.',
      fields: signFields,
      answers: { write: answer.data(signedShape) },
      operations: { update: (context, sent) => sign(context, sent, pool) },
      prefetch: wantKey,
    }),
  ),
  ...paths('verify').map((path) =>
    route({
      path,
      summary: 'Check a signature or an HMAC.',
      fields: verifyFields,
      answers: { write: answer.data(oneOrSeveral({ valid: shape.boolean() })) },
      operations: { update: (context, sent) => verify(context, sent, pool) },
      prefetch: wantKey,
    }),
  ),
  ...paths('hmac').map((path) =>
    route({
      path,
      summary: 'Make an HMAC of an input.',
      fields: hmacFields,
      answers: { write: answer.data(oneOrSeveral({ hmac: shape.string() })) },
      operations: { update: (context, sent) => hmac(context, sent, pool) },
      prefetch: wantKey,
    }),
  ),
]

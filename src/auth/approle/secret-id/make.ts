import { shape } from '../../../backend/answers/shape.ts'
import type { Context } from '../../../backend/context.ts'
import { isWithin } from '../../../backend/logins/networks.ts'
import { networks } from '../../../backend/logins/token-settings.ts'
import type { Reply } from '../../../backend/message.ts'
import { type FieldValues, field } from '../../../backend/routes/fields.ts'
import { fail } from '../../../base/errors.ts'
import { isJsonObject, type Json, parseJson } from '../../../base/json/json.ts'
import { type AppRole, findRole } from '../record.ts'
import { networksOf, notNegative, spelled } from '../role.ts'
import { clearEnded } from '../tidy.ts'
import { digestSecretId, dropSecretId, putSecretId, secretIdFolder, secretIds } from './record.ts'

export const makeFields = {
  metadata: field.any('Texts by name for the tokens: an object, or one as a JSON text.'),
  cidr_list: field.list('Networks from which it can be used, within those of the role.'),
  token_bound_cidrs: field.list('Networks from which its tokens can be used, within those of the role.'),
  num_uses: field.integer('Logins that it is good for, at most as many as the role says.'),
  ttl: field.duration('Its time to live, at most that of the role.'),
}
export const customFields = {
  ...makeFields,
  secret_id: field.string('The secret id.', { sensitive: true, maxLength: 4096 }),
}
type Sent = FieldValues<typeof makeFields>

export const madeShape = shape.object({
  secret_id: shape.secret(),
  secret_id_accessor: shape.string(),
  secret_id_ttl: shape.seconds(),
  secret_id_num_uses: shape.integer(),
})

/** Makes a secret id that is drawn: 122 random bits. */
export async function generate(context: Context, sent: Sent): Promise<Reply> {
  return make(context, sent, context.random.uuid())
}

/** Makes a secret id that the caller chose. */
export async function custom(context: Context, sent: FieldValues<typeof customFields>): Promise<Reply> {
  const { secret_id: chosen = '' } = sent
  if (chosen === '') fail('invalid_request', 'missing secret_id')
  return make(context, sent, chosen)
}

/** Ended secret ids that each new one clears away, so that they do not pile up. */
const clearedByEach = 4

async function make(context: Context, sent: Sent, secretId: string): Promise<Reply> {
  const role = await findRole(context)
  if (role === undefined) fail('not_found', `role ${JSON.stringify(spelled(context))} does not exist`)
  if (!role.bindSecretId) fail('invalid_request', 'bind_secret_id is not set on the role')
  const { storage, clock, random } = context
  const ttl = bounded('ttl', sent.ttl, role.secretIdTtl, "ttl cannot be longer than the role's secret_id_ttl")
  const left = bounded(
    'num_uses',
    sent.num_uses,
    role.secretIdNumUses,
    "num_uses cannot be higher than the role's secret_id_num_uses",
  )
  const digest = await digestSecretId(context, role, secretId)
  const before = await storage.get(secretIds, secretIdFolder(role.uuid) + digest)
  const now = clock.now()
  if (before !== undefined) {
    if (before.expires === 0 || before.expires > now) {
      fail('invalid_request_wrapped', 'failed to store secret_id: SecretID is already registered')
    }
    dropSecretId(context, role.uuid, digest, before)
  }
  const accessor = random.uuid()
  putSecretId(context, role.uuid, digest, {
    accessor,
    created: now,
    updated: now,
    expires: ttl > 0 ? now + ttl * 1000 : 0,
    ttl,
    left,
    cidrs: within(networksOf(sent.cidr_list, 'cidr_list') ?? [], role.secretIdBoundCidrs ?? []),
    tokenCidrs: within(networks(sent.token_bound_cidrs) ?? [], role.token.boundCidrs),
    metadata: metadataOf(sent.metadata),
  })
  await clearEnded(context, clearedByEach)
  return {
    data: { secret_id: secretId, secret_id_accessor: accessor, secret_id_ttl: ttl, secret_id_num_uses: left },
  }
}

/** What was asked for where the role allows it, 0 meaning no limit; else what the role says. */
function bounded(name: string, asked: number | undefined, most: AppRole['secretIdTtl'], refusal: string) {
  const wanted = notNegative(name, asked)
  if (wanted === undefined) return most
  if (most > 0 && (wanted === 0 || wanted > most)) fail('invalid_request', refusal)
  return wanted
}

function within(list: readonly string[], role: readonly string[]): readonly string[] {
  const outside = role.length > 0 && list.some((inner) => !role.some((outer) => isWithin(inner, outer)))
  if (outside) {
    const [of, on] = [role, list].map((each) => JSON.stringify(each))
    fail(
      'invalid_request_wrapped',
      `failed to verify subset relationship between CIDR blocks on the role ${of} and CIDR blocks on the secret ID ${on}`,
    )
  }
  return list
}

const maxPairs = 64
const maxText = 1024

/** @throws invalid_request for what is no object of texts, or too much */
export function metadataOf(sent: Json | undefined): Readonly<Record<string, string>> {
  if (sent === undefined || sent === null || sent === '') return {}
  const value = typeof sent === 'string' ? parsed(sent) : sent
  if (!isJsonObject(value)) refuse('it must be an object of texts')
  const pairs = Object.entries(value)
  if (pairs.length > maxPairs) refuse(`it may have at most ${maxPairs} texts`)
  return Object.fromEntries(
    pairs.map(([key, text]) => {
      if (typeof text !== 'string') refuse('it must be an object of texts')
      if (key.length > maxText || text.length > maxText)
        refuse(`a text may have at most ${maxText} characters`)
      return [key, text]
    }),
  )
}

function parsed(text: string): Json {
  if (text.length > 64 * 1024) refuse('it is too long')
  try {
    return parseJson(text)
  } catch {
    refuse('it is no JSON')
  }
}

function refuse(why: string): never {
  fail('invalid_request', `failed to parse metadata: ${why}`)
}

import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import {
  type Answer,
  type AuthInfo,
  flagOf,
  numberOf,
  objectOf,
  textOf,
  textsOf,
} from '../../client/index.ts'
import { askSecret } from '../input/stdin.ts'
import { readSecretArgument, readTexts } from '../input/values.ts'
import type { Io } from '../io.ts'

export type Credentials =
  | { readonly method: 'token'; readonly token: string }
  | { readonly method: 'jwt'; readonly jwt: string; readonly role?: string }

/**
 * Takes the credential of a login from the arguments, or asks for it.
 *
 * @throws invalid_request when there is none or the arguments do not belong to the method
 */
export async function readCredentials(
  io: Io,
  method: Credentials['method'],
  args: readonly string[],
): Promise<Credentials> {
  const sole = args.filter((arg) => !/^\w+=/.test(arg))
  if (sole.length > 1) fail('invalid_request', 'only one credential can be given')
  const fields = await readTexts(
    io,
    args.filter((arg) => !sole.includes(arg)),
  )
  const allowed = method === 'jwt' ? ['jwt', 'role'] : ['token']
  const unknown = Object.keys(fields).find((name) => !allowed.includes(name))
  if (unknown !== undefined) {
    fail(
      'invalid_request',
      `"${unknown}" does not belong to the method ${method}, which takes ${allowed.join(', ')}`,
    )
  }
  if (sole[0] !== undefined && fields[method] !== undefined) {
    fail('invalid_request', 'the credential is given twice')
  }
  const given = sole[0] === undefined ? fields[method] : await readSecretArgument(io, sole[0])
  const secret = (given ?? (await askSecret(io, method === 'jwt' ? 'JWT' : 'Token'))).trim()
  if (secret === '') fail('invalid_request', 'the credential is empty')
  if (method === 'token') return { method, token: secret }
  return { method, jwt: secret, ...(fields.role === undefined ? {} : { role: fields.role }) }
}

/** A looked-up token in the form that logins answer. */
export function asLogin(token: string, lookup: Answer): Answer {
  const data: JsonObject = lookup.data ?? {}
  const identity_policies = textsOf(data.identity_policies)
  const token_policies = textsOf(data.policies)
  const auth: AuthInfo = {
    client_token: token,
    accessor: textOf(data.accessor),
    token_policies,
    identity_policies,
    policies: [...new Set([...token_policies, ...identity_policies])].sort(),
    metadata: objectOf(data.meta),
    lease_duration: numberOf(data.ttl),
    renewable: flagOf(data.renewable),
    entity_id: textOf(data.entity_id),
    token_type: textOf(data.type),
    orphan: flagOf(data.orphan),
  }
  const body: JsonObject = {
    request_id: lookup.request_id,
    lease_id: '',
    lease_duration: 0,
    renewable: false,
    data: null,
    warnings: lookup.warnings.length === 0 ? null : [...lookup.warnings],
    auth,
  }
  return { ...lookup, data: null, auth, body }
}

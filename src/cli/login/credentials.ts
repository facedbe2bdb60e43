import { fail } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json/json.ts'
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

export const methods = ['token', 'jwt', 'userpass', 'approle'] as const
export type Method = (typeof methods)[number]

/** What a method takes: its secret, which is asked for where it is not given, and the rest. */
const shapes: Record<Method, { secret: string; label: string; needed?: string; optional?: string }> = {
  token: { secret: 'token', label: 'Token' },
  jwt: { secret: 'jwt', label: 'JWT', optional: 'role' },
  userpass: { secret: 'password', label: 'Password', needed: 'username' },
  approle: { secret: 'secret_id', label: 'Secret id', needed: 'role_id' },
}

/** Credentials by the names of the fields that the method takes. */
export type Credentials = { readonly method: Method; readonly fields: Readonly<Record<string, string>> }

/**
 * Takes the credential of a login from the arguments, or asks for it.
 *
 * @throws invalid_request when there is none or the arguments do not belong to the method
 */
export async function readCredentials(io: Io, method: Method, args: readonly string[]): Promise<Credentials> {
  const { secret: name, label, needed, optional } = shapes[method]
  const sole = args.filter((arg) => !/^\w+=/.test(arg))
  if (sole.length > 1) fail('invalid_request', 'only one credential can be given')
  const fields = await readTexts(
    io,
    args.filter((arg) => !sole.includes(arg)),
  )
  const allowed = [needed, name, optional].filter((each) => each !== undefined)
  const unknown = Object.keys(fields).find((each) => !allowed.includes(each))
  if (unknown !== undefined) {
    fail(
      'invalid_request',
      `"${unknown}" does not belong to the method ${method}, which takes ${allowed.join(', ')}`,
    )
  }
  if (sole[0] !== undefined && fields[name] !== undefined) {
    fail('invalid_request', 'the credential is given twice')
  }
  if (needed !== undefined && !fields[needed]) {
    fail('invalid_request', `the method ${method} needs ${needed}=…`)
  }
  const given = sole[0] === undefined ? fields[name] : await readSecretArgument(io, sole[0])
  const secret = withoutBlanks(method, given ?? (await askSecret(io, label)))
  if (secret === '') fail('invalid_request', 'the credential is empty')
  return { method, fields: { ...fields, [name]: secret } }
}

/** A password may begin and end with blanks; a file of it ends its line. */
const withoutBlanks = (method: Method, secret: string) =>
  method === 'userpass' ? secret.replace(/\r?\n$/, '') : secret.trim()

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

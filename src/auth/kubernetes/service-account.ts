import { fail } from '../../base/errors.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../base/json/json.ts'

/** What a service account's token says. Not to be believed before it was reviewed or verified. */
export type ServiceAccount = {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  /** Of tokens of the older kind, which lie in a secret. */
  readonly secretName: string
  readonly issuer: string
  readonly audiences: readonly string[]
  /** Seconds since 1970. */
  readonly expires: number | undefined
  readonly begins: number | undefined
}

const maxTokenBytes = 16 * 1024
const older = 'kubernetes.io/serviceaccount/'

/** @throws forbidden when the text is no token of a service account */
export function readServiceAccount(token: string): ServiceAccount {
  if (token.length > maxTokenBytes) refuse(`the token is larger than ${maxTokenBytes} bytes`)
  const parts = token.split('.')
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part)))
    refuse('it is no signed JWT')
  const claims = parse(parts[1] ?? '')
  const projected = objectOf(claims['kubernetes.io'])
  const account = objectOf(projected?.serviceaccount)
  const found = {
    name: nameOf(account === undefined ? claims[`${older}service-account.name`] : account.name, 'name'),
    namespace: nameOf(
      projected === undefined ? claims[`${older}namespace`] : projected.namespace,
      'namespace',
    ),
    uid: nameOf(account === undefined ? claims[`${older}service-account.uid`] : account.uid, 'UID'),
  }
  const secret = claims[`${older}secret.name`]
  return {
    ...found,
    secretName: typeof secret === 'string' ? secret : '',
    issuer: typeof claims.iss === 'string' ? claims.iss : '',
    audiences: audiencesOf(claims.aud),
    expires: timeOf(claims.exp),
    begins: timeOf(claims.nbf),
  }
}

function parse(part: string): JsonObject {
  try {
    const value = parseJson(Buffer.from(part, 'base64url').toString('utf8'))
    if (isJsonObject(value)) return value
  } catch {
    // What it is instead does not matter.
  }
  refuse('its payload is no JSON object')
}

const objectOf = (value: Json | undefined): JsonObject | undefined =>
  value !== undefined && isJsonObject(value) ? value : undefined

/** What Kubernetes calls names: of bounded length, without characters that mean something in a path. */
function nameOf(value: Json | undefined, what: string): string {
  if (typeof value === 'string' && /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(value)) return value
  refuse(`could not parse ${what} from claims`)
}

function audiencesOf(value: Json | undefined): readonly string[] {
  const list = typeof value === 'string' ? [value] : (value ?? [])
  if (Array.isArray(list) && list.length <= 64 && list.every((one) => typeof one === 'string')) return list
  refuse('its audience is neither a text nor a list of texts')
}

function timeOf(value: Json | undefined): number | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'number' ? value : refuse('its times are no numbers')
}

function refuse(reason: string): never {
  fail('forbidden', `invalid service account token: ${reason}`)
}

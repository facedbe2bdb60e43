import { fail } from '../../base/errors.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../base/json/json.ts'
import { exchange } from '../../base/web/exchange.ts'
import { apiUrl } from './config.ts'
import type { KubernetesConfig } from './record.ts'

/** Who a token stands for, as the API server says. */
export type Reviewed = { readonly name: string; readonly namespace: string; readonly uid: string }

/** An API server, and the credential that it is asked with. */
export type ApiServer = {
  readonly config: KubernetesConfig
  readonly bearer: string
  readonly ca: string | undefined
  /** Milliseconds for each question. */
  readonly timeout: number
}

const maxAnswerBytes = 1024 * 1024

/**
 * Asks whether a token still holds (TokenReview, `authentication.k8s.io/v1`).
 *
 * @param audiences one of which it must be for; empty for those of the API server itself
 * @throws permission_denied when it does not; provider_failed when the API server cannot say
 */
export async function reviewToken(
  server: ApiServer,
  token: string,
  audiences: readonly string[],
): Promise<Reviewed> {
  const { status, answer } = await ask(server, 'POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token, ...(audiences.length === 0 ? {} : { audiences: [...audiences] }) },
  })
  // Without a reviewer of its own, the token itself was the credential.
  if (status === 401 && server.bearer === token) fail('permission_denied')
  if (status === 401 || status === 403) {
    fail(
      'provider_failed',
      `the API server refused the review (status ${status}): the reviewer needs system:auth-delegator`,
    )
  }
  if (status < 200 || status > 299) unusable(`answered with status ${status}`)
  const said = objectOf(answer.status)
  const user = objectOf(said.user)
  const fits =
    audiences.length === 0 || audiences.some((audience) => textsOf(said.audiences).includes(audience))
  if (said.authenticated !== true || (said.error !== undefined && said.error !== '') || !fits) {
    fail('permission_denied')
  }
  const [system, kind, namespace = '', name = '', ...rest] = textOf(user.username).split(':')
  if (system !== 'system' || kind !== 'serviceaccount' || rest.length > 0) fail('permission_denied')
  return { name, namespace, uid: textOf(user.uid) }
}

/** The labels of a namespace; none where it is gone. */
export async function labelsOf(server: ApiServer, namespace: string): Promise<JsonObject> {
  return metadataOf(server, `/api/v1/namespaces/${encodeURIComponent(namespace)}`, 'labels')
}

/** The annotations of a service account; none where it is gone. */
export async function annotationsOf(server: ApiServer, { namespace, name }: Reviewed): Promise<JsonObject> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}`
  return metadataOf(server, path, 'annotations')
}

async function metadataOf(server: ApiServer, path: string, part: string): Promise<JsonObject> {
  const { status, answer } = await ask(server, 'GET', path)
  if (status === 404) return {}
  if (status !== 200) unusable(`answered with status ${status} to a question for ${part}`)
  return objectOf(objectOf(answer.metadata)[part])
}

async function ask(
  { config, bearer, ca, timeout }: ApiServer,
  method: 'GET' | 'POST',
  path: string,
  body?: JsonObject,
): Promise<{ status: number; answer: JsonObject }> {
  const { status, body: bytes } = await exchange(apiUrl(config, path), {
    method,
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${bearer}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ca,
    timeout,
    maxBytes: maxAnswerBytes,
  })
  return { status, answer: status >= 200 && status <= 299 ? parse(bytes) : {} }
}

function parse(bytes: Buffer): JsonObject {
  let value: Json
  try {
    value = parseJson(bytes.toString('utf8'))
  } catch {
    unusable('did not answer with JSON')
  }
  return isJsonObject(value) ? value : unusable('did not answer with a JSON object')
}

const objectOf = (value: Json | undefined): JsonObject =>
  value !== undefined && isJsonObject(value) ? value : {}
const textOf = (value: Json | undefined) => (typeof value === 'string' ? value : '')
const textsOf = (value: Json | undefined) =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []

function unusable(what: string): never {
  fail('provider_failed', `the API server ${what}`)
}

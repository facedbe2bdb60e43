import { readFileSync } from 'node:fs'
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'

/** What a request is sent to: a {@link RunningServer}, or anything with these fields. */
export type Target = {
  readonly address: string
  readonly token: string
  readonly caFile?: string | undefined
  /** Sent with every request, beside the token. */
  readonly headers?: Readonly<Record<string, string>>
}

/** The parts of an answer that tests look at. Tests know the shape of what they asked for. */
// biome-ignore lint/suspicious/noExplicitAny: the body of any endpoint
export type Reply = { readonly status: number; readonly body: any }

/** Sends one request with the target's token, on a connection of its own. `path` begins after `/v1/`. */
export async function call(target: Target, method: string, path: string, body?: unknown): Promise<Reply> {
  const url = new URL(`/v1/${path}`, target.address)
  const headers: Record<string, string> = { 'X-Vault-Request': 'true', ...target.headers }
  if (target.token !== '') headers['X-Vault-Token'] = target.token
  const payload = body === undefined ? undefined : JSON.stringify(body)
  if (payload !== undefined) headers['Content-Type'] = 'application/json'
  if (method === 'PATCH') headers['Content-Type'] = 'application/merge-patch+json'
  const options = { method, headers, timeout: 15_000 }
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const request =
    url.protocol === 'https:'
      ? httpsRequest(url, { ...options, agent: new HttpsAgent({ ca: trusted(target.caFile) }) })
      : httpRequest(url, { ...options, agent: new HttpAgent() })
  request.once('error', reject)
  request.once('timeout', () => request.destroy(new Error(`no answer from ${method} ${path} within 15 s`)))
  request.once('response', (response) => {
    text(response).then((content) => {
      resolve({ status: response.statusCode ?? 0, body: content === '' ? null : JSON.parse(content) })
    }, reject)
  })
  request.end(payload)
  return promise
}

/** As {@link call}, for requests that set something up: any status but 200 and 204 is an error. */
export async function expectOk(
  target: Target,
  method: string,
  path: string,
  body?: unknown,
): Promise<Reply['body']> {
  const reply = await call(target, method, path, body)
  if (reply.status === 200 || reply.status === 204) return reply.body
  throw new Error(`${method} ${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`)
}

function trusted(caFile: string | undefined): string {
  if (caFile === undefined) throw new Error('a request over TLS needs the CA file')
  return readFileSync(caFile, 'utf8')
}

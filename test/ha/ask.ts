import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'

/** The parts of an answer that are looked at; who asks knows the shape of what it asked for. */
// biome-ignore lint/suspicious/noExplicitAny: the body of any endpoint
export type Answer = { readonly status: number; readonly body: any }

/**
 * What came of a request. `unsent`: nobody took the connection, so that it cannot have been carried out. `lost`: it
 * may have been.
 */
export type Outcome = Answer | 'unsent' | 'lost'

export type Ask = {
  readonly method?: string
  readonly token?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A client of its own: its connections are kept, and shared with no other. */
export type Client = (address: string, path: string, ask?: Ask) => Promise<Outcome>

/** @param patience milliseconds that it gives one node for one answer */
export function newClient(patience: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  return (address, path, { method = 'GET', token = '', body, headers = {} } = {}) => {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    const sent = request(`${address}/v1/${path}`, {
      method,
      agent,
      headers: {
        'X-Vault-Request': 'true',
        ...(token === '' ? {} : { 'X-Vault-Token': token }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
    })
    const late = setTimeout(() => sent.destroy(new Error('late')), patience)
    sent.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(late)
      resolve(error.code === 'ECONNREFUSED' || error.code === 'EHOSTUNREACH' ? 'unsent' : 'lost')
    })
    sent.once('response', (response) => {
      text(response)
        .then((content) => ({
          status: response.statusCode ?? 0,
          body: content === '' ? null : JSON.parse(content),
        }))
        .catch(() => 'lost' as const)
        .then(resolve)
        .finally(() => clearTimeout(late))
    })
    sent.end(body === undefined ? undefined : JSON.stringify(body))
    return promise
  }
}

/** Whether a request was answered for good; what is above 499 may or may not have been carried out. */
export const isAnswer = (outcome: Outcome): outcome is Answer =>
  typeof outcome === 'object' && outcome.status < 500 && outcome.status !== 429

/** As a client asks, for what sets something up: anything but 200 and 204 is an error. */
export async function expectAnswer(client: Client, address: string, path: string, ask: Ask = {}) {
  const outcome = await client(address, path, ask)
  if (typeof outcome === 'object' && (outcome.status === 200 || outcome.status === 204)) return outcome.body
  const said = typeof outcome === 'string' ? outcome : `${outcome.status} ${JSON.stringify(outcome.body)}`
  throw new Error(`${ask.method ?? 'GET'} ${path} at ${address}: ${said}`)
}

import { once } from 'node:events'
import { Agent, type IncomingHttpHeaders, request as plainRequest } from 'node:http'
import { Agent as TlsAgent, type AgentOptions as TlsAgentOptions, request as tlsRequest } from 'node:https'
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import type { HttpOptions, HttpServer } from '../server.ts'
import { startHttp } from '../server.ts'

/** Starts a server on loopback without TLS that is gone when the test is. */
export async function serve(
  t: TestContext,
  handler: HttpOptions['handler'],
  options: Partial<HttpOptions> = {},
): Promise<HttpServer & { readonly port: number; readonly url: string }> {
  const server = await startHttp({
    listeners: [{ host: '127.0.0.1', port: 0, tls: 'loopback' }],
    handler,
    ...options,
  })
  t.after(() => server.stop(0))
  const [address] = server.addresses
  if (address === undefined) throw new Error('the test asked for no listener')
  return { ...server, port: address.port, url: address.url }
}

export type Answer = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** The client's port: the same for two calls on one connection. */
  readonly localPort: number | undefined
}

export type Call = {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** Send the body in chunks, without saying how long it is. */
  readonly chunked?: boolean
}

/** A client that keeps one connection, as clients of the API do. It shows a certificate where it has one. */
export function client(
  t: TestContext,
  url: string,
  ca?: string | Buffer,
  identity: Pick<TlsAgentOptions, 'key' | 'cert' | 'checkServerIdentity'> = {},
) {
  const secure = url.startsWith('https:')
  const settings = { keepAlive: true, maxSockets: 1 }
  const agent = secure
    ? new TlsAgent({ ...settings, ...identity, ...(ca === undefined ? {} : { ca }) })
    : new Agent(settings)
  t.after(() => agent.destroy())
  return async (
    path: string,
    { method = 'GET', headers = {}, body, chunked }: Call = {},
  ): Promise<Answer> => {
    const { hostname, port } = new URL(url)
    const framing: Record<string, string> =
      body === undefined
        ? {}
        : chunked === true
          ? { 'transfer-encoding': 'chunked' }
          : { 'content-length': String(Buffer.byteLength(body)) }
    const send = secure ? tlsRequest : plainRequest
    const sent = send({ hostname, port, path, method, agent, headers: { ...headers, ...framing } })
    let localPort: number | undefined
    sent.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => (localPort = socket.localPort))
      else localPort = socket.localPort
    })
    // Headers that go out with a text are written in its encoding.
    sent.end(typeof body === 'string' ? Buffer.from(body) : body)
    const [response] = await once(sent, 'response')
    let text = ''
    for await (const part of response.setEncoding('utf8')) text += part
    return { status: response.statusCode, headers: response.headers, body: text, localPort }
  }
}

/** A bare connection. */
export async function dial(t: TestContext, port: number): Promise<Socket & { readonly text: () => string }> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  t.after(() => socket.destroy())
  let text = ''
  socket.setEncoding('latin1').on('data', (part) => {
    text += part
  })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return Object.assign(socket, { text: () => text })
}

/** Sends bytes, and gives back all that came until the server ended the connection. */
export async function exchange(t: TestContext, port: number, bytes: string): Promise<string> {
  const socket = await dial(t, port)
  socket.write(bytes, 'latin1')
  await ended(socket)
  return socket.text()
}

/** The server has ended the connection or cut it off. */
export async function ended(socket: Socket): Promise<void> {
  if (socket.readableEnded || socket.destroyed) return
  await new Promise((resolve) => socket.once('end', resolve).once('close', resolve))
}

/** A promise with its handles outside. */
export function signal<T = void>() {
  return Promise.withResolvers<T>()
}

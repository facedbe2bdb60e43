import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How a hostile provider answers one path. */
export type HostileAnswer =
  | { readonly kind: 'json'; readonly body: unknown }
  | { readonly kind: 'text'; readonly body: string; readonly status?: number }
  | { readonly kind: 'redirect'; readonly to: string }
  /** Begins an answer and goes on for ever. */
  | { readonly kind: 'endless' }
  /** Takes the question and says nothing. */
  | { readonly kind: 'hang' }
  /** Sends a part of the answer and says no more. */
  | { readonly kind: 'stall'; readonly body: string }
  /** Closes the connection in the middle of the answer. */
  | { readonly kind: 'drop' }

export type HostileProvider = {
  /** Its address, without a trailing slash. */
  readonly url: string
  /** Says how `path` is answered from now on; other paths get 404. */
  answer(path: string, answer: HostileAnswer): void
  /** Paths that were asked for, in order, with the token that was presented. */
  readonly asked: readonly { readonly path: string; readonly authorization: string | undefined }[]
  /** May be called again. */
  stop(): Promise<void>
}

/** Starts a server on loopback that answers as a broken or malicious identity provider would, for tests. */
export async function startHostileProvider(): Promise<HostileProvider> {
  const answers = new Map<string, HostileAnswer>()
  const asked: { path: string; authorization: string | undefined }[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push({ path, authorization: request.headers.authorization })
    respond(response, answers.get(path) ?? { kind: 'text', status: 404, body: '' })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo
  async function stop(): Promise<void> {
    if (!server.listening) return
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return {
    url: `http://127.0.0.1:${port}`,
    answer: (path, answer) => answers.set(path, answer),
    asked,
    stop,
  }
}

function respond(response: ServerResponse, answer: HostileAnswer): void {
  switch (answer.kind) {
    case 'json':
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
      return
    case 'text':
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' }).end(answer.body)
      return
    case 'redirect':
      response.writeHead(302, { location: answer.to }).end()
      return
    case 'endless':
      response.writeHead(200, { 'content-type': 'application/json' })
      pour(response)
      return
    case 'stall':
      response.writeHead(200, { 'content-type': 'application/json' }).write(answer.body)
      return
    case 'drop':
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{', () => response.destroy())
      return
    case 'hang':
      return
  }
}

function pour(response: ServerResponse): void {
  const block = ' '.repeat(64 * 1024)
  const more = () => {
    while (!response.destroyed && response.write(block));
  }
  response.on('drain', more)
  more()
}

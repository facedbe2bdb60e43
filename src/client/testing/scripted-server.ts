import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request that is expected, and what is answered. A body is compared as text; absent means empty. */
export type Exchange = {
  readonly method: string
  /** With `/v1/` and the query. */
  readonly path: string
  /** Headers that must be there; lower-case names. An empty value means that it must be absent. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly answer: {
    readonly status: number
    readonly body?: string
    readonly headers?: Readonly<Record<string, string>>
  }
}

export type ScriptedServer = {
  readonly address: string
  /** What came otherwise than expected, and what did not come; empty is good. */
  problems(): string[]
  close(): Promise<void>
}

/** A server for tests that answers requests from a script, in its order. */
export async function scriptedServer(script: readonly Exchange[]): Promise<ScriptedServer> {
  const problems: string[] = []
  let next = 0
  const server = http.createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    const expected = script[next++]
    const wrong =
      expected === undefined
        ? [`${request.method} ${request.url}: not expected`]
        : differences(expected, request, body)
    problems.push(...wrong)
    const answer = wrong.length > 0 || expected === undefined ? { status: 599 } : expected.answer
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(answer.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server on TCP has an address of this form.
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}`,
    problems: () => [
      ...problems,
      ...script.slice(next).map(({ method, path }) => `${method} ${path}: did not come`),
    ],
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function differences(expected: Exchange, request: http.IncomingMessage, body: string): string[] {
  const came = `${request.method} ${request.url}`
  const wanted = `${expected.method} ${expected.path}`
  if (came !== wanted) return [`expected ${wanted}, came ${came}`]
  const wrong =
    body === (expected.body ?? '') ? [] : [`${came}: expected the body ${expected.body}, came ${body}`]
  for (const [name, value] of Object.entries(expected.headers ?? {})) {
    const sent = request.headers[name] ?? ''
    if (sent !== value) wrong.push(`${came}: expected ${name}: ${value}, came ${sent}`)
  }
  return wrong
}

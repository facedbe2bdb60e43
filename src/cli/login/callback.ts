import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CofferError, fail } from '../../base/errors.ts'
import { http } from '../../base/web/node-http.ts'

/** What a provider sent the browser back with. */
export type CallbackParameters = Readonly<Record<'state' | 'code' | 'iss' | 'error', string>>

/** Waits on this machine for the browser to come back from the provider. */
export type Callback = {
  readonly port: number
  /**
   * The first answer to the login with this state. Any other request is answered and changes nothing: whoever can
   * open an address in the browser can send it here.
   *
   * @param finish what is done with it; the browser is told whether that went well
   * @throws invalid_request when nothing came in time
   */
  wait<T>(state: string, finish: (answer: CallbackParameters) => Promise<T>): Promise<T>
  close(): void
}

const maxBody = 64 * 1024
/** Milliseconds in which a login has to be finished, as at the server. */
const patience = 10 * 60_000

/** @throws invalid_request when the port is taken */
export async function listenForCallback(host: string, port: number): Promise<Callback> {
  let take: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined
  const server = http.createServer({ requestTimeout: 10_000 }, (request, response) => {
    if (take === undefined) return show(response, 404, 'No login is in progress here.')
    take(request, response).catch(() => response.destroy())
  })
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (cause) {
    const { code = 'error' } = cause as NodeJS.ErrnoException
    fail(
      'invalid_request',
      `cannot listen on ${host}:${port} for the browser (${code}); choose another port=`,
      {
        cause,
      },
    )
  }
  return {
    // A server that listens on TCP has such an address.
    port: (server.address() as AddressInfo).port,
    wait(state, finish) {
      const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<typeof finish>>>()
      const timer = setTimeout(() => reject(timedOut()), patience)
      let taken = false
      take = async (request, response) => {
        const answer = await parametersOf(request)
        if (answer === undefined) return show(response, 404, 'There is nothing here.')
        if (taken || answer.state !== state) {
          return show(response, 400, 'This answer belongs to no login that was begun here.')
        }
        taken = true
        try {
          const result = await finish(answer)
          show(response, 200, 'You are logged in. You can close this page and go back to the terminal.')
          resolve(result)
        } catch (error) {
          show(response, 400, 'The login failed. The terminal says why.')
          reject(error)
        }
      }
      return promise.finally(() => clearTimeout(timer))
    },
    close() {
      server.close()
      server.closeIdleConnections()
    },
  }
}

const timedOut = () =>
  new CofferError('invalid_request', 'the provider did not send the browser back in time')

async function parametersOf(request: IncomingMessage): Promise<CallbackParameters | undefined> {
  const url = URL.parse(request.url ?? '', 'http://localhost')
  if (url?.pathname !== '/oidc/callback') return undefined
  const sent = request.method === 'POST' ? new URLSearchParams(await bodyOf(request)) : url.searchParams
  const one = (name: string) => sent.get(name) ?? ''
  return { state: one('state'), code: one('code'), iss: one('iss'), error: one('error') }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const part of request) {
    body += String(part)
    if (body.length > maxBody) throw new Error('too large')
  }
  return body
}

function show(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    connection: 'close',
  })
  response.end(
    `<!doctype html>\n<html lang="en"><title>coffer login</title><main><p>${text}</p></main></html>\n`,
  )
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import { send } from '../answer/answer.ts'

/** What lies outside of `/v1/` and is no page: `/` leads to where the page would be, and the rest is not found. */
export function sendMissing(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/') {
    send(response, { status: 307, contentType: undefined, body: undefined }, { location: '/ui/' })
    return
  }
  const answer = { status: 404, contentType: 'application/json', body: '{"errors":[]}\n' }
  send(response, answer, { headOnly: request.method === 'HEAD' })
}

import { randomUUID } from 'node:crypto'
import { fail } from '../../base/errors.ts'
import { send } from '../answer/answer.ts'
import { type ApiServices, newTrail, sendError } from '../api.ts'
import { parseBody } from '../body/body.ts'
import { announcesBody, readBody } from '../body/read-body.ts'
import { inTime } from '../in-time.ts'
import { checkNamespace } from '../request/headers.ts'
import { createAsk, type SessionCall } from './ask.ts'
import { beginLogin, beginSession, endSession, extendSession, type Page, showSession } from './endpoints.ts'
import { isOwnPage } from './own-page.ts'

const endpoints: Readonly<Record<string, Readonly<Record<string, typeof showSession>>>> = {
  '/ui/session': { GET: showSession, POST: beginSession, DELETE: endSession },
  '/ui/session/provider': { POST: beginLogin },
  '/ui/session/extend': { POST: extendSession },
}

export const isSessionPath = (path: string): boolean => Object.hasOwn(endpoints, path)

/** Bytes: a login with a token of a provider is the largest. */
const maxBody = 128 * 1024

/** Serves one request about a session; never throws. */
export async function serveSession(services: ApiServices, call: SessionCall): Promise<void> {
  const { request, response } = call
  const trail = newTrail()
  try {
    const bytes = announcesBody(request)
      ? await readBody(request, Math.min(maxBody, services.limits.bodyBytes), services.budget)
      : Buffer.alloc(0)
    if (bytes === undefined) return
    const { sessions } = services
    const endpoint = endpoints[call.path]?.[request.method ?? '']
    if (endpoint === undefined) fail('method_not_allowed')
    if (!isOwnPage(request)) fail('forbidden', 'only the page of this server may ask this')
    if (sessions === undefined) {
      fail(
        'forbidden',
        'there are no sessions over plain HTTP, which anybody on the way can read: give the listener a certificate',
      )
    }
    checkNamespace(request.headers)
    const { fields } = request.method === 'POST' ? parseBody(bytes, 'application/json') : { fields: {} }
    const answer = await inTime(services.limits.handlingTime, (isLate) => {
      const ask = createAsk(services, call, isLate, trail)
      const page: Page = { request, query: call.query, fields, sessions, ask, isLate }
      return endpoint(page)
    })
    if (answer.cookies.length > 0) response.setHeader('Set-Cookie', answer.cookies)
    send(response, answer, { close: services.isClosing(request), rateLimit: trail.rateLimit?.headers })
  } catch (error) {
    sendError(services, call, randomUUID(), error, trail)
  }
}

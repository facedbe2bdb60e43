import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CrossOrigin } from '../../backend/settings/web-settings.ts'
import { fail } from '../../base/errors.ts'

const methods = ['DELETE', 'GET', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'LIST', 'SCAN']
/** Seconds that a browser may remember what it may do. */
const maxAge = 300

/**
 * Judges a request that a page of another site makes, where that is turned on: whoever may gets the headers that
 * let its page see the answer.
 *
 * @returns whether the request only asked what it may do, and has its answer with these headers
 * @throws forbidden for any other origin; method_not_allowed for a method that the API has not
 */
export function judgeOrigin(
  { origins, headers, credentials }: CrossOrigin,
  { headers: sent, method }: Pick<IncomingMessage, 'headers' | 'method'>,
  response: Pick<ServerResponse, 'setHeader'>,
): boolean {
  const origin = sent.origin ?? ''
  if (!origins.includes('*') && !origins.includes(origin)) fail('forbidden', 'origin not allowed')
  const asks = method === 'OPTIONS'
  if (asks && !methods.includes(sent['access-control-request-method'] ?? '')) fail('method_not_allowed')
  response.setHeader('Access-Control-Allow-Origin', origin)
  response.setHeader('Vary', 'Origin')
  if (credentials) response.setHeader('Access-Control-Allow-Credentials', 'true')
  if (!asks) return false
  response.setHeader('Access-Control-Allow-Methods', methods.join(','))
  response.setHeader('Access-Control-Allow-Headers', headers.join(','))
  response.setHeader('Access-Control-Max-Age', maxAge)
  return true
}

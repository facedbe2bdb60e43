import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CrossOrigin } from '../../backend/settings/web-settings.ts'
import { fail } from '../../base/errors.ts'

const methods = ['DELETE', 'GET', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'LIST', 'SCAN']
/** Seconds that a browser may remember what it may do. */
const maxAge = 300

type Sent = Pick<IncomingMessage, 'headers' | 'method'>

/** What no page sends to another site before the browser has asked there whether it may (Fetch Standard §2.2.2). */
const askedFor = ['authorization', 'x-vault-request', 'x-vault-token']
const plainType = /^(?:text\/plain|application\/x-www-form-urlencoded|multipart\/form-data)(?:;|$)/i

/** Whether a browser says that a page of another site sends this, which it let through without asking. */
export function isUnasked({ headers, method }: Sent): boolean {
  const { 'sec-fetch-site': site, 'content-type': type } = headers
  if (method !== 'POST' || site === undefined || site === 'same-origin' || site === 'none') return false
  return askedFor.every((name) => headers[name] === undefined) && (type === undefined || plainType.test(type))
}

/** Whether an identity provider sends a browser back, which is for the login to judge. */
export const isSentBack = ({ headers }: Sent, path: string): boolean =>
  headers['sec-fetch-mode'] === 'navigate' && /^auth\/.+\/oidc\/callback$/.test(path)

/**
 * Judges a request that a page of another site makes, where that is turned on: whoever may gets the headers that
 * let its page see the answer.
 *
 * @returns whether the request only asked what it may do, and has its answer with these headers
 * @throws forbidden for any other origin; method_not_allowed for a method that the API has not
 */
export function judgeOrigin(
  { origins, headers, credentials }: CrossOrigin,
  { headers: sent, method }: Sent,
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

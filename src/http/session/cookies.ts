import type { IncomingMessage } from 'node:http'
import { isFailure } from '../../base/errors.ts'
import { readSessionId, type SessionId } from '../../core/sessions/record.ts'
import type { Session, Sessions } from '../../core/sessions/sessions.ts'
import { isOwnPage } from './own-page.ts'

/** The prefix makes browsers refuse them from other hosts, for other paths and without `Secure` (RFC 6265bis §4.1.3.2). */
const sessionCookie = '__Host-coffer-session'
const loginCookie = '__Host-coffer-login'
const attributes = 'Path=/; Secure; HttpOnly'
/** Seconds in which a login at a provider has to be finished. */
const loginTime = 600

/** Characters of the header: all of a host's cookies together. */
const maxHeader = 8192

/** The one value of a cookie; undefined where there is none, or several. */
function cookieOf({ headers }: Pick<IncomingMessage, 'headers'>, name: string): string | undefined {
  const { cookie } = headers
  if (cookie === undefined || cookie.length > maxHeader) return undefined
  const values = cookie
    .split(';')
    // Any other space is the beginning of another name, which neighbouring hosts may set (RFC 6265 §5.2).
    .map((pair) => pair.replace(/^[ \t]+/, ''))
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
  // Which of two a browser means cannot be told.
  return values.length === 1 ? values[0] : undefined
}

export const sessionIdOf = (request: Pick<IncomingMessage, 'headers'>): SessionId | undefined =>
  readSessionId(cookieOf(request, sessionCookie) ?? '')

/** What binds a browser to the login that it began at a provider: 32 random bytes, base64url. */
export function loginNonceOf(request: Pick<IncomingMessage, 'headers'>): string | undefined {
  const value = cookieOf(request, loginCookie)
  return value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : undefined
}

/** Ends with the browser; how long it counts is up to the token. */
export const keepSession = (id: SessionId) => `${sessionCookie}=${id}; ${attributes}; SameSite=Strict`
export const dropSessionCookie = `${sessionCookie}=; ${attributes}; SameSite=Strict; Max-Age=0`
/** Lax, as the person comes back from another site. */
export const keepLogin = (nonce: string) =>
  `${loginCookie}=${nonce}; ${attributes}; SameSite=Lax; Max-Age=${loginTime}`
export const dropLoginCookie = `${loginCookie}=; ${attributes}; SameSite=Lax; Max-Age=0`

/**
 * The session that a request of the API is made with. Its cookie counts only where the server's own page asks and
 * sends no token; otherwise it is as if there were none.
 */
export async function sessionOf(
  { sessions }: { readonly sessions: Sessions | undefined },
  request: Pick<IncomingMessage, 'headers'>,
): Promise<Session | undefined> {
  const { headers } = request
  if (sessions === undefined || headers['x-vault-token'] !== undefined) return undefined
  if (/^bearer\b/i.test(headers.authorization ?? '') || !isOwnPage(request)) return undefined
  const id = sessionIdOf(request)
  if (id === undefined) return undefined
  try {
    return await sessions.find(id)
  } catch (error) {
    // What answers on a sealed server asks for no token, and the rest says that it is sealed.
    if (isFailure(error, 'sealed', 'not_initialized')) return undefined
    throw error
  }
}

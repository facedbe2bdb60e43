import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { EncodedJson, type Reply } from '../../backend/message.ts'
import type { RequestPath } from '../../backend/routes/path.ts'
import { wrappingPolicy } from '../../backend/wrapping.ts'
import { type ErrorCode, fail, isFailure } from '../../base/errors.ts'
import type { Json, JsonObject } from '../../base/json/json.ts'
import type { Session, Sessions } from '../../core/sessions/sessions.ts'
import type { SessionView } from '../../core/sessions/view.ts'
import { type Answer, encodeSorted, escapeMarkup, json } from '../answer/envelope.ts'
import { parsePairs } from '../request/fields.ts'
import type { Ask } from './ask.ts'
import {
  dropLoginCookie,
  dropSessionCookie,
  keepLogin,
  keepSession,
  loginNonceOf,
  sessionIdOf,
} from './cookies.ts'
import { originOf } from './own-page.ts'
import { readProviderWish, readWish, type Wish } from './read.ts'

/** What the page asks, and what it is answered with. */
export type Page = {
  readonly request: IncomingMessage
  readonly query: string
  /** Of the body. */
  readonly fields: JsonObject
  readonly sessions: Sessions
  readonly ask: Ask
  readonly isLate: () => boolean
}
export type PageAnswer = Answer & { readonly cookies: readonly string[] }

const answered = (
  content: { readonly [name: string]: Json },
  cookies: readonly string[] = [],
): PageAnswer => ({
  ...json(200, escapeMarkup(encodeSorted(content))),
  cookies,
})

// The routes of this server itself, so no rule has to be applied to them.
const ownRoute = (path: string) => path as RequestPath
const lookup = ownRoute('auth/token/lookup-self')
const renewal = ownRoute('auth/token/renew-self')
const revocation = ownRoute('auth/token/revoke-self')
const unwrapping = ownRoute('sys/wrapping/unwrap')

/** `GET /ui/session` */
export async function showSession(page: Page): Promise<PageAnswer> {
  const { sessions, request } = page
  sessions.ready()
  const session = await present(page)
  const known = session !== undefined && (await isGood(page, session.token))
  const view = known ? await sessions.view(session) : undefined
  const forgotten = session === undefined && sessionIdOf(request) !== undefined
  return answered({ session: shown(view) }, forgotten ? [dropSessionCookie] : [])
}

/** `POST /ui/session` */
export async function beginSession(page: Page): Promise<PageAnswer> {
  const { sessions, request, isLate } = page
  const wish = readWish(page.fields)
  sessions.ready()
  const { token, data } = await tokenFor(page, wish)
  if (token === undefined) return answered({ session: null, data: data ?? null })
  const made = wish.kind !== 'token'
  const { id, view, left } = await sessions.begin(token, { made, before: sessionIdOf(request), isLate })
  if (left !== undefined) {
    await unlessRefused(page.ask(question(left, revocation, 'write')), [...ended, 'rate_limited'])
    await sessions.revoke(left)
  }
  const cookies = [keepSession(id), ...(wish.kind === 'callback' ? [dropLoginCookie] : [])]
  return answered({ session: shown(view) }, cookies)
}

/** `POST /ui/session/provider` */
export async function beginLogin({ request, fields, sessions, ask }: Page): Promise<PageAnswer> {
  const { path, mount, role } = readProviderWish(fields)
  sessions.ready()
  // Several tabs of a browser may be on their way at once.
  const nonce = loginNonceOf(request) ?? randomBytes(32).toString('base64url')
  const { data } = await ask({
    verb: 'write',
    path,
    fields: {
      ...(role === undefined ? {} : { role }),
      redirect_uri: `${originOf(request)}/ui/callback/${mount}`,
      client_nonce: nonce,
    },
    token: undefined,
  })
  const url = textIn(data, 'auth_url')
  if (url === '') fail('invalid_request', 'this mount names no page to log in at')
  return answered({ auth_url: url }, [keepLogin(nonce)])
}

/** `POST /ui/session/extend` */
export async function extendSession(page: Page): Promise<PageAnswer> {
  const session = (await present(page)) ?? fail('permission_denied')
  await page.ask({ verb: 'write', path: renewal, fields: {}, token: session.token })
  const view = (await page.sessions.view(session)) ?? fail('permission_denied')
  return answered({ session: shown(view) })
}

/** `DELETE /ui/session` */
export async function endSession(page: Page): Promise<PageAnswer> {
  const { sessions, query } = page
  const everywhere = parsePairs(query).everywhere === 'true'
  const session = await present(page)
  if (session !== undefined) {
    if (everywhere) await endOthers(page, session)
    await unlessRefused(page.ask(question(session.token, revocation, 'write')), ended)
    await sessions.end(session)
  }
  return { status: 204, contentType: undefined, body: undefined, cookies: [dropSessionCookie] }
}

/** Its own comes last, so that a failure leaves it for another try. */
async function endOthers({ sessions, ask, isLate }: Page, session: Session): Promise<void> {
  for (;;) {
    const others = await sessions.others(session)
    if (others.length === 0) return
    for (const other of others) {
      if (isLate()) fail('timed_out')
      await unlessRefused(ask(question(other.token, revocation, 'write')), [...ended, 'rate_limited'])
      await sessions.end(other)
    }
  }
}

/** A token that has ended, may not end itself, or cannot be ended; its session goes all the same. */
const ended: readonly ErrorCode[] = ['permission_denied', 'policy_denied', 'invalid_request']

const question = (token: string, path: RequestPath, verb: 'read' | 'write') => ({
  verb,
  path,
  fields: {},
  token,
})

async function unlessRefused(work: Promise<unknown>, codes: readonly ErrorCode[]): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isFailure(error, ...codes)) throw error
  }
}

async function present({ request, sessions }: Page): Promise<Session | undefined> {
  const id = sessionIdOf(request)
  return id === undefined ? undefined : sessions.find(id)
}

/** Whether a token is good from here; it need not be allowed to look itself up. */
async function isGood({ ask }: Page, token: string): Promise<boolean> {
  try {
    await ask(question(token, lookup, 'read'))
    return true
  } catch (error) {
    if (isFailure(error, 'policy_denied')) return true
    if (isFailure(error, 'permission_denied')) return false
    throw error
  }
}

/** The token of a new session, or what was wrapped in its place. */
async function tokenFor(
  page: Page,
  wish: Wish,
): Promise<{ readonly token?: string; readonly data?: Json | undefined }> {
  switch (wish.kind) {
    case 'login':
      return {
        token: tokenOf(
          await page.ask({ verb: 'write', path: wish.path, fields: wish.data, token: undefined }),
        ),
      }
    case 'token':
      if ((await page.sessions.view({ token: wish.token }))?.policies.includes(wrappingPolicy) === true) {
        fail('invalid_request', 'this token wraps an answer: send it as wrapping_token')
      }
      if (!(await isGood(page, wish.token))) fail('permission_denied')
      return { token: wish.token }
    case 'wrapping_token': {
      const fields = { token: wish.token }
      const reply = await page.ask({ verb: 'write', path: unwrapping, fields, token: wish.token })
      return reply.auth === undefined ? { data: plain(reply.data) } : { token: tokenOf(reply) }
    }
    case 'callback': {
      const nonce = loginNonceOf(page.request)
      if (nonce === undefined) {
        fail('invalid_request', 'this browser has begun no login, or did so too long ago: start again')
      }
      const fields = { ...wish.answer, client_nonce: nonce }
      return { token: tokenOf(await page.ask({ verb: 'read', path: wish.path, fields, token: undefined })) }
    }
  }
}

const tokenOf = ({ auth }: Reply): string =>
  auth?.client_token || fail('invalid_request', 'this does not log anybody in')

const plain = (data: Reply['data']): Json | undefined => (data instanceof EncodedJson ? data.toJSON() : data)

const textIn = (data: Reply['data'], name: string): string => {
  const value = (plain(data) as JsonObject | null | undefined)?.[name]
  return typeof value === 'string' ? value : ''
}

const shown = (view: SessionView | undefined): Json =>
  view === undefined ? null : { ...view, policies: [...view.policies], meta: view.meta && { ...view.meta } }

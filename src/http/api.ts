import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ApiRequest, Reply, RequestHandler, Trail, Verb } from '../backend/message.ts'
import type { Remote } from '../backend/remote.ts'
import { isListing } from '../backend/routes/operation.ts'
import type { RequestPath } from '../backend/routes/path.ts'
import type { CrossOrigin } from '../backend/settings/web-settings.ts'
import { CofferError, fail } from '../base/errors.ts'
import type { JsonObject } from '../base/json/json.ts'
import type { Sessions } from '../core/sessions/sessions.ts'
import { send } from './answer/answer.ts'
import { isSentBack, isUnasked, judgeOrigin } from './answer/cross-origin.ts'
import { encodeReply } from './answer/envelope.ts'
import { encodeFailure, encodeSurprise } from './answer/errors.ts'
import { checkPatchType, parseBody } from './body/body.ts'
import { announcesBody, type BodyBudget, readBody } from './body/read-body.ts'
import { inTime } from './in-time.ts'
import type { Limits } from './limits.ts'
import type { Log } from './log/log.ts'
import { parsePairs, parseReadQuery } from './request/fields.ts'
import { checkNamespace, tokenOf, wrapTtlOf } from './request/headers.ts'
import { sessionOf } from './session/cookies.ts'
import { isSameOrigin } from './session/own-page.ts'
import type { Alias } from './wire.ts'

/** What the answering of API requests stands on. */
export type ApiServices = {
  readonly handler: RequestHandler
  readonly limits: Limits
  readonly budget: BodyBudget
  readonly log: Log
  /** Whether connections should end with their next answer. */
  readonly isClosing: (request: IncomingMessage) => boolean
  readonly observe: Observe
  /** Which pages of other sites may use the API; undefined for none. */
  readonly crossOrigin: () => Promise<CrossOrigin | undefined>
  /** Whether metrics need no token. */
  readonly openMetrics: boolean
  /** What browsers hold in place of tokens; undefined where there are no sessions. */
  readonly sessions: Sessions | undefined
}

/**
 * Told of an answer: its status, and how many milliseconds after the request's last byte it was known; undefined
 * when the request was not handled at all.
 */
export type Observe = (trail: Trail, status: number, milliseconds: number | undefined) => void

/** A request below `/v1/` whose path has passed the rules. */
export type ApiCall = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** LIST or SCAN, where the client said so; its method here is another then. */
  readonly alias: Alias | undefined
  readonly path: RequestPath
  readonly query: string
  /** Where it comes from. */
  readonly remote: Remote
}

/** Serves one request of the API; never throws. */
export async function serveApi(services: ApiServices, call: ApiCall): Promise<void> {
  const { request, response } = call
  const id = randomUUID()
  const trail = newTrail()
  let begin: number | undefined
  try {
    const { origin, 'sec-fetch-site': site } = request.headers
    const isOfBrowser = origin !== undefined || site !== undefined
    if (isOfBrowser && (await isPreflight(services, call))) {
      send(response, preflighted, { close: services.isClosing(request) })
      return services.observe(trail, preflighted.status, undefined)
    }
    const bytes = announcesBody(request)
      ? await readBody(request, services.limits.bodyBytes, services.budget)
      : Buffer.alloc(0)
    if (bytes === undefined) return
    begin = performance.now()
    const reply = await inTime(services.limits.handlingTime, (isLate) => {
      const { openMetrics } = services
      const asked = { ...readRequest(call, id, bytes), isLate, trail, openMetrics }
      return request.headers.cookie === undefined ? services.handler(asked) : inSession(services, call, asked)
    })
    const answer = encodeReply(id, reply)
    services.observe(trail, answer.status, performance.now() - begin)
    send(response, answer, {
      close: services.isClosing(request),
      headOnly: request.method === 'HEAD',
      rateLimit: trail.rateLimit?.headers,
    })
    boundAnswer(response, services.limits.answerTime)
  } catch (error) {
    const status = sendError(services, call, id, error, trail)
    services.observe(trail, status, begin === undefined ? undefined : performance.now() - begin)
  }
}

/** Handles a request with the token of its session, if it has one that counts. */
async function inSession(services: ApiServices, { request }: ApiCall, asked: ApiRequest): Promise<Reply> {
  const session = await sessionOf(services, request)
  return services.handler(session === undefined ? asked : { ...asked, token: session.token, bySession: true })
}

const preflighted = { status: 200, contentType: undefined, body: undefined }

/** Whether a browser only asks what a page may do. @throws forbidden when the page may do nothing */
async function isPreflight(
  { crossOrigin }: ApiServices,
  { request, response, path }: ApiCall,
): Promise<boolean> {
  if (isSameOrigin(request) || isSentBack(request, path)) return false
  const unasked = isUnasked(request)
  if (request.headers.origin === undefined && !unasked) return false
  const setting = await crossOrigin()
  if (setting !== undefined) return judgeOrigin(setting, request, response)
  return unasked && fail('forbidden', 'origin not allowed')
}

export const newTrail = (): Trail => ({ route: 'none', mountType: 'none', operation: 'none' })

/** Answers with an error; one that nobody raised on purpose goes to the log, without its text. Gives the status. */
export function sendError(
  { log, isClosing }: Pick<ApiServices, 'log' | 'isClosing'>,
  { request, response }: Pick<ApiCall, 'request' | 'response'>,
  id: string,
  error: unknown,
  trail?: Trail,
): number {
  const known = error instanceof CofferError
  if (!known) log.error({ id, error: outline(error) }, 'a request failed unexpectedly')
  const answer = known ? encodeFailure(error) : encodeSurprise(id)
  send(response, answer, {
    close: isClosing(request) || (known && error.code === 'stopping'),
    headOnly: request.method === 'HEAD',
    retryAfter: trail?.rateLimit?.retryAfter ?? answer.retryAfter,
    rateLimit: trail?.rateLimit?.headers,
    ...(answer.denied === undefined ? {} : { denied: answer.denied }),
  })
  return answer.status
}

/** Cuts off a client that takes a large answer too slowly; small ones wait in the kernel's buffers. */
function boundAnswer(response: ServerResponse, time: number): void {
  if (response.writableLength < 65_536) return
  const timer = setTimeout(() => response.destroy(), time).unref()
  response.once('close', () => clearTimeout(timer))
}

/** Where an error came from. Its message may quote what a client sent, so it is left out. */
function outline(error: unknown): { name: string; at: string[] } {
  if (!(error instanceof Error)) return { name: typeof error, at: [] }
  const at = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return { name: error.name, at: at.slice(0, 12).map((line) => line.trim()) }
}

function readRequest(
  { request, alias, path, query, remote }: ApiCall,
  id: string,
  bytes: Buffer,
): ApiRequest {
  const { headers } = request
  checkNamespace(headers)
  const asked = ask(request, alias, path, query, bytes)
  const listing = isListing(asked.verb)
  return {
    id,
    verb: asked.verb,
    // What is listed is a folder; adding the slash keeps every rule of paths.
    path: listing && !path.endsWith('/') ? (`${path}/` as RequestPath) : path,
    fields: asked.fields,
    hasBody: asked.hasBody,
    token: tokenOf(headers),
    wrapTtl: wrapTtlOf(headers),
    headers,
    remote,
  }
}

type Asked = { readonly verb: Verb; readonly fields: JsonObject; readonly hasBody: boolean }

/** What the method, the query and the body ask for. */
function ask(
  request: IncomingMessage,
  alias: Alias | undefined,
  path: string,
  query: string,
  bytes: Buffer,
): Asked {
  const contentType = request.headers['content-type']
  if (alias !== undefined) {
    return { verb: alias === 'LIST' ? 'list' : 'scan', fields: parsePairs(query), hasBody: false }
  }
  switch (request.method) {
    case 'GET':
      return { ...parseReadQuery(query), hasBody: false }
    case 'POST':
    case 'PUT':
      return { verb: 'write', ...parseBody(bytes, contentType) }
    case 'PATCH':
      checkPatchType(contentType)
      return { verb: 'patch', ...parseBody(bytes, 'application/json') }
    case 'DELETE':
      return { verb: 'delete', fields: parsePairs(query), hasBody: false }
    case 'HEAD':
      if (path === 'sys/health') return { verb: 'read', fields: parsePairs(query), hasBody: false }
      fail(tokenOf(request.headers) === undefined ? 'permission_denied' : 'method_not_allowed')
      break
    case 'OPTIONS':
      fail('invalid_request', 'cannot handle internal-only request operation')
  }
  fail('method_not_allowed')
}

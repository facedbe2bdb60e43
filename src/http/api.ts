import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ApiRequest, Reply, RequestHandler, Verb } from '../backend/message.ts'
import type { RequestPath } from '../backend/path.ts'
import { CofferError, fail } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { send } from './answer.ts'
import { checkPatchType, parseBody } from './body.ts'
import { encodeReply } from './envelope.ts'
import { encodeFailure, encodeSurprise } from './errors.ts'
import { parsePairs, parseReadQuery } from './fields.ts'
import type { Remote } from './forwarded.ts'
import { checkNamespace, tokenOf, wrapTtlOf } from './headers.ts'
import type { Limits } from './limits.ts'
import type { Log } from './log.ts'
import { announcesBody, type BodyBudget, readBody } from './read-body.ts'
import type { Alias } from './wire.ts'

/** What the answering of API requests stands on. */
export type ApiServices = {
  readonly handler: RequestHandler
  readonly limits: Limits
  readonly budget: BodyBudget
  readonly log: Log
  /** Whether connections should end with their next answer. */
  readonly isClosing: (request: IncomingMessage) => boolean
}

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
  try {
    const bytes = announcesBody(request)
      ? await readBody(request, services.limits.bodyBytes, services.budget)
      : Buffer.alloc(0)
    if (bytes === undefined) return
    const reply = await inTime(services, (isLate) => readRequest(call, id, bytes, isLate))
    send(response, encodeReply(id, reply), {
      close: services.isClosing(request),
      headOnly: request.method === 'HEAD',
    })
    boundAnswer(response, services.limits.answerTime)
  } catch (error) {
    sendError(services, call, id, error)
  }
}

/**
 * Has a request handled within the listener's time. One that takes longer is answered with an error; what it
 * still does is not waited for, and it changes nothing any more unless its commit is already under way.
 *
 * @param make the request, which asks whether its time is over
 * @throws timed_out; whatever the handler throws
 */
function inTime(
  { handler, limits }: ApiServices,
  make: (isLate: () => boolean) => ApiRequest,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let late = false
    const answer = handler(make(() => late))
    const timer = setTimeout(() => {
      late = true
      reject(new CofferError('timed_out'))
    }, limits.handlingTime).unref()
    answer.then(
      (reply) => {
        clearTimeout(timer)
        resolve(reply)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}

/** Answers with an error; one that nobody raised on purpose goes to the log, without its text. */
export function sendError(
  { log, isClosing }: Pick<ApiServices, 'log' | 'isClosing'>,
  { request, response }: Pick<ApiCall, 'request' | 'response'>,
  id: string,
  error: unknown,
): void {
  const known = error instanceof CofferError
  if (!known) log.error({ id, error: outline(error) }, 'a request failed unexpectedly')
  const answer = known ? encodeFailure(error) : encodeSurprise(id)
  send(response, answer, {
    close: isClosing(request) || (known && error.code === 'stopping'),
    headOnly: request.method === 'HEAD',
    retryAfter: answer.retryAfter,
  })
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
  isLate: () => boolean,
): ApiRequest {
  const { headers } = request
  checkNamespace(headers)
  const asked = ask(request, alias, path, query, bytes)
  const listing = asked.verb === 'list' || asked.verb === 'scan'
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
    isLate,
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

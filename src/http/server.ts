import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, METHODS, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import Fastify, { type FastifyInstance } from 'fastify'
import type { RequestHandler } from '../backend/message.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import { CofferError } from '../base/errors.ts'
import { send } from './answer.ts'
import { type ApiCall, sendError, serveApi } from './api.ts'
import { watchCertificates } from './certificates.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { closeListener, type Listener, type OpenListener, openListener } from './listener.ts'
import { type Log, silentLog } from './log.ts'
import { readTarget } from './path.ts'
import { announcesMore } from './read-body.ts'
import { refuseConnection } from './refuse.ts'
import { noteRequest } from './wire.ts'

export type HttpOptions = {
  readonly listeners: readonly Listener[]
  readonly handler: RequestHandler
  readonly limits?: Partial<Limits>
  readonly log?: Log
  readonly clock?: Clock
  /** Adds routes outside of `/v1/`, such as the web page. */
  readonly pages?: (app: FastifyInstance) => void | Promise<void>
}

export type HttpServer = {
  /** One for each listener, in order, with the ports that were really bound. */
  readonly addresses: readonly { readonly host: string; readonly port: number; readonly url: string }[]
  /**
   * Takes no new connections, answers 503 to new requests on old ones, and ends when the last request is
   * answered, or after `gracePeriod` milliseconds, when what is left is cut off.
   */
  stop(gracePeriod: number): Promise<void>
  /** Loads the certificates again if their files changed; SIGHUP and a timer do the same. */
  reloadCertificates(): Promise<void>
}

const calls = new WeakMap<IncomingMessage, ApiCall>()
/** The one route that all of `/v1/` is served by: paths are no business of the router. */
const apiRoute = '/v1/'

/**
 * Serves the API on all listeners, or on none of them.
 *
 * @throws invalid_config
 */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { handler, log = silentLog, clock = systemClock() } = options
  const limits: Limits = { ...defaultLimits, ...options.limits }
  let stopping = false
  const doomed = new WeakSet<Duplex>()
  const services = {
    handler,
    limits,
    log,
    budget: { used: 0, total: limits.allBodyBytes },
    isClosing: (request: IncomingMessage) => stopping || doomed.has(request.socket),
  }
  const { app, route } = await createRouter((call) => void serveApi(services, call), options.pages)

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    const alias = noteRequest(request, response)
    try {
      if (stopping) throw new CofferError('stopping')
      const target = readTarget(request.url ?? '')
      if (target.kind === 'redirect') {
        send(
          response,
          { status: 307, contentType: undefined, body: undefined },
          { location: target.location },
        )
        return
      }
      if (target.kind === 'api') {
        calls.set(request, { request, response, alias, path: target.path, query: target.query })
        request.url = apiRoute
      }
      route(request, response)
    } catch (error) {
      sendError(services, { request, response }, randomUUID(), error)
    }
  }

  function prepare(server: Server): void {
    server.on('request', onRequest)
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      // A body that would be refused is better not sent at all.
      if (announcesMore(request, limits.bodyBytes)) doomed.add(request.socket)
      else response.writeContinue()
      onRequest(request, response)
    })
    server.on('clientError', (error: Error, socket) => refuseConnection(error, socket, doomed))
  }

  const open: OpenListener[] = []
  try {
    for (const listener of options.listeners) {
      open.push(await openListener(listener, limits, () => clock.now(), prepare))
    }
  } catch (error) {
    await Promise.all(open.map((listener) => closeListener(listener, 0)))
    await app.close()
    throw error
  }
  const watch = watchCertificates(open, log)

  return {
    addresses: open.map(({ address }) => address),
    reloadCertificates: watch.reload,
    async stop(gracePeriod) {
      stopping = true
      watch.stop()
      await Promise.all(open.map((listener) => closeListener(listener, gracePeriod)))
      await app.close()
    },
  }
}

type Route = (request: IncomingMessage, response: ServerResponse) => void

async function createRouter(
  serve: (call: ApiCall) => void,
  pages: HttpOptions['pages'],
): Promise<{ app: FastifyInstance; route: Route }> {
  let route: Route | undefined
  const app = Fastify({
    exposeHeadRoutes: false,
    serverFactory: (handler) => {
      route = handler
      // Fastify wants a server of its own; this one never listens.
      return createServer()
    },
  })
  // Bodies are read elsewhere, whatever the method.
  for (const method of METHODS) app.addHttpMethod(method, { hasBody: false, overrideExisting: true })
  app.route({
    method: METHODS,
    url: apiRoute,
    handler: ({ raw }, reply) => {
      const call = calls.get(raw)
      // Sent as it is, `/v1/` names nothing.
      if (call === undefined) return reply.callNotFound()
      reply.hijack()
      serve(call)
    },
  })
  app.setNotFoundHandler(({ raw }, reply) => {
    reply.hijack()
    send(
      reply.raw,
      { status: 404, contentType: 'application/json', body: '{"errors":[]}\n' },
      {
        headOnly: raw.method === 'HEAD',
      },
    )
  })
  app.get('/', (_request, reply) => {
    reply.hijack()
    send(reply.raw, { status: 307, contentType: undefined, body: undefined }, { location: '/ui/' })
  })
  await pages?.(app)
  await app.ready()
  return { app, route: route as Route }
}

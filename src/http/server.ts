import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { RequestHandler } from '../backend/message.ts'
import type { CrossOrigin, PageHeaders } from '../backend/settings/web-settings.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import { CofferError } from '../base/errors.ts'
import type { Sessions } from '../core/sessions/sessions.ts'
import { send } from './answer/answer.ts'
import { refuseConnection } from './answer/refuse.ts'
import { newTrail, type Observe, sendError, serveApi } from './api.ts'
import { announcesMore } from './body/read-body.ts'
import { watchCertificates } from './certificates.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { closeListener, type Listener, type OpenListener, openListener, type Prepare } from './listener.ts'
import { type Log, silentLog } from './log/log.ts'
import { sendMissing } from './pages/missing.ts'
import { createSite } from './pages/site.ts'
import { remoteReader } from './request/forwarded.ts'
import { readTarget } from './request/path.ts'
import { isSessionPath, serveSession } from './session/serve.ts'
import type { CertificateReader } from './tls/clients.ts'
import { noteRequest } from './wire.ts'

export type HttpOptions = {
  readonly listeners: readonly Listener[]
  readonly handler: RequestHandler
  /** For all listeners; each may have its own beside them. */
  readonly limits?: Partial<Limits>
  readonly log?: Log
  readonly clock?: Clock
  /** Told of every request of the API that was answered. */
  readonly observe?: Observe
  /** Which pages of other sites may use the API, asked at each request of one; none without it. */
  readonly crossOrigin?: () => Promise<CrossOrigin | undefined>
  /** Headers of answers outside of the API. */
  readonly pageHeaders?: () => Promise<PageHeaders['headers']>
  /** What browsers hold in place of tokens; without it there are no sessions. */
  readonly sessions?: Sessions
  /** Where the web page was built, which is served below `/ui/`. */
  readonly pageFolder?: string
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

const unobserved: Observe = () => {}
const redirection = { status: 307, contentType: undefined, body: undefined }

/** RFC 9112 §3.2: every request of HTTP/1.1 names its host. */
const needsHost = ({ headers, httpVersion }: IncomingMessage) =>
  httpVersion !== '1.0' && headers.host === undefined

/**
 * Serves the API on all listeners, or on none of them.
 *
 * @throws invalid_config
 */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { crossOrigin = async () => undefined, pageHeaders = async () => [] } = options
  const { handler, log = silentLog, clock = systemClock(), observe = unobserved } = options
  const limits: Limits = { ...defaultLimits, ...options.limits }
  const { pageFolder } = options
  const site = pageFolder === undefined ? undefined : createSite(pageFolder, limits.answerTime)
  let stopping = false
  const doomed = new WeakSet<Duplex>()
  // Memory is the whole server's, whichever listener takes it.
  const budget = { used: 0, total: limits.allBodyBytes }
  const isClosing = (request: IncomingMessage) => stopping || doomed.has(request.socket)

  async function servePage(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (path === '/ui') return send(response, redirection, { location: '/ui/' })
    for (const [name, values] of await pageHeaders()) response.setHeader(name, [...values])
    if ((await site?.(path, request, response)) !== true) sendMissing(request, response)
  }

  function serve(
    server: Server,
    granted: Limits,
    listener: Listener,
    isPrivate: boolean,
    certificateOf?: CertificateReader,
  ): void {
    const { forwarded, openMetrics = false } = listener
    const sessions = isPrivate ? options.sessions : undefined
    const common = { handler, limits: granted, log, budget, isClosing, observe }
    const services = { ...common, crossOrigin, openMetrics, sessions }
    const remoteOf = remoteReader(forwarded, certificateOf)

    function onRequest(request: IncomingMessage, response: ServerResponse): void {
      const alias = noteRequest(request, response)
      const refuse = (error: unknown) => sendError(services, { request, response }, randomUUID(), error)
      try {
        if (stopping) throw new CofferError('stopping')
        if (needsHost(request)) {
          doomed.add(request.socket)
          throw new CofferError('invalid_request', 'the request names no host')
        }
        const remote = remoteOf(request)
        const target = readTarget(request.url ?? '')
        switch (target.kind) {
          case 'api':
            void serveApi(services, { ...target, request, response, alias, remote })
            break
          case 'redirect':
            send(response, redirection, { location: target.location })
            break
          case 'other':
            if (options.sessions !== undefined && isSessionPath(target.path)) {
              void serveSession(services, { ...target, request, response, remote })
            } else servePage(target.path, request, response).catch(refuse)
        }
      } catch (error) {
        observe(newTrail(), refuse(error), undefined)
      }
    }

    server.on('request', onRequest)
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      // A body that would be refused is better not sent at all.
      if (announcesMore(request, granted.bodyBytes)) doomed.add(request.socket)
      else response.writeContinue()
      onRequest(request, response)
    })
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      noteRequest(request, response)
      // Nobody reads the body that may follow.
      doomed.add(request.socket)
      const error = new CofferError('expectation_failed')
      observe(newTrail(), sendError(services, { request, response }, randomUUID(), error), undefined)
    })
    server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
      // Node has let go of the connection, so nobody else would hear that the client broke it off.
      socket.on('error', () => socket.destroy())
      refuseConnection(Object.assign(new Error(), { code: 'CONNECT' }), socket, doomed)
    })
    server.on('clientError', (error: Error, socket) => refuseConnection(error, socket, doomed))
  }

  const open: OpenListener[] = []
  try {
    for (const listener of options.listeners) {
      const granted = { ...limits, ...listener.limits }
      const prepare: Prepare = (server, isPrivate, certificateOf) =>
        serve(server, granted, listener, isPrivate, certificateOf)
      open.push(await openListener(listener, granted, () => clock.now(), prepare))
    }
  } catch (error) {
    await Promise.all(open.map((listener) => closeListener(listener, 0)))
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
    },
  }
}

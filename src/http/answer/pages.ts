import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { http } from '../../base/web/node-http.ts'
import { send } from './answer.ts'

/** Adds the routes of pages. */
export type AddPages = (app: FastifyInstance) => void | Promise<void>

/** Serves what lies outside of `/v1/`. */
export type Pages = {
  serve(request: IncomingMessage, response: ServerResponse): Promise<void>
  close(): Promise<void>
}

/** A server of the API alone: `/` leads to where the page would be, and the rest is not found. */
export const noPages: Pages = {
  serve: async (request, response) => sendMissing(request, response),
  close: async () => {},
}

/**
 * Serves pages by Fastify. It takes longer to load than the rest of the server to start, so nothing waits for it
 * but the requests for pages.
 */
export function createPages(add: AddPages): Pages {
  const router = createRouter(add)
  // Every request reports it; without one it is nobody's trouble.
  router.catch(() => {})
  return {
    serve: async (request, response) => (await router).route(request, response),
    close: async () => {
      const { app } = await router.catch(() => ({ app: undefined }))
      await app?.close()
    },
  }
}

type Route = (request: IncomingMessage, response: ServerResponse) => void

async function createRouter(add: AddPages): Promise<{ app: FastifyInstance; route: Route }> {
  const { default: fastify } = await import('fastify')
  const { promise, resolve } = Promise.withResolvers<Route>()
  const app = fastify({
    exposeHeadRoutes: false,
    serverFactory: (handler) => {
      resolve(handler)
      // Fastify wants a server of its own; this one never listens.
      return http.createServer()
    },
  })
  // Nothing is sent to pages, so no body is ever read, whatever the method.
  for (const method of http.METHODS) app.addHttpMethod(method, { hasBody: false, overrideExisting: true })
  app.setNotFoundHandler(({ raw }, reply) => {
    reply.hijack()
    sendMissing(raw, reply.raw)
  })
  await add(app)
  await app.ready()
  return { app, route: await promise }
}

function sendMissing(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/') {
    send(response, { status: 307, contentType: undefined, body: undefined }, { location: '/ui/' })
    return
  }
  const answer = { status: 404, contentType: 'application/json', body: '{"errors":[]}\n' }
  send(response, answer, { headOnly: request.method === 'HEAD' })
}

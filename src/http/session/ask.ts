import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ApiRequest, Reply, Trail } from '../../backend/message.ts'
import type { Remote } from '../../backend/remote.ts'
import { describeFailure } from '../../base/error-table.ts'
import { isFailure } from '../../base/errors.ts'
import { type ApiServices, newTrail } from '../api.ts'

/** A request about the session of the page, outside of `/v1/`. */
export type SessionCall = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly path: string
  readonly query: string
  readonly remote: Remote
}

export type Question = Pick<ApiRequest, 'verb' | 'path' | 'fields' | 'token'>

/** Asks the API, as a client of it would: the same policies, limits and records. */
export type Ask = (question: Question) => Promise<Reply>

/** @param told gets where the client stands with its rate limit */
export function createAsk(
  { handler, observe, openMetrics }: ApiServices,
  { request, remote }: SessionCall,
  isLate: () => boolean,
  told: Trail,
): Ask {
  return async (question) => {
    const trail = newTrail()
    const begin = performance.now()
    const seen = (status: number) => {
      if (trail.rateLimit !== undefined) told.rateLimit = trail.rateLimit
      observe(trail, status, performance.now() - begin)
    }
    try {
      const reply = await handler({
        ...question,
        id: randomUUID(),
        hasBody: question.verb === 'write',
        wrapTtl: undefined,
        headers: request.headers,
        remote,
        isLate,
        trail,
        openMetrics,
      })
      seen(reply.status ?? 200)
      return reply
    } catch (error) {
      seen(isFailure(error) ? describeFailure(error).status : 500)
      throw error
    }
  }
}

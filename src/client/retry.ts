import { setTimeout as pause } from 'node:timers/promises'
import { ClientError } from './error.ts'
import type { Transport, WireAnswer } from './transport.ts'

export type Outgoing = {
  readonly method: string
  /** Encoded, with `/v1/` and the query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

export type Send = (request: Outgoing) => Promise<{ wire: WireAnswer; url: string }>

/**
 * Sends to the first of several addresses that takes the connection, and stays with it. When none does, a
 * request that may be repeated (GET, DELETE) is tried again after a while; any other is given up, since the
 * caller is better placed to decide. A request that may have reached a server is repeated only if it is a GET.
 *
 * @param policy.delay milliseconds before the first repetition, doubled for each further one
 */
export function sendWithRetries(
  transport: Transport,
  addresses: readonly URL[],
  policy: { retries: number; delay: number },
): Send {
  let preferred = 0

  async function once(request: Outgoing): Promise<{ wire: WireAnswer; url: string }> {
    let last: unknown
    for (let turn = 0; turn < addresses.length; turn++) {
      const index = (preferred + turn) % addresses.length
      const base = addresses[index]
      if (base === undefined) continue
      try {
        const answer = await follow(transport, request, base)
        preferred = index
        return answer
      } catch (error) {
        last = error
        if (!isReason(error, 'unreachable') && !(request.method === 'GET' && isReason(error, 'broken')))
          throw error
      }
    }
    throw last
  }

  return async (request) => {
    const repeatable = request.method === 'GET' || request.method === 'DELETE'
    for (let attempt = 0; ; attempt++) {
      try {
        return await once(request)
      } catch (error) {
        if (attempt >= policy.retries || !repeatable || !isReason(error, 'unreachable')) throw error
        await pause(policy.delay * 2 ** attempt)
      }
    }
  }
}

const isReason = (error: unknown, reason: ClientError['reason']): boolean =>
  error instanceof ClientError && error.reason === reason

/**
 * Follows one redirect to the same path on another node, as a standby of a Vault cluster sends it. One that
 * leads elsewhere, or from https to http, is an answer like any other and ends as an error.
 */
async function follow(
  transport: Transport,
  request: Outgoing,
  base: URL,
): Promise<{ wire: WireAnswer; url: string }> {
  const url = new URL(base.origin + base.pathname.replace(/\/$/, '') + request.path)
  const wire = await transport.send({ ...request, url })
  const next = wire.status === 307 || wire.status === 308 ? URL.parse(wire.headers.location ?? '', url) : null
  const sameRequest = next !== null && next.pathname === url.pathname && next.search === url.search
  if (
    !sameRequest ||
    next.origin === url.origin ||
    (next.protocol !== url.protocol && next.protocol !== 'https:')
  ) {
    return { wire, url: url.origin + url.pathname }
  }
  return { wire: await transport.send({ ...request, url: next }), url: next.origin + next.pathname }
}

import { type Client, clientOver } from './calls.ts'
import { ClientError } from './error.ts'
import type { Send } from './nodes/outgoing.ts'
import type { WireAnswer } from './wire.ts'

export type BrowserOptions = {
  /** Where the page and the API are, such as `https://vault.example.org:8200`. */
  readonly origin: string
  readonly fetch: typeof fetch
  /** Milliseconds for one request and its answer; 60,000 if absent. */
  readonly timeout?: number
}

/**
 * A client for pages that the server itself serves. It holds no token: what a page may do follows from its cookie,
 * which goes along only to its own origin. Nothing is repeated by itself.
 */
export function createBrowserClient(options: BrowserOptions): Client {
  const { origin, timeout = 60_000 } = options
  const send: Send = async ({ method, path, headers, body, signal }) => {
    const url = origin + path
    const about = { method, url: url.replace(/\?.*$/s, '') }
    const wire = await exchange(
      options.fetch,
      url,
      { method, headers, ...(body && { body }), ...(signal && { signal }) },
      timeout,
      about,
    )
    return { wire, url: about.url }
  }
  return clientOver(
    { send, close: () => {}, cache: undefined },
    { token: '', namespace: '', wrapTtl: '', repeat: false },
  )
}

/**
 * One request by `fetch`, to the page's own origin alone.
 *
 * @param about what an error says of the request
 * @throws ClientError unreachable, timeout
 */
export async function exchange(
  fetch: typeof globalThis.fetch,
  url: string,
  request: {
    readonly method: string
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string
    readonly signal?: AbortSignal
  },
  timeout: number,
  about: { readonly method: string; readonly url: string },
): Promise<WireAnswer> {
  try {
    const answer = await fetch(url, {
      ...request,
      mode: 'same-origin',
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.any([AbortSignal.timeout(timeout), ...(request.signal ? [request.signal] : [])]),
    })
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() }
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError'
    if (late) throw new ClientError('timeout', `no answer within ${timeout / 1000} seconds`, about)
    // A page is not told why there was no answer, so the request may have been carried out.
    throw new ClientError('unreachable', 'the server cannot be reached', {
      ...about,
      sent: true,
      cause: error,
    })
  }
}

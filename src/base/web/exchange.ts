import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { fail } from '../errors.ts'
import { http, https } from './node-http.ts'

/** What is asked of another server. */
export type Question = {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** PEM; the only authorities trusted when given, else those of the system. */
  readonly ca?: string | undefined
}

export type Exchange = Question & {
  /** Milliseconds for the whole exchange. */
  readonly timeout: number
  /** Bytes of the answer's body. */
  readonly maxBytes: number
}

export type Exchanged = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/**
 * Asks another server once: bounded in time and size, and no redirect is followed, so that what the request
 * holds goes nowhere else.
 *
 * @throws provider_failed saying what went wrong, without anything of the answer or of the address's query
 */
export async function exchange(url: URL, options: Exchange): Promise<Exchanged> {
  const signal = AbortSignal.timeout(options.timeout)
  try {
    const response = await ask(url, options, signal)
    const status = response.statusCode ?? 0
    if (status >= 300 && status <= 399) {
      response.destroy()
      fail('provider_failed', `${place(url)} redirects elsewhere, which is not followed`)
    }
    return { status, headers: response.headers, body: await readBody(response, url, options.maxBytes) }
  } catch (cause) {
    if (!signal.aborted && !isSystemError(cause)) throw cause
    unreachable(url, cause, signal)
  }
}

/** Sends a question and waits for the head of the answer. Rejects with what the network says. */
export async function ask(
  url: URL,
  { method, headers, body, ca }: Question,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const options = { method, headers: { ...headers, 'accept-encoding': 'identity' }, signal }
  const request =
    url.protocol === 'https:'
      ? https.request(url, { ...options, ...(ca === undefined ? {} : { ca }) })
      : http.request(url, options)
  request.end(body)
  const [response] = await once(request, 'response')
  // An error after the answer has begun is the answer's, which whoever reads it is told.
  request.on('error', () => {})
  return response as IncomingMessage
}

/** @throws provider_failed for a body that is larger; what the network says, where it does not come to its end */
export async function readBody(response: IncomingMessage, url: URL, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) fail('provider_failed', `${place(url)} answered with more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException & { code: string } =>
  error instanceof Error && 'code' in error && error.name !== 'CofferError'

/** @throws provider_failed saying why there is no answer */
export function unreachable(url: URL, cause: unknown, signal: AbortSignal): never {
  const reason = signal.aborted
    ? 'did not answer in time'
    : `could not be reached (${(cause as NodeJS.ErrnoException).code ?? 'connection failed'})`
  fail('provider_failed', `${place(url)} ${reason}`, { cause })
}

/** An address as errors show it: a query might hold a secret. */
export const place = (url: URL) => `${url.origin}${url.pathname}`

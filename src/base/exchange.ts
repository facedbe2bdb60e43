import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { fail } from './errors.ts'
import { http, https } from './node-http.ts'

export type Exchange = {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** PEM; the only authorities trusted when given, else those of the system. */
  readonly ca?: string | undefined
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
    const body = await readBody(response, options.maxBytes)
    if (body === undefined) {
      fail('provider_failed', `${place(url)} answered with more than ${options.maxBytes} bytes`)
    }
    return { status, headers: response.headers, body }
  } catch (cause) {
    if (signal.aborted) fail('provider_failed', `${place(url)} did not answer in time`, { cause })
    if (!isSystemError(cause)) throw cause
    fail('provider_failed', `${place(url)} could not be reached (${cause.code})`, { cause })
  }
}

async function ask(
  url: URL,
  { method, headers, body, ca }: Exchange,
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

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException & { code: string } =>
  error instanceof Error && 'code' in error && error.name !== 'CofferError'

/** An address as errors show it: a query might hold a secret. */
const place = (url: URL) => `${url.origin}${url.pathname}`

import type { ServerResponse } from 'node:http'
import type { Answer } from './envelope.ts'

/** What an answer says beside its body. */
export type Manner = {
  /** End the connection after this answer. */
  readonly close?: boolean
  /** The status and the headers alone, as HEAD asks for. */
  readonly headOnly?: boolean
  /** Seconds. */
  readonly retryAfter?: number | undefined
  /** Where the client stands with its rate limit; `reset` in seconds. */
  readonly rateLimit?:
    | { readonly limit: number; readonly remaining: number; readonly reset: number }
    | undefined
  /** What the token lacked, as JSON in ASCII. */
  readonly denied?: string
  /** Where the client should ask instead. */
  readonly location?: string
}

/** The few pages of the API: they load nothing, are shown in no frame, and tell nobody their address, which may hold a code. */
const pageHeaders = [
  'Content-Security-Policy',
  "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy',
  'no-referrer',
  'X-Content-Type-Options',
  'nosniff',
  'X-Frame-Options',
  'DENY',
]

/** Sends an answer in one piece, unless the client is gone or has one already. */
export function send(
  response: ServerResponse,
  { status, contentType, body }: Answer,
  manner: Manner = {},
): void {
  if (response.headersSent || response.destroyed) return
  const headers: (string | number)[] = [
    'Cache-Control',
    'no-store',
    'Strict-Transport-Security',
    'max-age=31536000; includeSubDomains',
  ]
  if (contentType !== undefined) headers.push('Content-Type', contentType)
  if (contentType?.startsWith('text/html') === true) headers.push(...pageHeaders)
  if (manner.retryAfter !== undefined) headers.push('Retry-After', manner.retryAfter)
  if (manner.rateLimit !== undefined) {
    const { limit, remaining, reset } = manner.rateLimit
    headers.push('X-Ratelimit-Limit', limit, 'X-Ratelimit-Remaining', remaining, 'X-Ratelimit-Reset', reset)
  }
  if (manner.denied !== undefined) headers.push('X-Coffer-Denied', manner.denied)
  if (manner.location !== undefined) headers.push('Location', manner.location)
  if (manner.close === true) headers.push('Connection', 'close')
  const silent = body === undefined || manner.headOnly === true
  if (!silent) headers.push('Content-Length', Buffer.byteLength(body))
  else if (status !== 204) headers.push('Content-Length', 0)
  response.writeHead(status, headers)
  if (silent) response.end()
  else response.end(body)
}

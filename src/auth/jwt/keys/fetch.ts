import type { IncomingMessage } from 'node:http'
import { fail, isFailure } from '../../../base/errors.ts'
import { isJsonObject, type JsonObject, parseJson } from '../../../base/json/json.ts'
import { ask, place, readBody, unreachable } from '../../../base/web/exchange.ts'

export type FetchOptions = {
  /** PEM; the only authorities trusted when given, else those of the system. */
  readonly ca?: string | undefined
  /** Sent as `Authorization: Bearer`. Such a request follows no redirect. */
  readonly bearer?: string
  /** Milliseconds for the whole exchange. */
  readonly timeout?: number
  /** Bytes of the answer's body. */
  readonly maxBytes?: number
}

/** How a document is fetched from a provider; tests may pass their own. */
export type FetchJson = (url: URL, options?: FetchOptions) => Promise<JsonObject>

const defaultTimeout = 5_000
const defaultMaxBytes = 256 * 1024
const maxRedirects = 3

/**
 * Parses the address of a provider: https, or plain http on loopback, without a user or password in it.
 *
 * @throws invalid_request when it is no such address
 */
export function providerUrl(text: string, what: string): URL {
  const url = URL.parse(text)
  if (url === null) fail('invalid_request', `${what} is not a URL`)
  if (url.username !== '' || url.password !== '') {
    fail('invalid_request', `${what} must not hold a user name or password`)
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    fail('invalid_request', `${what} must begin with https:// (plain http is for loopback addresses only)`)
  }
  return url
}

/** Whether an address names this machine. */
export function isLoopback(url: URL): boolean {
  return /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/.test(url.hostname)
}

/**
 * GETs a JSON object from a provider: bounded in time and size, redirects only within the same origin.
 *
 * @throws provider_failed saying what went wrong, without anything of the answer's body
 */
export const fetchJson: FetchJson = async (url, options = {}) => {
  const signal = AbortSignal.timeout(options.timeout ?? defaultTimeout)
  let target = url
  for (let redirects = 0; ; redirects++) {
    const response = await get(target, options, signal)
    const next = redirection(response, target)
    if (next === undefined) return readObject(response, target, options, signal)
    response.destroy()
    if (options.bearer !== undefined || redirects >= maxRedirects || next.origin !== url.origin) {
      fail('provider_failed', `${place(url)} redirects elsewhere, which is not followed`)
    }
    target = next
  }
}

async function get(url: URL, { bearer, ca }: FetchOptions, signal: AbortSignal): Promise<IncomingMessage> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (bearer !== undefined) headers.authorization = `Bearer ${bearer}`
  try {
    return await ask(url, { method: 'GET', headers, ca }, signal)
  } catch (cause) {
    unreachable(url, cause, signal)
  }
}

function redirection(response: IncomingMessage, from: URL): URL | undefined {
  const { statusCode = 0, headers } = response
  if (statusCode < 300 || statusCode > 399) return undefined
  const next = URL.parse(headers.location ?? '', from)
  if (next !== null) return next
  response.destroy()
  fail('provider_failed', `${place(from)} redirects to no valid address`)
}

async function readObject(
  response: IncomingMessage,
  url: URL,
  options: FetchOptions,
  signal: AbortSignal,
): Promise<JsonObject> {
  if (response.statusCode !== 200) {
    response.destroy()
    fail('provider_failed', `${place(url)} answered with status ${response.statusCode}`)
  }
  const text = await readText(response, url, options.maxBytes ?? defaultMaxBytes, signal)
  const value = parsed(text)
  if (!isJsonObject(value)) fail('provider_failed', `${place(url)} did not answer with a JSON object`)
  return value
}

function parsed(text: string) {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

async function readText(
  response: IncomingMessage,
  url: URL,
  maxBytes: number,
  signal: AbortSignal,
): Promise<string> {
  try {
    return (await readBody(response, url, maxBytes)).toString('utf8')
  } catch (cause) {
    if (isFailure(cause)) throw cause
    unreachable(url, cause, signal)
  }
}

import type { Agent } from 'node:http'
import { http, https } from '../base/web/node-http.ts'
import { ClientError } from './error.ts'
import type { Transport, WireAnswer, WireRequest } from './wire.ts'

export type TransportOptions = {
  /** PEM texts that are trusted instead of the system's authorities. */
  readonly caCert?: readonly string[]
  readonly skipVerify?: boolean
  /** The name that the certificate must be for, where it differs from the address. */
  readonly serverName?: string
  /** Bytes of an answer's body. */
  readonly maxAnswer: number
}

export function createTransport(options: TransportOptions): Transport {
  const plain = new http.Agent({ keepAlive: true })
  const secure = new https.Agent({
    keepAlive: true,
    rejectUnauthorized: options.skipVerify !== true,
    ...(options.caCert === undefined ? {} : { ca: [...options.caCert] }),
    ...(options.serverName === undefined ? {} : { servername: options.serverName }),
  })
  return {
    send: (request) => exchange(request, options, request.url.protocol === 'https:' ? secure : plain),
    close: () => {
      plain.destroy()
      secure.destroy()
    },
  }
}

function exchange(request: WireRequest, limits: TransportOptions, agent: Agent): Promise<WireAnswer> {
  const isSecure = request.url.protocol === 'https:'
  const { promise, resolve, reject } = Promise.withResolvers<WireAnswer>()
  const about = { method: request.method, url: request.url.origin + request.url.pathname }
  const open = isSecure ? https.request : http.request
  const outgoing = open(request.url, { method: request.method, headers: request.headers, agent })

  // Nothing of a request leaves before the connection is there, with TLS not before the handshake is over.
  let sent = false
  const stop = (reason: ClientError['reason'], text: string): void => {
    reject(new ClientError(reason, text, about))
    outgoing.destroy()
  }
  const late = (span: number): void => {
    const { host } = request.url
    if (sent) stop('timeout', `${host} did not answer within ${inSeconds(span)} seconds`)
    else stop('unreachable', `${host} cannot be reached within ${inSeconds(span)} seconds`)
  }
  const began = performance.now()
  const timer = setTimeout(late, request.timeout, request.timeout)
  const connecting = setTimeout(late, request.connectTimeout, request.connectTimeout)
  const connected = (): void => {
    sent = true
    clearTimeout(connecting)
  }
  const failed = (error: Error): void => reject(explain(error, request.url, { ...about, sent }))

  outgoing.on('socket', (socket) => {
    if (outgoing.reusedSocket) connected()
    else socket.once(isSecure ? 'secureConnect' : 'connect', connected)
  })
  outgoing.on('error', (error: Error & { code?: string }) => {
    // The server had already closed the idle connection; what may be repeated simply goes out again.
    const stale = outgoing.reusedSocket && error.code === 'ECONNRESET' && request.resend
    const left = request.timeout - (performance.now() - began)
    if (stale && left > 0) resolve(exchange({ ...request, timeout: left }, limits, agent))
    else failed(error)
  })
  outgoing.on('close', () => {
    clearTimeout(timer)
    clearTimeout(connecting)
  })
  outgoing.on('response', (incoming) => {
    const parts: Buffer[] = []
    let size = 0
    incoming.on('data', (part: Buffer) => {
      size += part.length
      if (size > limits.maxAnswer) stop('bad_answer', `the answer is larger than ${limits.maxAnswer} bytes`)
      else parts.push(part)
    })
    incoming.on('error', failed)
    incoming.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8')
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body })
    })
  })
  outgoing.end(request.body)
  return promise
}

const inSeconds = (milliseconds: number): number => Math.ceil(milliseconds) / 1000

const noConnection = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EADDRNOTAVAIL',
])

const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
])

/** Turns what Node reports into what a person can act on. */
function explain(
  error: Error & { code?: string },
  url: URL,
  about: { method: string; url: string; sent: boolean },
): ClientError {
  if (error instanceof ClientError) return error
  const code = error.code ?? ''
  const make = (reason: ClientError['reason'], text: string) =>
    new ClientError(reason, text, { ...about, sent: about.sent || reason === 'broken', cause: error })

  if (noConnection.has(code) && !about.sent)
    return make('unreachable', `${url.host} cannot be reached (${code})`)
  if (untrusted.has(code)) {
    return make('tls', `the certificate of ${url.host} is signed by an authority that is not trusted here`)
  }
  if (code === 'CERT_HAS_EXPIRED') return make('tls', `the certificate of ${url.host} has expired`)
  if (code === 'CERT_NOT_YET_VALID') return make('tls', `the certificate of ${url.host} is not valid yet`)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return make('tls', `the certificate of ${url.host} is for another name`)
  }
  // OpenSSL's name for it stands in the text alone when Node gives the general code.
  if (/wrong.version.number|packet.length.too.long|http.request/i.test(`${code} ${error.message}`)) {
    return make('tls', `${url.host} does not speak HTTPS; is its address http://${url.host}?`)
  }
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') {
    return make('tls', `${url.host} refused the TLS handshake (${code})`)
  }
  if (code.startsWith('HPE_')) return make('bad_answer', `${url.host} did not answer in HTTP`)
  if (!about.sent && url.protocol === 'https:') {
    return make('unreachable', `${url.host} ended the connection before a request was sent (${code})`)
  }
  if (url.protocol === 'http:' && code === 'ECONNRESET') {
    return make('broken', `${url.host} closed the connection without an answer; does it want https://?`)
  }
  return make('broken', `the connection to ${url.host} broke (${code === '' ? error.name : code})`)
}

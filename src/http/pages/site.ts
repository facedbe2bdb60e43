import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import { policyHeader } from '../../backend/settings/web-settings.ts'
import { fail } from '../../base/errors.ts'
import { createFiles, isAsset, type PageFile } from './files.ts'

/** Stands in `index.html` for the nonce of an answer, where the page adds styles by script. */
const noncePlaceholder = 'COFFER_CSP_NONCE'

const policy = (style: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self'${style}`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

const headers: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy':
    'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-write=(self)',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
}

/** A file, and where it is none of the ordinary: its status, and what the policy adds for styles. */
type Found = PageFile & { readonly status?: number; readonly style?: string }

const missing: Found = {
  status: 404,
  contentType: 'text/plain; charset=utf-8',
  encoding: undefined,
  bytes: Buffer.from('The page is not built; build it with: npm run web:build\n'),
  lasting: false,
}

/** Serves a path, if it is one of the page. @throws method_not_allowed; not_found for a file that the build has not made */
export type Site = (path: string, request: IncomingMessage, response: ServerResponse) => Promise<boolean>

/**
 * Serves the built page below `/ui/`: its files, and `index.html` for every other path there, since the page finds its
 * views by itself.
 *
 * @param folder of the built page, which may be built anew at any time
 * @param answerTime milliseconds that a client may take for a file
 */
export function createSite(folder: string, answerTime: number): Site {
  const files = createFiles(folder)

  return async (path, request, response) => {
    if (!path.startsWith('/ui/')) return false
    const { method, headers } = request
    if (method !== 'GET' && method !== 'HEAD') fail('method_not_allowed')
    const name = path.slice('/ui/'.length)
    const file = name === 'index.html' ? undefined : await files.read(name, headers['accept-encoding'])
    if (file === undefined && isAsset(name)) fail('not_found')
    const { status = 200, style = '', ...answer }: Found = file ?? (await index())
    sendFile(answer, { status, style, headOnly: method === 'HEAD', answerTime }, response)
    return true
  }

  /** Its nonce is another one each time, so that it is sent as it is read. */
  async function index(): Promise<Found> {
    const found = await files.read('index.html', undefined)
    if (found === undefined) return missing
    const text = found.bytes.toString('utf8')
    if (!text.includes(noncePlaceholder)) return found
    const nonce = randomBytes(16).toString('base64url')
    const bytes = Buffer.from(text.replaceAll(noncePlaceholder, nonce))
    return { ...found, bytes, style: ` 'nonce-${nonce}'` }
  }
}

type SendOptions = {
  readonly status: number
  /** What the policy adds for styles. */
  readonly style: string
  readonly headOnly: boolean
  readonly answerTime: number
}

function sendFile(
  { contentType, encoding, bytes, lasting }: PageFile,
  { status, style, headOnly, answerTime }: SendOptions,
  response: ServerResponse,
): void {
  if (response.destroyed) return
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  // What the operator has set is another policy: browsers keep all of them (CSP Level 3 §8.1).
  const policies = [policy(style), response.getHeader(policyHeader) ?? []].flat().map(String)
  response.setHeader(policyHeader, policies)
  response.setHeader('Cache-Control', lasting ? 'public, max-age=31536000, immutable' : 'no-store')
  response.setHeader('Vary', 'Accept-Encoding')
  response.setHeader('Content-Type', contentType)
  if (encoding !== undefined) response.setHeader('Content-Encoding', encoding)
  response.setHeader('Content-Length', bytes.length)
  response.writeHead(status)
  if (headOnly) response.end()
  else if (bytes.length <= pieceBytes) response.end(bytes)
  else sendInPieces(bytes, answerTime, response)
}

const pieceBytes = 65_536

/** A client that reads slowly has one piece in memory and no more, and is cut off in the end. */
function sendInPieces(bytes: Buffer, answerTime: number, response: ServerResponse): void {
  function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
  }
  const timer = setTimeout(() => response.destroy(), answerTime).unref()
  // That the client went away is nobody's trouble.
  pipeline(Readable.from(pieces(), { objectMode: false, highWaterMark: 1 }), response, () =>
    clearTimeout(timer),
  )
}

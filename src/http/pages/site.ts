import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fail } from '../../base/errors.ts'
import { isAsset, type PageFile, readPageFile } from './files.ts'

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

const missing: PageFile = {
  contentType: 'text/plain; charset=utf-8',
  encoding: undefined,
  bytes: Buffer.from('The page is not built; build it with: npm run web:build\n'),
  lasting: false,
}

/**
 * Serves the built page below `/ui/`: its files, and `index.html` for every other path there, since the page finds its
 * views by itself.
 *
 * @param folder of the built page, which may be built anew at any time
 * @returns whether the path was one of the page
 * @throws method_not_allowed; not_found for a file that the build has not made
 */
export async function servePageAt(
  folder: string,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  if (!path.startsWith('/ui/')) return false
  const { method } = request
  if (method !== 'GET' && method !== 'HEAD') fail('method_not_allowed')
  const name = path.slice('/ui/'.length)
  const accepted = request.headers['accept-encoding']
  const file = name === 'index.html' ? undefined : await readPageFile(folder, name, accepted)
  if (file !== undefined) sendFile(file, 200, '', request, response)
  else if (isAsset(name)) fail('not_found')
  else await sendIndex(folder, request, response)
  return true
}

/** The nonce is another one each time, so that it is sent as it is read. */
async function sendIndex(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const index = await readPageFile(folder, 'index.html', undefined)
  if (index === undefined) return sendFile(missing, 404, '', request, response)
  const text = index.bytes.toString('utf8')
  if (!text.includes(noncePlaceholder)) return sendFile(index, 200, '', request, response)
  const nonce = randomBytes(16).toString('base64url')
  const bytes = Buffer.from(text.replaceAll(noncePlaceholder, nonce))
  sendFile({ ...index, bytes }, 200, ` 'nonce-${nonce}'`, request, response)
}

function sendFile(
  { contentType, encoding, bytes, lasting }: PageFile,
  status: number,
  style: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  // What the operator has set for pages comes first.
  const set = (name: string, value: string | number) => {
    if (!response.hasHeader(name)) response.setHeader(name, value)
  }
  for (const [name, value] of Object.entries(headers)) set(name, value)
  set('Content-Security-Policy', policy(style))
  response.setHeader('Cache-Control', lasting ? 'public, max-age=31536000, immutable' : 'no-store')
  response.setHeader('Vary', 'Accept-Encoding')
  response.setHeader('Content-Type', contentType)
  if (encoding !== undefined) response.setHeader('Content-Encoding', encoding)
  response.setHeader('Content-Length', bytes.length)
  response.writeHead(status)
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

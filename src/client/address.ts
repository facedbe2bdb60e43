import { ClientError } from './error.ts'

export const defaultAddress = 'https://127.0.0.1:8200'

/**
 * Checks the address of a server. A path before `/v1` is kept, for a server behind a proxy.
 *
 * @throws ClientError invalid_argument
 */
export function parseAddress(text: string): URL {
  const url = URL.parse(text.trim())
  if (url === null || url.hostname === '') {
    throw new ClientError('invalid_argument', `"${text}" is no address; write it as https://HOST:PORT`)
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new ClientError('invalid_argument', `"${text}" begins with neither https:// nor http://`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new ClientError('invalid_argument', 'an address must not hold a user name or a password')
  }
  url.search = ''
  url.hash = ''
  url.pathname = url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '')
  return url
}

/**
 * The path of a request on the wire: `/v1/` and the percent-encoded path. Leading and doubled slashes go;
 * a trailing one stays.
 *
 * @throws ClientError invalid_argument for `.` and `..`, which would name another path than the one written,
 * and for text that is no Unicode
 */
export function wirePath(path: string): string {
  const segments = path
    .replace(/^\/+/, '')
    .replace(/\/{2,}/g, '/')
    .split('/')
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    throw new ClientError('invalid_argument', 'a path must not contain the segments "." and ".."')
  }
  if (!path.isWellFormed()) throw new ClientError('invalid_argument', 'the path is not valid Unicode')
  return `/v1/${segments.map(encodeURIComponent).join('/')}`
}

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

const maxAddresses = 32

/**
 * Checks the addresses of the nodes of one cluster; one that stands there twice counts once. Where one of them is
 * https, all are: whoever blocks the way to one node must not learn a token so, on loopback neither.
 *
 * @throws ClientError invalid_argument
 */
export function parseAddresses(texts: readonly string[]): URL[] {
  const named = new Map(texts.map(parseAddress).map((url) => [url.href, url]))
  const urls = [...named.values()]
  if (urls.length === 0) throw new ClientError('invalid_argument', 'no address is given')
  if (urls.length > maxAddresses) {
    throw new ClientError('invalid_argument', `more than ${maxAddresses} addresses are given`)
  }
  const open = urls.find(({ protocol }) => protocol === 'http:')
  if (open !== undefined && urls.some(({ protocol }) => protocol === 'https:')) {
    throw new ClientError(
      'invalid_argument',
      `${open.origin} would send in clear what the other addresses encrypt; write it with https://`,
    )
  }
  return urls
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

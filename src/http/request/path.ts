import { isDots, maxPathBytes, printable, type RequestPath } from '../../backend/routes/path.ts'
import { fail } from '../../base/errors.ts'

/** What a request's target asks for. */
export type Target =
  | { readonly kind: 'api'; readonly path: RequestPath; readonly query: string }
  /** A target outside of `/v1/`, for pages. */
  | { readonly kind: 'other'; readonly path: string; readonly query: string }
  /** The same place, spelled as it should be. */
  | { readonly kind: 'redirect'; readonly location: string }

const prefix = '/v1/'
/** Nothing to decode, no empty segment, and none that begins with a dot. */
const plain = /^\/v1(?:\/[\w~!$&'()*+,;=:@-][\w~!$&'()*+,;=:@.-]*)+\/?$/
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads the target of a request line. Everything that is ever asked of a path is settled here, before anything
 * else looks at it: it is decoded once, `%2f` is a slash, and the result holds no `.`, `..` or empty segment
 * and no unprintable character. A slash at the end is kept. Nothing is normalised (NFC and NFD differ).
 *
 * @param raw as it was sent: the bytes as latin1, such as `/v1/secret/a%20b?list=true`
 * @throws invalid_path, malformed_path, not_acceptable_path; invalid_request_wrapped for what is no UTF-8
 */
export function readTarget(raw: string): Target {
  const target = raw.startsWith('/') ? raw : originForm(raw)
  const mark = target.indexOf('?')
  const spelled = mark < 0 ? target : target.slice(0, mark)
  const query = mark < 0 ? '' : target.slice(mark + 1)
  // What has a subtree is a folder, and is called so.
  if (spelled === '/v1/sys') return { kind: 'redirect', location: target.replace(spelled, '/v1/sys/') }
  if (plain.test(spelled)) return api(spelled, query)

  const decoded = decode(spelled)
  if (!printable.test(decoded)) fail('not_acceptable_path')
  const segments = spelled.split('/').slice(1)
  const hidden = segments
    .filter((segment) => !isDots(segment))
    .map(decode)
    .join('/')
  if (hidden.split('/').some(isDots)) fail('invalid_path', 'relative paths not supported')
  if (segments.some(isDots) || decoded.includes('//')) {
    const location = encodePath(cleanPath(decoded))
    return { kind: 'redirect', location: mark < 0 ? location : `${location}?${encodeQuery(query)}` }
  }
  return decoded.startsWith(prefix) && decoded.length > prefix.length
    ? api(decoded, query)
    : { kind: 'other', path: decoded, query }
}

/** Percent-encodes a path so that {@link readTarget} gives it back, and nothing in it means anything else. */
export function encodePath(path: string): string {
  return encodeURI(path).replace(/[?#]/g, encodeURIComponent)
}

function api(path: string, query: string): Target {
  if (Buffer.byteLength(path) - prefix.length > maxPathBytes) {
    fail('invalid_path', `the path is longer than ${maxPathBytes} bytes`)
  }
  // The only place where a path becomes one: all rules have been applied to it.
  return { kind: 'api', path: path.slice(prefix.length) as RequestPath, query }
}

/** RFC 9112 §3.2.2: a client may send the whole URL. Anything else that has no slash in front is no path. */
function originForm(raw: string): string {
  const rest = /^https?:\/\/[^/?]*(.*)$/i.exec(raw)?.[1]
  if (rest === undefined) fail('invalid_path', 'the request target is no path')
  return rest.startsWith('/') ? rest : `/${rest}`
}

function decode(text: string): string {
  if (/%(?![0-9a-f]{2})/i.test(text))
    fail('malformed_path', 'the path holds a percent sign without two hex digits')
  const bytes = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'))
  } catch {
    fail('invalid_request_wrapped', 'key contains invalid UTF-8 characters')
  }
}

/** Resolves `.`, `..` and empty segments; never climbs above the root, keeps a slash at the end. */
function cleanPath(path: string): string {
  const kept: string[] = []
  const segments = path.split('/')
  for (const segment of segments) {
    if (segment === '..') kept.pop()
    else if (segment !== '.' && segment !== '') kept.push(segment)
  }
  const last = segments.at(-1) as string
  const open = kept.length > 0 && (last === '' || isDots(last))
  return `/${kept.join('/')}${open ? '/' : ''}`
}

/** A header's value holds no bytes but printable ASCII. */
function encodeQuery(query: string): string {
  return query.replace(/[^!-~]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

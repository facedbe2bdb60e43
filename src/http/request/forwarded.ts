import type { IncomingMessage } from 'node:http'
import type { Remote } from '../../backend/remote.ts'
import { fail } from '../../base/errors.ts'
import type { CertificateReader } from '../tls/clients.ts'
import { elementAddress, networksOf, peerAddress } from './address.ts'

/** Whose word about a client's address is taken. */
export type Forwarded = {
  /** Addresses and networks of the proxies. */
  readonly proxies: readonly string[]
  /** How many addresses at the end of the header are passed over: proxies before the nearest one. */
  readonly hopSkips: number
  /** Refuse requests without the header; else the connection's address counts. */
  readonly rejectNotPresent: boolean
  /** Refuse requests that carry the header and come from elsewhere; else the connection's address counts. */
  readonly rejectNotAuthorized: boolean
}

/** Characters of the header, and addresses in it: far more than any chain of proxies makes. */
const maxLength = 8192
const maxHops = 256

/**
 * Tells where a request comes from: the other end of its connection or, behind a proxy that is believed, what
 * this one says. The port is always the connection's. The client's certificate is that of the connection, and
 * nobody's behind a proxy that is believed: the one on the connection is the proxy's own then.
 *
 * The header is a list that every proxy adds to at its end. Only what the believed ones added counts: the last
 * element, or the one that many before it; what stands in front of that was sent by the client and is not looked
 * at.
 *
 * @param certificateOf the certificate that the client of a connection has proven to be its own
 * @throws invalid_request (from the function that is returned) for what is to be refused, and for a header of a
 * believed proxy that does not hold an address where it should
 */
export function remoteReader(
  forwarded: Forwarded | undefined,
  certificateOf: CertificateReader = () => undefined,
): (request: IncomingMessage) => Remote {
  const direct = ({ socket }: IncomingMessage): Remote => {
    const certificate = certificateOf(socket)
    const address = peerAddress(socket.remoteAddress)
    const port = socket.remotePort ?? 0
    return certificate === undefined ? { address, port } : { address, port, certificate }
  }
  if (forwarded === undefined) return direct
  const { hopSkips, rejectNotPresent, rejectNotAuthorized } = forwarded
  const proxies = networksOf(forwarded.proxies)
  return (request) => {
    const peer = direct(request)
    const header = headerOf(request)
    if (header === undefined) {
      if (rejectNotPresent) fail('invalid_request', 'the X-Forwarded-For header is missing')
      const isProxy = peer.certificate !== undefined && proxies.has(peer.address)
      return isProxy ? { address: peer.address, port: peer.port } : peer
    }
    if (!proxies.has(peer.address)) {
      if (rejectNotAuthorized) {
        fail('invalid_request', 'an X-Forwarded-For header is not taken from this address')
      }
      return peer
    }
    return { address: addressIn(header, hopSkips), port: peer.port }
  }
}

/** The header's text; several headers are one list (RFC 9110 §5.3). */
function headerOf({ headers }: IncomingMessage): string | undefined {
  const header = headers['x-forwarded-for']
  // Node joins them for this header already; its types do not know.
  return typeof header === 'string' ? header : header?.join(',')
}

function addressIn(header: string, hopSkips: number): string {
  const hops = header.length > maxLength ? [] : header.split(',', maxHops + 1)
  if (hops.length === 0 || hops.length > maxHops) {
    fail('invalid_request', 'the X-Forwarded-For header is too long')
  }
  const hop = hops.at(-1 - hopSkips)
  if (hop === undefined) {
    fail(
      'invalid_request',
      `the X-Forwarded-For header holds ${hops.length} addresses, too few to skip ${hopSkips} of them`,
    )
  }
  return (
    elementAddress(hop.trim()) ??
    fail('invalid_request', 'the X-Forwarded-For header does not hold an address')
  )
}

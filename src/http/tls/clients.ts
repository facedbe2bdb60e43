import type { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { ClientCertificate, Remote } from '../../backend/remote.ts'

type CertificateOf = Remote['certificate']

/** Absent where a connection proved nothing. What is behind it is parsed when first called, once per connection. */
export type CertificateReader = (socket: Socket) => CertificateOf

/** The certificates that the clients of a listener have proven to be theirs, by connection. */
export type ProvenClients = {
  /** Remembers what the handshake of a connection proved. */
  note(socket: TLSSocket): void
  readonly of: CertificateReader
  /** Nothing that was proven so far counts any more. */
  forget(): void
}

/** @param now milliseconds since 1970 */
export function provenClients(now: () => number): ProvenClients {
  let proven = new WeakMap<Socket, NonNullable<CertificateOf>>()
  return {
    note(socket) {
      // A session that is resumed passes for authorized also where no certificate was ever shown.
      const shown = socket.authorized ? socket.getPeerX509Certificate() : undefined
      if (shown !== undefined) proven.set(socket, lazily(shown, now))
    },
    of: (socket) => proven.get(socket),
    forget: () => {
      proven = new WeakMap()
    },
  }
}

/** Its time may end while the connection lasts. */
function lazily(shown: X509Certificate, now: () => number): NonNullable<CertificateOf> {
  let parsed: ClientCertificate | undefined
  return () => {
    parsed ??= parse(shown)
    const { begins, expires } = parsed
    const at = now()
    return begins <= at && at <= expires ? parsed : undefined
  }
}

function parse(shown: X509Certificate): ClientCertificate {
  const { CN: commonName } = shown.toLegacyObject().subject
  return {
    der: shown.raw,
    fingerprint: shown.fingerprint256.replaceAll(':', '').toLowerCase(),
    serialNumber: decimal(shown.serialNumber),
    commonName: typeof commonName === 'string' ? commonName : undefined,
    begins: shown.validFromDate.getTime(),
    expires: shown.validToDate.getTime(),
  }
}

/** Authorities are not to give negative numbers, and yet some did. */
function decimal(hex: string): string {
  const digits = hex.replace('-', '')
  return `${digits === hex ? '' : '-'}${BigInt(`0x${digits}`)}`
}

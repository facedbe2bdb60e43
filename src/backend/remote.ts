/** A certificate by which a client has proven who it is (RFC 5280), as far as all who ask for it need it read. */
export type ClientCertificate = {
  /** DER. */
  readonly der: Uint8Array
  /** SHA-256 of it, hexadecimal, lower case. */
  readonly fingerprint: string
  /** Decimal. */
  readonly serialNumber: string
  /** The common name of its subject; undefined where it has none, or several. */
  readonly commonName: string | undefined
  /** Milliseconds since 1970. */
  readonly begins: number
  readonly expires: number
}

/** Where a request comes from. */
export type Remote = {
  readonly address: string
  readonly port: number
  /**
   * The certificate of the client at the other end of the connection. Absent, or undefined when it is called, unless
   * the client has the key of one, an authority in the listener's `tls_client_ca_file` vouches for it, it is valid at
   * the moment, and no proxy speaks for the client.
   */
  readonly certificate?: () => ClientCertificate | undefined
}

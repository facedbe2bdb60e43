import { createPrivateKey, KeyObject, randomBytes, webcrypto } from 'node:crypto'

/** A private key (PKCS #8) and its certificate, both PEM. */
export type Identity = { readonly key: string; readonly cert: string }

export type Wanted = {
  readonly commonName?: string
  /** Hexadecimal. */
  readonly serial?: string
  /** Milliseconds since 1970; an hour ago and in an hour unless said otherwise. */
  readonly begins?: number
  readonly expires?: number
  readonly use?: 'client' | 'server'
  /** Who signs it; nobody else without it. */
  readonly by?: Identity
  readonly isAuthority?: boolean
  /** IP addresses that it is good for, as a server's. */
  readonly addresses?: readonly string[]
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** Makes what a client shows, or an authority of such. */
export async function issue({
  commonName = 'client',
  use = 'client',
  by,
  ...wanted
}: Wanted): Promise<Identity> {
  // The library's own requirement, to be loaded before it.
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const subject = `CN=${commonName}`
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: by === undefined ? subject : new x509.X509Certificate(by.cert).subject,
    serialNumber: wanted.serial ?? `40${randomBytes(8).toString('hex')}`,
    notBefore: new Date(wanted.begins ?? Date.now() - 3_600_000),
    notAfter: new Date(wanted.expires ?? Date.now() + 3_600_000),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey:
      by === undefined ? keys.privateKey : createPrivateKey(by.key).toCryptoKey(algorithm, false, ['sign']),
    extensions: [
      new x509.BasicConstraintsExtension(wanted.isAuthority === true, undefined, true),
      ...(wanted.isAuthority === true
        ? []
        : [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[`${use}Auth`]])]),
      ...(wanted.addresses === undefined
        ? []
        : [
            new x509.SubjectAlternativeNameExtension(
              wanted.addresses.map((value) => ({ type: 'ip' as const, value })),
            ),
          ]),
    ],
  })
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' })
  return { key: String(key), cert: certificate.toString('pem') }
}

import { createPrivateKey, KeyObject, randomBytes, webcrypto } from 'node:crypto'
import type { JsonGeneralName } from '@peculiar/x509'
import { type HostName, nameConstraints } from './names.ts'

/** A private key (PKCS #8) and its certificate, both PEM, in one text. */
export type Pair = { readonly pem: string; readonly certificate: string }

const day = 86_400_000
export const authorityDays = 3650
export const leafDays = 90
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
/** RFC 5280 §4.2.1.10 */
const nameConstraintsId = '2.5.29.30'
/** Clocks of clients may be behind. */
const backdate = 3_600_000

/**
 * Makes an authority that can vouch for the given names alone, and for no authority below it.
 *
 * @param now milliseconds since 1970
 */
export async function issueAuthority(names: readonly HostName[], now: number): Promise<Pair> {
  const { x509, keys } = await prepare()
  // The name tells the authorities of several machines and years apart.
  const tag = randomBytes(4).toString('hex')
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=Coffer local authority ${tag}`,
    serialNumber: serialNumber(),
    notBefore: new Date(now - backdate),
    notAfter: new Date(now + authorityDays * day),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      new x509.Extension(nameConstraintsId, true, new Uint8Array(nameConstraints(names))),
    ],
  })
  return pair(keys, certificate.toString('pem'))
}

/**
 * Makes a server's certificate for the given names.
 *
 * @param authority of {@link issueAuthority}
 * @param now milliseconds since 1970
 */
export async function issueLeaf(authority: Pair, names: readonly HostName[], now: number): Promise<Pair> {
  const { x509, keys } = await prepare()
  const issuer = new x509.X509Certificate(authority.certificate)
  const signingKey = createPrivateKey(authority.pem).toCryptoKey(algorithm, false, ['sign'])
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=Coffer',
    issuer: issuer.subject,
    serialNumber: serialNumber(),
    notBefore: new Date(now - backdate),
    notAfter: new Date(now + leafDays * day),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map(({ kind, text }): JsonGeneralName => ({ type: kind, value: text })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return pair(keys, certificate.toString('pem'))
}

/** The library is loaded only when something is to be made, which is seldom. */
async function prepare() {
  // The library's own requirement, to be loaded before it.
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  x509.cryptoProvider.set(webcrypto as Crypto)
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  return { x509, keys }
}

function pair(keys: webcrypto.CryptoKeyPair, certificate: string): Pair {
  const key = String(KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }))
  return { pem: `${key}${certificate.trimEnd()}\n`, certificate: `${certificate.trimEnd()}\n` }
}

/** 16 random bytes that are neither negative nor padded (RFC 5280 §4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40
  return bytes.toString('hex')
}

import type { KeyObject } from 'node:crypto'
import { fail } from '../../../base/errors.ts'

type Algorithm = { name: string; hash?: string; namedCurve?: string }

/** How a certificate request is signed with a key. */
function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): Algorithm {
  if (asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  if (asymmetricKeyType === 'ed25519') return { name: 'Ed25519' }
  const curves: Readonly<Record<string, Algorithm>> = {
    prime256v1: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
    secp384r1: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
    secp521r1: { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' },
  }
  const known = curves[asymmetricKeyDetails?.namedCurve ?? '']
  return known ?? fail('internal', 'a key that signs no certificate request')
}

/**
 * A certificate request (RFC 2986), PEM.
 *
 * @param template PEM: its subject and extensions are taken, its key is not; empty for none
 * @throws invalid_request where the template is no request
 */
export async function signRequest(pair: KeyObject, half: KeyObject, template: string): Promise<string> {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const algorithm = algorithmOf(pair)
  const keys = {
    privateKey: pair.toCryptoKey(algorithm, true, ['sign']),
    publicKey: half.toCryptoKey(algorithm, true, ['verify']),
  }
  const given = () => {
    try {
      return new x509.Pkcs10CertificateRequest(template)
    } catch {
      return fail('invalid_request', 'could not decode PEM CSR')
    }
  }
  const base = template === '' ? undefined : given()
  const made = await x509.Pkcs10CertificateRequestGenerator.create({
    keys,
    signingAlgorithm: algorithm,
    ...(base === undefined ? {} : { name: base.subjectName, extensions: base.extensions }),
  })
  return `${made.toString('pem').trimEnd()}\n`
}

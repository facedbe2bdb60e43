/** The suites of TLS 1.2 that are offered: forward secrecy and authenticated encryption (RFC 9325 §4.2). */
const tls12: ReadonlyMap<string, string> = new Map([
  ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-RSA-CHACHA20-POLY1305'],
])
const tls13 = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256']

/** All that are good: what is offered unless the operator chooses. */
export const standardCiphers = [...tls13, ...tls12.values()].join(':')

/**
 * @param wrong refuses a suite that is not offered
 * @returns OpenSSL's names of the suites, those of TLS 1.3 before them
 */
export function cipherNames(suites: readonly string[], wrong: (text: string) => never): string {
  const names: string[] = [...tls13]
  for (const suite of suites) {
    const whole = suite.replace(/(?<=POLY1305)$/, '_SHA256')
    const name = tls12.get(whole)
    if (name !== undefined) names.push(name)
    else if (!tls13.includes(whole)) {
      wrong(`tls_cipher_suites holds ${JSON.stringify(suite)}; known are ${[...tls12.keys()].join(', ')}`)
    }
  }
  return names.join(':')
}

import { randomFillSync } from 'node:crypto'

/** Bytes of a nonce of AES-GCM (NIST SP 800-38D §8.2.2: 96 random bits). */
export const nonceBytes = 12

/** Writes nonces, one after another. None is given out twice. */
export type NonceSource = {
  /** Writes the next nonce into `target` at `offset`. */
  write(target: Buffer, offset: number): void
}

const noncesPerFill = 1024

/**
 * Random nonces, drawn in blocks: one call to the system's generator serves a thousand of them.
 *
 * @param fill fills a buffer with random bytes
 */
export function createNonceSource(fill: (pool: Buffer) => void = randomFillSync): NonceSource {
  const pool = Buffer.allocUnsafeSlow(noncesPerFill * nonceBytes)
  let at = pool.length
  return {
    write(target, offset) {
      if (at === pool.length) {
        fill(pool)
        at = 0
      }
      pool.copy(target, offset, at, at + nonceBytes)
      at += nonceBytes
    },
  }
}

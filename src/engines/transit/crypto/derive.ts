import { createHmac } from 'node:crypto'

const hashBytes = 32
const noSalt = Buffer.alloc(hashBytes)

/**
 * HKDF-SHA-256 without a salt (RFC 5869), the context as its info. Node's own takes at most 1,024 bytes of it.
 *
 * @param length bytes, at most 8,160
 */
export function derive(key: Uint8Array, context: Uint8Array, length: number): Buffer {
  const extracted = createHmac('sha256', noSalt).update(key).digest()
  const blocks: Buffer[] = []
  let last: Buffer = Buffer.alloc(0)
  for (let made = 0; made < length; made += hashBytes) {
    last = createHmac('sha256', extracted)
      .update(last)
      .update(context)
      .update(Buffer.from([blocks.length + 1]))
      .digest()
    blocks.push(last)
  }
  return Buffer.concat(blocks).subarray(0, length)
}

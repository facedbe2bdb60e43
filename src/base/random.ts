import { randomBytes, randomUUID } from 'node:crypto'

/** Where randomness comes from; tests may pass a seeded one. */
export type Random = {
  bytes(length: number): Buffer
  uuid(): string
  /** `length` characters drawn evenly from A–Z, a–z and 0–9 (5.95 bits each). */
  base62(length: number): string
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export const systemRandom: Random = {
  bytes: (length) => randomBytes(length),
  uuid: () => randomUUID(),
  base62: (length) => base62(length, randomBytes),
}

/** Draws by rejection: a byte of 248 or more would favour the first letters. */
function base62(length: number, draw: (size: number) => Buffer): string {
  let text = ''
  while (text.length < length) {
    for (const byte of draw(length - text.length + 8)) {
      if (byte < 248 && text.length < length) text += alphabet[byte % 62]
    }
  }
  return text
}

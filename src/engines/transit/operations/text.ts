import { decodeBase64 } from '../../../base/encoding/base64.ts'
import { fail } from '../../../base/errors.ts'

/** `vault:v<version>:<base64>`, the form of ciphertexts, signatures and HMACs. */
export const versioned = (version: number, encoded: string) => `vault:v${version}:${encoded}`

const prefix = 'vault:v'

/** @param what names the thing in the errors. @throws invalid_request */
export function splitVersioned(text: string, what: string): { version: number; encoded: string } {
  if (!text.startsWith(prefix)) fail('invalid_request', `invalid ${what}: no prefix`)
  const colon = text.indexOf(':', prefix.length)
  if (colon < 0) fail('invalid_request', `invalid ${what}: wrong number of fields`)
  const digits = text.slice(prefix.length, colon)
  if (!/^[+-]?\d{1,9}$/.test(digits)) {
    fail('invalid_request', `invalid ${what}: version number could not be decoded`)
  }
  return { version: Number(digits), encoded: text.slice(colon + 1) }
}

/** @param before stands before the reason. @throws invalid_request */
export function fromBase64(text: string, before = ''): Buffer {
  const decoded = decodeBase64(text)
  if (decoded.at === undefined) return decoded.bytes
  fail('invalid_request', `${before}illegal base64 data at input byte ${decoded.at}`)
}

/** @throws invalid_request with the text alone */
export function fromBase64Or(text: string, refusal: string): Buffer {
  const decoded = decodeBase64(text)
  return decoded.at === undefined ? decoded.bytes : fail('invalid_request', refusal)
}

/** The context of derivation, absent where none was sent. */
export const contextOf = (text: string | undefined, refusal?: string): Buffer | undefined => {
  if (text === undefined || text === '') return undefined
  return refusal === undefined ? fromBase64(text) : fromBase64Or(text, refusal)
}

import { fail } from '../../base/errors.ts'
import { withoutEnd } from '../../base/text.ts'

/** A token XORed with a one-time password of the same length; base64 without padding. */
export function encodeToken(token: string, otp: string): string {
  const mixed = mix(Buffer.from(token), Buffer.from(otp))
  if (mixed === undefined) fail('internal', 'a root token and its one-time password differ in length')
  return withoutPadding(mixed)
}

/**
 * Undoes {@link encodeToken}.
 *
 * @throws invalid_request when a part is missing, no base64, or of another length than the other
 */
export function decodeToken(encoded: string, otp: string): string {
  if (encoded === '' || otp === '') fail('invalid_request', "provided 'encoded_token' or 'otp' is empty")
  const bytes = Buffer.from(encoded, 'base64')
  if (withoutPadding(bytes) !== withoutEnd(encoded, '=')) {
    fail('invalid_request', "error decoding base64'd token: illegal base64 data")
  }
  const password = Buffer.from(otp)
  const token = mix(bytes, password)
  if (token === undefined) {
    const lengths = `${bytes.length} != ${password.length}`
    fail('invalid_request', `error xoring token: length of byte slices is not equivalent: ${lengths}`)
  }
  return token.toString()
}

const withoutPadding = (bytes: Buffer) => withoutEnd(bytes.toString('base64'), '=')

function mix(a: Buffer, b: Buffer): Buffer | undefined {
  return a.length === b.length ? Buffer.from(a.map((byte, i) => byte ^ (b[i] as number))) : undefined
}

import { fail } from '../../base/errors.ts'

/**
 * Takes the one-time password off an encoded root token: base64 without padding of token XOR password.
 *
 * @throws invalid_request when the two do not fit each other
 */
export function decodeToken(encoded: string, password: string): string {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded)) fail('invalid_request', 'the encoded token is not base64')
  const mixed = Buffer.from(encoded, 'base64')
  const key = Buffer.from(password)
  if (mixed.length !== key.length)
    fail('invalid_request', 'the one-time password is not as long as the token')
  const token = Buffer.from(mixed.map((byte, index) => byte ^ (key[index] ?? 0))).toString('latin1')
  if (!/^[\x21-\x7e]+$/.test(token))
    fail('invalid_request', 'the one-time password does not belong to this token')
  return token
}

import { fail } from '../../../base/errors.ts'

/** `r ‖ s` as the DER of `SEQUENCE { INTEGER, INTEGER }` (RFC 3279 §2.2.3). */
export function toDer(joined: Buffer): Buffer {
  const half = joined.length / 2
  const content = Buffer.concat([integer(joined.subarray(0, half)), integer(joined.subarray(half))])
  return Buffer.concat([Buffer.from([0x30, ...lengthOf(content.length)]), content])
}

function integer(value: Buffer): Buffer {
  let start = 0
  while (start < value.length - 1 && value[start] === 0) start++
  const digits = value.subarray(start)
  const sign = (digits[0] ?? 0) & 0x80 ? [0] : []
  return Buffer.concat([Buffer.from([0x02, digits.length + sign.length, ...sign]), digits])
}

const lengthOf = (length: number) => (length < 0x80 ? [length] : [0x81, length])

/**
 * The reverse; undefined for integers that no signature on the curve has.
 *
 * @param bytes of one coordinate
 * @throws invalid_request for what is no such sequence, or has more behind it
 */
export function fromDer(der: Buffer, bytes: number): Buffer | undefined {
  const invalid = (): never => fail('invalid_request', 'supplied signature is invalid')
  if (der[0] !== 0x30) invalid()
  const long = der[1] === 0x81
  const start = long ? 3 : 2
  const length = der[start - 1] ?? 0
  // The shortest form alone is DER.
  if (length >= 0x80 !== long || start + length > der.length) invalid()
  if (start + length < der.length) fail('invalid_request', 'supplied signature contains extra data')
  const halves: (Buffer | undefined)[] = []
  let at = start
  for (let i = 0; i < 2; i++) {
    const size = der[at + 1] ?? 0
    const value = der.subarray(at + 2, at + 2 + size)
    const padded = value[0] === 0 && value.length > 1
    if (der[at] !== 0x02 || size === 0 || size >= 0x80 || value.length !== size) invalid()
    if (padded && ((value[1] ?? 0) & 0x80) === 0) invalid()
    const digits = padded ? value.subarray(1) : value
    const negative = ((value[0] ?? 0) & 0x80) !== 0
    const fits = !negative && digits.length <= bytes
    halves.push(fits ? Buffer.concat([Buffer.alloc(bytes - digits.length), digits]) : undefined)
    at += 2 + size
  }
  if (at !== der.length) invalid()
  const [r, s] = halves
  return r === undefined || s === undefined ? undefined : Buffer.concat([r, s])
}

import { fail } from '../../base/errors.ts'

/** Shares in both writings of an answer; the bytes are zeroed. */
export function writeShares(shares: readonly Buffer[]): { hex: string[]; base64: string[] } {
  const hex = shares.map((share) => share.toString('hex'))
  const base64 = shares.map((share) => share.toString('base64'))
  for (const share of shares) share.fill(0)
  return { hex, base64 }
}

/** @throws invalid_request when somebody asks for something encrypted with PGP */
export function refusePgp(sent: Readonly<Record<string, string | readonly string[] | undefined>>): void {
  for (const [name, value] of Object.entries(sent)) {
    if (value !== undefined && value.length > 0) {
      fail('invalid_request', `PGP is not supported: leave out ${name} and encrypt what is answered yourself`)
    }
  }
}

/** @throws invalid_request when no share was sent */
export function requireKey(key: string | undefined): string {
  return key || fail('invalid_request', "'key' must be specified in request body as JSON")
}

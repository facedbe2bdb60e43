import { HOTP, Secret, TOTP, URI } from 'otpauth'
import { isTotp } from './is-totp.ts'

/** One-time codes by time (RFC 6238). */
export type Totp = {
  /** Empty where the address does not say. */
  readonly issuer: string
  readonly account: string
  /** Seconds. */
  readonly period: number
  /** @param time milliseconds since 1970 */
  readonly codeAt: (time: number) => string
}

export type TotpFault = 'address' | 'counter' | 'secret' | 'settings'
export type TotpRead = { readonly totp: Totp } | { readonly fault: TotpFault }

/** Characters of an address, at most. */
const mostCharacters = 2000
/** Other numbers than these make codes that nothing takes. */
const fewestDigits = 6
const mostDigits = 10
const longestPeriod = 3600

/** Reads an `otpauth://totp/…` address. */
export function readTotp(address: string): TotpRead {
  if (address.length > mostCharacters || !isTotp(address)) return { fault: 'address' }
  const secret = /[?&]secret=([^&]*)/i.exec(address)?.[1] ?? ''
  let read: HOTP | TOTP
  try {
    read = URI.parse(address.trim())
  } catch {
    return { fault: keyOf(secret) === undefined ? 'secret' : 'address' }
  }
  if (read instanceof HOTP) return { fault: 'counter' }
  if (keyOf(secret) === undefined) return { fault: 'secret' }
  const { digits, period, issuer, label } = read
  if (digits < fewestDigits || digits > mostDigits || period > longestPeriod) return { fault: 'settings' }
  return {
    totp: { issuer, account: label, period, codeAt: (timestamp) => read.generate({ timestamp }) },
  }
}

export const algorithms = ['SHA1', 'SHA256', 'SHA512'] as const

export type TotpSettings = {
  readonly algorithm: (typeof algorithms)[number]
  readonly digits: number
  /** Seconds. */
  readonly period: number
}

export const usualSettings: TotpSettings = { algorithm: 'SHA1', digits: 6, period: 30 }

/**
 * The address that a key in base32, as sites show it, makes with the settings.
 *
 * @param account what it is for
 * @returns undefined for what is no such key, or one that was cut
 */
export function addressOfKey(key: string, account: string, settings: TotpSettings): string | undefined {
  const clean = keyOf(key)
  if (clean === undefined) return undefined
  const label = account.toWellFormed().replaceAll(':', ' ').trim() || 'Coffer'
  return new TOTP({ label, secret: Secret.fromBase32(clean), ...settings }).toString()
}

/** A key without what people put into it to read it better; undefined for what is no base32 of whole bytes. */
function keyOf(text: string): string | undefined {
  const clean = text.replace(/%3D/gi, '=').replace(/[\s-]/g, '').replace(/=+$/, '').toUpperCase()
  const isWhole = ![1, 3, 6].includes(clean.length % 8)
  return clean.length <= mostCharacters && /^[A-Z2-7]{2,}$/.test(clean) && isWhole ? clean : undefined
}

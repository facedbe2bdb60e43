import { createHmac, hash, type KeyObject, verify } from 'node:crypto'
import { type Link, partBefore } from '../check/link.ts'

export { isFragment, type Link, lineTime, noHash, parseLink, type Start } from '../check/link.ts'

export const lineHash = (line: Uint8Array | string): string => hash('sha256', line)

export const macOf = (key: KeyObject, text: string | Uint8Array): string =>
  createHmac('sha256', key).update(text).digest('hex')

export function isMacRight(key: KeyObject, line: string, { mac }: Link): boolean {
  const text = mac === undefined ? undefined : partBefore(line, 'mac', mac)
  return text !== undefined && macOf(key, text) === mac
}

export function isSignatureRight(key: KeyObject, line: string, { sig }: Link): boolean {
  const text = sig === undefined ? undefined : partBefore(line, 'sig', sig)
  if (text === undefined || sig === undefined) return false
  const bytes = Buffer.from(sig, 'base64')
  // One signature has one spelling, so that no character of a line can be changed.
  return bytes.toString('base64') === sig && verify(null, Buffer.from(text), key, bytes)
}

import { isIP } from 'node:net'
import { hostname } from 'node:os'
import ipaddr from 'ipaddr.js'
import { fail } from '../../base/errors.ts'

/** A name that a certificate may stand for. DNS names are lower-case and may begin with `*.`. */
export type HostName = { readonly kind: 'dns' | 'ip'; readonly text: string }

const dnsName = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * The names that every certificate made here holds.
 *
 * @throws invalid_config for what is neither a DNS name nor an IP address
 */
export function requiredNames(configured: readonly string[]): HostName[] {
  const texts = new Set(['localhost', '127.0.0.1', '::1', ...configured.map((name) => name.toLowerCase())])
  return [...texts].map(
    (text) =>
      readName(text) ?? fail('invalid_config', `${JSON.stringify(text)} is no DNS name and no IP address`),
  )
}

/** The name of this machine, where it can stand in a certificate. */
export function machineName(): HostName | undefined {
  return readName(hostname().toLowerCase())
}

function readName(text: string): HostName | undefined {
  if (isIP(text) !== 0) return { kind: 'ip', text }
  return text.length <= 253 && dnsName.test(text) ? { kind: 'dns', text } : undefined
}

/**
 * The DER of one permitted subtree of a name constraint (RFC 5280 §4.2.1.10): a DNS name with what lies below
 * it, or one address.
 */
export function subtree({ kind, text }: HostName): Buffer {
  if (kind === 'dns') return sequence(element(0x82, Buffer.from(text.replace(/^\*\./, ''), 'ascii')))
  const bytes = Buffer.from(ipaddr.parse(text).toByteArray())
  return sequence(element(0x87, Buffer.concat([bytes, Buffer.alloc(bytes.length, 0xff)])))
}

/** The DER of a NameConstraints extension that permits these names, and no other of their kinds. */
export function nameConstraints(names: readonly HostName[]): Buffer {
  return sequence(element(0xa0, Buffer.concat(names.map(subtree))))
}

const sequence = (content: Buffer) => element(0x30, content)

/** A tag, a length (X.690 §8.1.3) and the content. */
function element(tag: number, content: Buffer): Buffer {
  const size = content.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

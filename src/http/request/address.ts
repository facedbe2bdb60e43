import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Longer texts are no addresses. */
const maxLength = 64

/** A set of addresses. */
export type Networks = { has(address: string): boolean }

/**
 * The one spelling of an address: IPv6 as RFC 5952 writes it, IPv4 in IPv6 as IPv4. Short, octal and hexadecimal
 * forms of IPv4 and zones are no addresses here.
 *
 * @returns undefined when it is none
 */
export function canonicalAddress(text: string): string | undefined {
  if (text.length > maxLength || isIP(text) === 0 || text.includes('%')) return undefined
  if (isIP(text) === 4) return text
  const address = parse(text)
  return (isMapped(address) ? address.toIPv4Address() : address).toString()
}

/**
 * The address in an element of `X-Forwarded-For`: alone or, as some proxies write it, with a port, where IPv6 is
 * in brackets.
 */
export function elementAddress(text: string): string | undefined {
  if (text.length > maxLength) return undefined
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{1,5})?$/.exec(text) ?? []
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? canonicalAddress(bracketed) : undefined
  return canonicalAddress(plain ?? text)
}

/** The address at the other end of a connection. A link's name, as in `fe80::1%eth0`, is left out. */
export function peerAddress(text = ''): string {
  // Most are IPv4, which needs no second look.
  if (!text.includes(':')) return text
  const [address = ''] = text.split('%')
  return canonicalAddress(address) ?? address
}

/** @param networks addresses and blocks (`10.0.0.0/8`), checked before; IPv4 in IPv6 counts as IPv4 */
export function networksOf(networks: readonly string[]): Networks {
  const blocks = networks.map(blockOf)
  return {
    has(address) {
      if (isIP(address) === 0) return false
      const parsed = parse(address)
      const wanted = isMapped(parsed) ? parsed.toIPv4Address() : parsed
      return blocks.some(([base, bits]) => base.kind() === wanted.kind() && wanted.match(base, bits))
    },
  }
}

function blockOf(network: string): [Address, number] {
  const [text = '', bits] = network.split('/')
  const base = parse(text)
  const length = bits === undefined ? (base.kind() === 'ipv6' ? 128 : 32) : Number(bits)
  return isMapped(base) && length >= 96 ? [base.toIPv4Address(), length - 96] : [base, length]
}

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** @param text an address. One of IPv6 that ends in dots goes by URL: the library takes `::1.2.3.4` for mapped */
const parse = (text: string): Address =>
  ipaddr.parse(
    isIP(text) === 6 && text.includes('.') ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text,
  )

const isMapped = (address: Address): address is ipaddr.IPv6 =>
  address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()

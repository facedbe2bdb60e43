import { BlockList, isIP } from 'node:net'

/** Whether an address lies in one of the networks; an empty list allows all. */
export function fromBoundAddress(networks: readonly string[], address: string): boolean {
  if (networks.length === 0) return true
  const list = new BlockList()
  for (const network of networks) {
    const [base = '', bits] = network.split('/')
    const family = isIP(base) === 6 ? 'ipv6' : 'ipv4'
    if (isIP(base) === 0) continue
    list.addSubnet(base, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family)
  }
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address
  return isIP(plain) !== 0 && list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
}

/** Whether a text is an address or a network such as `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  if (bits === undefined) return most > 0
  return more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most
}

/** Whether all addresses of one network are among those of another; each as {@link isNetwork} takes them. */
export function isWithin(inner: string, outer: string): boolean {
  const [base = '', bits] = inner.split('/')
  const [outerBase = '', outerBits] = outer.split('/')
  const family = isIP(base)
  if (family === 0 || family !== isIP(outerBase)) return false
  const all = family === 6 ? 128 : 32
  return Number(bits ?? all) >= Number(outerBits ?? all) && fromBoundAddress([outer], base)
}

/** A network of one address is written as that address. */
export function shortNetwork(text: string): string {
  const [address = '', bits] = text.split('/')
  return Number(bits) === (isIP(address) === 6 ? 128 : 32) ? address : text
}

import { fail } from '../../base/errors.ts'

/**
 * `host:port`, `[::1]:port`, or `:port` for loopback.
 *
 * @param name where it was written, for the error
 * @throws invalid_config
 */
export function splitAddress(address: string, name: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(address) ?? []
  if (port === undefined) {
    fail('invalid_config', `${name} must be an address and a port, such as 127.0.0.1:8200 or [::1]:8200`)
  }
  return { host: bracketed ?? (plain || '127.0.0.1'), port: portOf(port, name) }
}

/** @throws invalid_config when it is no number of a port */
export function portOf(text: string, name: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  return port <= 65_535 ? port : fail('invalid_config', `${name} must be a port: a number up to 65535`)
}

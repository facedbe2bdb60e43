import { parseDuration } from '../../base/duration.ts'
import { fail } from '../../base/errors.ts'
import type { Address } from './socket.ts'
import { facilityOf } from './syslog.ts'

/** Where a device on a socket writes; the timeout in milliseconds. */
export type SocketDestination = {
  readonly kind: 'socket'
  readonly address: Address
  readonly timeout: number
  /** Of a system log: what its lines are filed under. */
  readonly syslog?: { readonly facility: number; readonly tag: string }
}

type Options = Readonly<Record<string, string>>

/** Below the time after which a device is given up that does not answer. */
const longestTimeout = 4
const standardTimeout = '2s'
/** Where the system log of most machines listens. */
export const localSyslog = '/dev/log'
const syslogPort = 514

/** @throws invalid_request naming the option */
export function socketDestination(options: Options): SocketDestination {
  const { address, socket_type: transport = 'tcp' } = options
  if (address === undefined || address === '') fail('invalid_request', 'address is required')
  return { kind: 'socket', address: addressOf(address, transport), timeout: timeoutOf(options) }
}

/** @throws invalid_request naming the option */
export function syslogDestination(options: Options): SocketDestination {
  const { address = localSyslog, facility = 'AUTH', tag = 'coffer' } = options
  const { socket_type: transport = address.startsWith('/') ? 'unix' : 'udp' } = options
  const number = facilityOf(facility)
  if (number === undefined)
    fail('invalid_request', `unknown facility ${JSON.stringify(facility.slice(0, 20))}`)
  if (!/^[A-Za-z0-9_.-]{1,32}$/.test(tag)) {
    fail('invalid_request', 'tag has 1 to 32 letters, digits, "_", "-" and "."')
  }
  return {
    kind: 'socket',
    address: addressOf(address, transport, syslogPort),
    timeout: timeoutOf(options),
    syslog: { facility: number, tag },
  }
}

function addressOf(text: string, transport: string, standardPort?: number): Address {
  if (transport === 'unix') {
    // The system takes no longer ones.
    const isPath = text.startsWith('/') && Buffer.byteLength(text) <= 107 && /^[ -~]+$/.test(text)
    if (!isPath || text.split('/').some((part) => part === '..' || part === '.')) {
      fail('invalid_request', 'address must be the absolute path of a socket, of 107 bytes at most')
    }
    return { transport, path: text }
  }
  if (transport !== 'tcp' && transport !== 'udp') {
    fail('invalid_request', `unknown socket_type ${JSON.stringify(transport.slice(0, 20))}: tcp, udp or unix`)
  }
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9a-fA-F:.]{2,45})\]|([A-Za-z0-9._-]{1,253}))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = bracketed ?? plain
  const port = digits === undefined ? standardPort : Number(digits)
  if (host === undefined || port === undefined || port < 1 || port > 65_535) {
    fail('invalid_request', 'address must be HOST:PORT, with an address of IPv6 in brackets')
  }
  return { transport, host, port }
}

function timeoutOf({ write_timeout: text = standardTimeout }: Options): number {
  const seconds = parseDuration(text, 'write_timeout')
  if (seconds < 1 || seconds > longestTimeout) {
    fail('invalid_request', `write_timeout must be from 1s to ${longestTimeout}s`)
  }
  return seconds * 1000
}

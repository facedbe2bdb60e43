import { hostname } from 'node:os'
import type { Address } from './socket.ts'

/** Facilities by their usual names, RFC 5424 §6.2.1. */
const facilities: readonly (string | undefined)[] = [
  'KERN',
  'USER',
  'MAIL',
  'DAEMON',
  'AUTH',
  'SYSLOG',
  'LPR',
  'NEWS',
  'UUCP',
  'CRON',
  'AUTHPRIV',
  'FTP',
  ...Array.from({ length: 4 }, () => undefined),
  ...Array.from({ length: 8 }, (_, i) => `LOCAL${i}`),
]
const informational = 6

/** The number of a facility, whatever the case of its name; undefined for what is none. */
export function facilityOf(name: string): number | undefined {
  const at = facilities.indexOf(name.toUpperCase())
  return at < 0 ? undefined : at
}

/**
 * Wraps lines for a system log, which carries each unchanged as its message: as RFC 3164 for a socket of this
 * machine, and as RFC 5424 over the network, where TCP counts the octets (RFC 6587 §3.4.1).
 *
 * @param now milliseconds since 1970
 */
export function syslogFrame(
  facility: number,
  tag: string,
  transport: Address['transport'],
  now: () => number,
): (line: Buffer) => Buffer {
  const priority = `<${facility * 8 + informational}>`
  const host = hostname().replace(/[^!-~]/g, '') || '-'
  return (line) => {
    const message = line.subarray(0, -1)
    const time = new Date(now())
    if (transport === 'unix') {
      return Buffer.concat([Buffer.from(`${priority}${oldTime(time)} ${tag}[${process.pid}]: `), line])
    }
    const head = Buffer.from(`${priority}1 ${time.toISOString()} ${host} ${tag} ${process.pid} - - `)
    if (transport === 'udp') return Buffer.concat([head, message])
    return Buffer.concat([Buffer.from(`${head.length + message.length} `), head, message])
  }
}

/** `Nov  6 09:05:01`, in UTC. */
function oldTime(time: Date): string {
  const [, day = '', month = '', , clock = ''] = time.toUTCString().split(' ')
  return `${month} ${day.replace(/^0/, ' ')} ${clock}`
}

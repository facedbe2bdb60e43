import { fail, isFailure } from '../base/errors.ts'
import type { RenderOptions } from './render/render.ts'
import { type SocketDestination, socketDestination, syslogDestination } from './sockets/options.ts'

/** Where a device writes. */
export type Destination =
  | { kind: 'discard' }
  | { kind: 'stdout' }
  | { kind: 'file'; path: string; mode: number | undefined }
  | SocketDestination

export type DeviceOptions = { readonly destination: Destination; readonly render: RenderOptions }

const maxPathBytes = 4096

/** `format` has one value; `prefix` must be empty, since a line that is no JSON cannot be checked. */
const common = ['format', 'prefix', 'log_raw', 'hmac_accessor', 'elide_list_responses']
const ofSockets = [...common, 'address', 'socket_type', 'write_timeout']

type DeviceType = {
  readonly known: readonly string[]
  readonly destination: (options: Readonly<Record<string, string>>) => Destination
}

const types: ReadonlyMap<string, DeviceType> = new Map<string, DeviceType>([
  [
    'file',
    {
      known: [...common, 'file_path', 'path', 'mode'],
      destination: ({ file_path: path, path: older, mode }) => destination(path ?? older, mode),
    },
  ],
  ['socket', { known: ofSockets, destination: socketDestination }],
  ['syslog', { known: [...ofSockets, 'facility', 'tag'], destination: syslogDestination }],
])

/**
 * Reads the options of a device, with Vault's names and defaults.
 *
 * @throws invalid_request naming the option
 */
export function deviceOptions(type: string, options: Readonly<Record<string, string>>): DeviceOptions {
  const known = types.get(type)
  if (known === undefined) fail('invalid_request', `unknown backend type: ${JSON.stringify(type)}`)
  const unknown = Object.keys(options).filter((name) => !known.known.includes(name))
  if (unknown.length > 0)
    fail('invalid_request', `unknown options for a ${type} audit device: ${unknown.sort().join(', ')}`)
  const { format = 'json', prefix = '' } = options
  if (format !== 'json')
    fail('invalid_request', `unknown format type ${JSON.stringify(format)}: only "json" is written`)
  if (prefix !== '')
    fail('invalid_request', 'audit log prefixing is not allowed: a line must be JSON to be checked')
  return {
    destination: known.destination(options),
    render: {
      raw: flag(options, 'log_raw', false),
      hmacAccessor: flag(options, 'hmac_accessor', true),
      elideListResponses: flag(options, 'elide_list_responses', false),
    },
  }
}

/** The file that a device fills with values in clear; undefined for any other device, and for one that cannot be used. */
export function clearFile(type: string, options: Readonly<Record<string, string>>): string | undefined {
  try {
    const { destination, render } = deviceOptions(type, options)
    return destination.kind === 'file' && render.raw ? destination.path : undefined
  } catch (error) {
    if (isFailure(error, 'invalid_request')) return undefined
    throw error
  }
}

function destination(path: string | undefined, mode: string | undefined): Destination {
  if (path === undefined || path === '') fail('invalid_request', 'file_path is required')
  if (path.toLowerCase() === 'stdout') return { kind: 'stdout' }
  if (path.toLowerCase() === 'discard') return { kind: 'discard' }
  if (!path.startsWith('/')) fail('invalid_request', 'file_path must be absolute, or stdout or discard')
  if (Buffer.byteLength(path) > maxPathBytes || hasControl(path))
    fail('invalid_request', 'file_path is not a valid path')
  if (path.endsWith('/') || path.split('/').some((segment) => segment === '..' || segment === '.')) {
    fail('invalid_request', 'file_path must name a file, without "." and ".." in it')
  }
  // In a file of such a name another process of this cluster may write the log of another device.
  if (/\.p\d+(\.[^./]*)?$/.test(path)) {
    fail('invalid_request', 'file_path must not end as the logs of further processes do (audit.p1.log)')
  }
  // One file has one spelling, so that no two devices write it.
  return { kind: 'file', path: path.replaceAll(/\/{2,}/g, '/'), mode: fileMode(mode) }
}

const hasControl = (path: string) => [...path].some((character) => character < ' ' || character === '\x7f')

/** Octal; `0000` leaves the mode of an existing file alone. */
function fileMode(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return 0o600
  const mode = /^[0-7]{1,4}$/.test(text) ? Number.parseInt(text, 8) : Number.NaN
  if (Number.isNaN(mode) || mode > 0o777)
    fail('invalid_request', 'mode must be octal permissions such as "0600"')
  // A log that can be executed would be a way to plant programs.
  return mode === 0 ? undefined : mode & ~0o111
}

/** The spellings of a truth value that Vault takes. */
function flag(options: Readonly<Record<string, string>>, name: string, fallback: boolean): boolean {
  const text = options[name]
  if (text === undefined) return fallback
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false
  return fail('invalid_request', `${name} must be "true" or "false"`)
}

/**
 * The file of one of several processes: `/log/audit.log` becomes `/log/audit.p2.log` for process `2`. The
 * first process, whose name is `''`, has the file itself.
 */
export function processPath(path: string, process: string): string {
  if (process === '') return path
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  const at = dot > 0 ? path.length - name.length + dot : path.length
  return `${path.slice(0, at)}.p${process}${path.slice(at)}`
}

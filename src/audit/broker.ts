import type { KeyObject } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { CofferError, fail } from '../base/errors.ts'
import type { Head } from './chain/chain.ts'
import { chainKeys, checkpointKey, publicKeyPem } from './chain/keys.ts'
import { createDevice, type Device, maxWaiting, maxWaitingAnswers } from './device/device.ts'
import { openLog, openStdout, type Sink } from './device/file.ts'
import { checkRequestedPlace } from './device/place.ts'
import { leavePublicKey } from './device/public-key.ts'
import { realTimer, type Timer } from './device/timer.ts'
import type { AuditRequest, AuditResponse } from './entry.ts'
import { type DeviceOptions, deviceOptions, processPath } from './options.ts'
import { createHasher, type Hasher } from './render/hasher.ts'
import { createRenderer, type Renderer } from './render/render.ts'
import type { SocketDestination } from './sockets/options.ts'
import { checkRequestedSocket } from './sockets/place.ts'
import { openSocket, type SocketRules } from './sockets/socket.ts'
import { syslogFrame } from './sockets/syslog.ts'

/** One audit device as its row describes it. */
export type DeviceRow = {
  readonly uuid: string
  /** Changes whenever the row does. */
  readonly version: string
  /** With a trailing slash. */
  readonly path: string
  readonly type: string
  readonly options: Readonly<Record<string, string>>
}

export type BrokerParts = {
  /** The barrier's: a key of 32 bytes for a purpose. */
  readonly derive: (purpose: string) => Buffer
  readonly clock: Clock
  readonly uuid: () => string
  /** Names this node in its lines. */
  readonly node: string
  /** Names this process among the node's: `''` for the first, which has the file itself. */
  readonly process: string
  /** Folders and files in which no log may lie: the data folder, the seal's key. */
  readonly forbidden: readonly string[]
  /** The folder below which the logs of requested devices lie; without it there are none. */
  readonly folder: string | undefined
  /** @param process another one of this node’s; this one without it */
  readonly readHead: (device: string, process?: string) => Promise<Head | undefined>
  readonly writeHead: (device: string, head: Head) => Promise<void>
  /** Told what an operator should know. No text holds a secret. */
  readonly report: (text: string) => void
  readonly timer?: Timer
  /** For tests: opens something else in place of the file. */
  readonly open?: (options: DeviceOptions) => Promise<Sink>
}

/** All audit devices of a process. With none configured nothing is recorded. */
export type Broker = {
  /** Opens, closes and changes devices until they are the ones of these rows. Cheap when they are. */
  configure(rows: readonly DeviceRow[]): void
  /**
   * Opens a device and writes its test line, before its row is stored; {@link configure} takes it over. A
   * handler that runs again after a conflict may call it again, with another UUID too.
   *
   * @throws invalid_request naming what is in the way
   */
  enable(row: DeviceRow): Promise<void>
  /** Closes a device that {@link enable} opened, when its row could not be stored. */
  withdraw(uuid: string): Promise<void>
  /**
   * Writes the line of a request to every device. A request that changes something may not be carried out
   * before this resolves; one that only reads may, and is then answered when both lines are written.
   *
   * @param error why the request is refused
   * @throws audit_failed when no device took it; overloaded when too much is waiting
   */
  logRequest(entry: AuditRequest, error?: string): Promise<void>
  /** Writes the line of an answer to every device. Throws as {@link logRequest}. */
  logResponse(entry: AuditRequest, response: AuditResponse, error?: string): Promise<void>
  /**
   * The text that stands for `input` in a device's lines.
   *
   * @param path with or without the trailing slash
   * @throws invalid_request when there is no such device
   */
  hash(path: string, input: string): string
  /** The log that a device writes on this machine; undefined for one that writes no file. */
  source(path: string): LogSource | undefined
  /** Opens all files again, after they were moved away (SIGHUP). Failures are reported. */
  reopen(): Promise<void>
  /** The public key that checks the checkpoints, PEM. */
  publicKey(): string
  /** Devices that take no lines at the moment, with the reason. */
  troubles(): readonly { readonly path: string; readonly text: string }[]
  /** Writes what is waiting and closes all; for sealing and stopping. */
  close(): Promise<void>
}

/** What it takes to read and to check the log of a device. */
export type LogSource = {
  /** The file of the first process; see `processPath` for the others. */
  readonly file: string
  readonly publicKey: KeyObject
  readonly macKey: KeyObject
  /** The last head that storage knows of the log of a process of this node. */
  readonly readHead: (process: string) => Promise<Head | undefined>
}

type Lines = { readonly hasher: Hasher; readonly renderer: Renderer }
type Open = { readonly row: DeviceRow } & (
  | ({ readonly kind: 'writes'; readonly device: Device } & Lines)
  | ({ readonly kind: 'discards' } & Lines)
  /** Its row cannot be understood; it fails every entry, so that nothing goes unrecorded by mistake. */
  | { readonly kind: 'unusable'; readonly text: string }
)

const done = Promise.resolve()

export function createBroker(parts: BrokerParts): Broker {
  const { clock, report } = parts
  const timer = parts.timer ?? realTimer
  let configured: readonly DeviceRow[] = []
  let devices: readonly Open[] = []
  /** Enabled, with a row that is on its way into storage. */
  const enabled = new Map<string, Open>()
  /** Devices that still write their last lines; nothing is opened meanwhile, since it may be the same file. */
  let closings: Promise<unknown> = done

  function make(row: DeviceRow): Open {
    const options = deviceOptions(row.type, row.options)
    const salt = parts.derive(`audit/salt/${row.uuid}`)
    const hasher = createHasher(salt)
    salt.fill(0)
    const renderer = createRenderer(hasher, options.render)
    if (options.destination.kind === 'discard') return { row, kind: 'discards', hasher, renderer }
    const device = createDevice({
      name: row.path,
      origin: { device: row.uuid, node: parts.node, process: parts.process },
      keys: chainKeys(parts.derive, row.uuid),
      open: () => closings.then(() => parts.open?.(options) ?? open(options)),
      clock,
      timer,
      readHead: () => parts.readHead(row.uuid),
      writeHead: (head) => parts.writeHead(row.uuid, head),
      report,
    })
    return { row, kind: 'writes', hasher, renderer, device }
  }

  async function open({ destination }: DeviceOptions): Promise<Sink> {
    if (destination.kind === 'socket') return openSocket(socketRules(destination), timer)
    if (destination.kind !== 'file') return openStdout()
    const path = processPath(destination.path, parts.process)
    const sink = await openLog({ path, mode: destination.mode, forbidden: parts.forbidden })
    await leavePublicKey(`${path}.pub`, publicKey()).catch((error: unknown) => {
      report(`the public key of the audit log could not be left beside it: ${textOf(error)}`)
    })
    return sink
  }

  const socketRules = ({ address, timeout, syslog }: SocketDestination): SocketRules => ({
    address,
    timeout,
    frame: syslog && syslogFrame(syslog.facility, syslog.tag, address.transport, () => clock.now()),
  })

  const publicKey = () => publicKeyPem(checkpointKey(parts.derive).public)

  function configure(rows: readonly DeviceRow[]): void {
    if (rows === configured) return
    configured = rows
    const before = new Map(devices.map((open) => [open.row.uuid, open]))
    const keep = (row: DeviceRow) =>
      [before.get(row.uuid), enabled.get(row.uuid)].find((open) => open?.row.version === row.version)
    const kept = rows.map(keep)
    for (const old of before.values()) if (!kept.includes(old)) closings = Promise.all([closings, close(old)])
    devices = rows.map((row, i) => kept[i] ?? prepare(row))
    for (const open of devices) if (enabled.get(open.row.uuid) === open) enabled.delete(open.row.uuid)
  }

  function prepare(row: DeviceRow): Open {
    try {
      const open = make(row)
      // One that cannot be opened now stays, and makes requests fail until it can.
      if (open.kind === 'writes') void begin(open.device)
      return open
    } catch (error) {
      report(`audit device ${row.path} cannot be used: ${textOf(error)}`)
      return { row, kind: 'unusable', text: textOf(error) }
    }
  }

  async function enable(row: DeviceRow): Promise<void> {
    const open = make(row)
    // One of the same name is left over from an attempt whose row was not stored.
    for (const { row: other } of [...enabled.values()])
      if (other.path === row.path) await withdraw(other.uuid)
    refuseSharing(row)
    const { destination } = deviceOptions(row.type, row.options)
    if (destination.kind === 'file') await checkRequestedPlace(destination.path, parts.folder)
    if (destination.kind === 'socket') await checkRequestedSocket(destination, parts.folder)
    enabled.set(row.uuid, open)
    if (open.kind !== 'writes') return
    try {
      await open.device.start(open.renderer.test(clock.now(), parts.uuid()))
    } catch (error) {
      await withdraw(row.uuid)
      fail('invalid_request', `audit backend failed test message: ${textOf(error)}`)
    }
  }

  /** Two chains in one file would each look broken. */
  function refuseSharing(row: DeviceRow): void {
    const path = fileOf(row)
    const other = [...devices, ...enabled.values()].find(
      (open) => open.kind === 'writes' && fileOf(open.row) === path,
    )
    if (path !== undefined && other !== undefined) {
      fail('invalid_request', `the audit device ${other.row.path} writes to ${path} already`)
    }
  }

  /** @param line makes a device's own line, since every device has its own salt and settings */
  function toAll(line: (renderer: Renderer) => string, most: number): Promise<void> {
    const [first] = devices
    if (first === undefined) return done
    return devices.length === 1 ? toOne(first, line, most) : toSeveral(line, most)
  }

  function toOne(open: Open, line: (renderer: Renderer) => string, most: number): Promise<void> {
    if (open.kind === 'discards') return done
    if (open.kind === 'unusable') {
      return Promise.reject(
        new CofferError('audit_failed', `the audit device ${open.row.path} cannot be used`),
      )
    }
    let body: string
    try {
      body = line(open.renderer)
    } catch (cause) {
      report(`audit device ${open.row.path}: an entry could not be put into a line`)
      return Promise.reject(new CofferError('audit_failed', 'an audit entry could not be made', { cause }))
    }
    return open.device.write(body, most)
  }

  async function withdraw(uuid: string): Promise<void> {
    const open = enabled.get(uuid)
    enabled.delete(uuid)
    if (open !== undefined) await close(open)
  }

  async function toSeveral(line: (renderer: Renderer) => string, most: number): Promise<void> {
    const results = await Promise.allSettled(devices.map((open) => toOne(open, line, most)))
    if (results.some(({ status }) => status === 'fulfilled')) return
    throw (results[0] as PromiseRejectedResult).reason
  }

  return {
    configure,
    enable,
    withdraw,
    logRequest: (entry, error) =>
      toAll((renderer) => renderer.request(clock.now(), entry, error), maxWaiting),
    logResponse: (entry, response, error) =>
      toAll((renderer) => renderer.response(clock.now(), entry, response, error), maxWaitingAnswers),
    hash(path, input) {
      const full = path.endsWith('/') ? path : `${path}/`
      const open = devices.find(({ row }) => row.path === full)
      if (open === undefined || open.kind === 'unusable') {
        return fail('invalid_request', `unknown audit backend ${JSON.stringify(full)}`)
      }
      return open.hasher.hash(input)
    },
    source(path) {
      const open = devices.find(({ row }) => row.path === path)
      if (open?.kind !== 'writes') return undefined
      const { destination } = deviceOptions(open.row.type, open.row.options)
      if (destination.kind !== 'file') return undefined
      const { uuid } = open.row
      const { public: publicKey, mac: macKey } = chainKeys(parts.derive, uuid)
      return {
        file: destination.path,
        publicKey,
        macKey,
        readHead: (process) => parts.readHead(uuid, process),
      }
    },
    async reopen() {
      await Promise.all(
        devices.map((open) =>
          open.kind !== 'writes'
            ? undefined
            : open.device.reopen().catch((error: unknown) => {
                report(`audit device ${open.row.path} could not be opened again: ${textOf(error)}`)
              }),
        ),
      )
    },
    publicKey,
    troubles: () =>
      devices.flatMap((open) => {
        const text =
          open.kind === 'unusable' ? open.text : open.kind === 'writes' ? open.device.trouble : undefined
        return text === undefined ? [] : [{ path: open.row.path, text }]
      }),
    async close() {
      const all = [...devices, ...enabled.values()]
      devices = []
      configured = []
      enabled.clear()
      await Promise.all([closings, ...all.map(close)])
    },
  }
}

const close = async (open: Open): Promise<void> => (open.kind === 'writes' ? open.device.close() : undefined)

/** What is in the way shows at the first entry as well, and is reported by the device itself. */
const begin = (device: Device): Promise<void> => device.start().catch(() => {})

const textOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown error')

function fileOf(row: DeviceRow): string | undefined {
  const { destination } = deviceOptions(row.type, row.options)
  return destination.kind === 'file' ? destination.path : destination.kind === 'stdout' ? 'stdout' : undefined
}

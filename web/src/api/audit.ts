import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { isJsonObject } from '../../../src/base/json/json.ts'
import { flagOf, listOf, numberOf, objectOf, textOf } from '../../../src/client/shape.ts'
import { type Entry, entryOf } from './audit-entry.ts'
import { api, client } from './client.ts'

export type Log = {
  /** Empty for the first process of the node. */
  readonly process: string
  readonly bytes: number
  /** RFC 3339. */
  readonly modified: string
}

export type Device = {
  /** With a slash at its end. */
  readonly path: string
  readonly type: string
  readonly description: string
  readonly options: Readonly<Record<string, string>>
  /** Why it takes no lines; empty when it does. */
  readonly trouble: string
  readonly isReadable: boolean
  readonly logs: readonly Log[]
}

export type Devices = { readonly devices: readonly Device[]; readonly publicKey: string }

export const useDevices = () => useQuery({ queryKey: ['audit', 'devices'], queryFn: readDevices })

async function readDevices(): Promise<Devices> {
  const { data } = await client.call('GET', 'sys/audit-log')
  const devices = listOf(data?.devices ?? null).map(
    (one): Device => ({
      path: textOf(one.path),
      type: textOf(one.type),
      description: textOf(one.description),
      options: Object.fromEntries(
        Object.entries(objectOf(one.options ?? null)).map(([name, value]) => [name, textOf(value)]),
      ),
      trouble: textOf(one.trouble),
      isReadable: flagOf(one.readable),
      logs: listOf(one.logs ?? null).map((log) => ({
        process: textOf(log.process),
        bytes: numberOf(log.bytes),
        modified: textOf(log.modified),
      })),
    }),
  )
  return { devices, publicKey: textOf(data?.public_key) }
}

export type NewDevice = {
  readonly path: string
  readonly type: string
  readonly description: string
  readonly options: Readonly<Record<string, string>>
}

export const enableDevice = ({ path, ...device }: NewDevice) => api.audit.enable(path, device)
export const disableDevice = (path: string) => api.audit.disable(path.replace(/\/$/, ''))

/** What the log has in place of a value. */
export async function hashOf(device: string, input: string): Promise<string> {
  const { data } = await client.write(`sys/audit-hash/${device.replace(/\/$/, '')}`, { input })
  return textOf(data?.hash)
}

/** Texts by the names of the route's fields; empty ones matter to no line. */
export type Filter = Readonly<Record<string, string>>

/** One log of a device, the newest lines first, page by page. */
export const useLines = (device: string, process: string, filter: Filter) =>
  useInfiniteQuery({
    queryKey: ['audit', 'lines', device, process, filter],
    queryFn: ({ pageParam }) => readLines(device, process, filter, pageParam),
    initialPageParam: -1,
    getNextPageParam: ({ next }) => next,
    // Each look is in the log itself.
    refetchOnMount: false,
    staleTime: Number.POSITIVE_INFINITY,
  })

type Lines = { readonly entries: Entry[]; readonly next: number | undefined }

async function readLines(device: string, process: string, filter: Filter, before: number): Promise<Lines> {
  const wanted = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ''))
  const query = {
    ...wanted,
    limit: 100,
    ...(process !== '' && { process }),
    ...(before >= 0 && { before }),
  }
  const { data } = await client.call('GET', `sys/audit-log/${device.replace(/\/$/, '')}`, { query })
  return {
    entries: listOf(data?.lines ?? null).map((one) =>
      entryOf(typeof one.line === 'string' ? one.line : null, numberOf(one.offset), numberOf(one.bytes)),
    ),
    next: typeof data?.next === 'number' ? data.next : undefined,
  }
}

export type Finding = { readonly line: number; readonly kind: string; readonly text: string }

/** What a check of a log found. */
export type Checked = {
  readonly isWhole: boolean
  readonly findings: readonly Finding[]
  readonly more: number
  readonly lines: number
  readonly signatures: number
  readonly unsigned: number
  /** Up to which signed line it holds; undefined where none is signed. */
  readonly head: { readonly seq: number; readonly time: string } | undefined
  /** The line that comes before the first one; undefined where the log begins with it. */
  readonly continues: number | undefined
  /** The byte where the check began. */
  readonly from: number
}

export async function checkLog(device: string, process: string): Promise<Checked> {
  const { data } = await client.call('GET', `sys/audit-verify/${device.replace(/\/$/, '')}`, {
    query: process === '' ? {} : { process },
  })
  const head = objectOf(data?.head ?? null)
  const continues = data?.continues ?? null
  return {
    isWhole: flagOf(data?.ok),
    findings: listOf(data?.findings ?? null).map((one) => ({
      line: numberOf(one.line),
      kind: textOf(one.kind),
      text: textOf(one.text),
    })),
    more: numberOf(data?.more),
    lines: numberOf(data?.lines),
    signatures: numberOf(data?.signatures),
    unsigned: numberOf(data?.unsigned),
    head: isJsonObject(data?.head ?? null) ? { seq: numberOf(head.seq), time: textOf(head.time) } : undefined,
    continues: isJsonObject(continues) ? numberOf(objectOf(continues).seq) : undefined,
    from: numberOf(data?.from),
  }
}

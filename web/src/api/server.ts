import { useQuery } from '@tanstack/react-query'
import { parseDuration } from '../../../src/base/duration.ts'
import { isJsonObject, type JsonObject } from '../../../src/base/json/json.ts'
import { flagOf, listOf, numberOf, objectOf, objectsOf, textOf, textsOf } from '../../../src/client/shape.ts'
import { api, client } from './client.ts'

/** A process that serves the store. */
export type ServingNode = {
  readonly hostname: string
  /** Empty where it is not configured. */
  readonly address: string
  readonly version: string
  /** The one that answered. */
  readonly isSelf: boolean
  /** When it was heard of last, RFC 3339; empty for the one that answered. */
  readonly lastEcho: string
  /** Milliseconds that its clock is ahead of that of the one that answered, and how exact that is. */
  readonly skew: { readonly by: number; readonly exact: number } | undefined
}

export type Duty = { readonly name: string; readonly process: string; readonly since: string }

/** What the last full check of the store found. Times are RFC 3339, and empty where there was none. */
export type StoreCheck = {
  readonly healthy: boolean | undefined
  readonly findings: readonly string[]
  readonly finished: string
  readonly next: string
}

export type Version = { readonly version: string; readonly installed: string }

export type KeyTerm = { readonly term: number; readonly installed: string; readonly encryptions: number }

/** When a new key is made by itself. */
export type Rotation = {
  readonly enabled: boolean
  /** Whole days; 0 for no limit. */
  readonly days: number
  readonly maxOperations: number
}

export const serverKey = 'server'

export const useOwnSeal = () => useQuery({ queryKey: [serverKey, 'seal'], queryFn: () => api.seal.status() })

export const useNodes = () => useQuery({ queryKey: [serverKey, 'nodes'], queryFn: readNodes })

async function readNodes(): Promise<ServingNode[]> {
  return (await api.seal.members()).map((node) => {
    const lastEcho = textOf(node.last_echo)
    return {
      hostname: textOf(node.hostname),
      address: textOf(node.api_address),
      version: textOf(node.version),
      isSelf: lastEcho === '',
      lastEcho,
      skew:
        typeof node.clock_skew_ms === 'number'
          ? { by: node.clock_skew_ms, exact: numberOf(node.clock_skew_error_ms) }
          : undefined,
    }
  })
}

export const useDuties = () => useQuery({ queryKey: [serverKey, 'duties'], queryFn: readDuties })

async function readDuties(): Promise<Duty[]> {
  const { duties } = (await client.call('GET', 'sys/duties')).data ?? {}
  return Object.entries(objectOf(duties)).map(([name, duty]) => {
    const { process, since } = isJsonObject(duty ?? null) ? objectOf(duty) : {}
    return { name, process: textOf(process), since: textOf(since) }
  })
}

export const useStoreCheck = () => useQuery({ queryKey: [serverKey, 'check'], queryFn: readCheck })

async function readCheck(): Promise<StoreCheck> {
  const data = (await client.call('GET', 'sys/storage/check')).data ?? {}
  return {
    healthy: typeof data.healthy === 'boolean' ? data.healthy : undefined,
    findings: textsOf(data.findings),
    finished: textOf(data.finished),
    next: textOf(data.next),
  }
}

/** Bytes that the store says it uses; undefined where it says nothing. */
export const useStoreBytes = (enabled: boolean) =>
  useQuery({ queryKey: [serverKey, 'bytes'], queryFn: readBytes, enabled })

async function readBytes(): Promise<number | null> {
  const { body } = await client.call('GET', 'sys/metrics')
  const sizes = listOf(objectOf(body).Gauges)
    .filter(({ Name }) => sizeGauges.has(textOf(Name)))
    .map(({ Value }) => numberOf(Value))
  return sizes.length === 0 ? null : Math.max(...sizes)
}

const sizeGauges = new Set(['coffer_etcd_database_bytes', 'coffer_store_bytes'])

export const useVersions = () => useQuery({ queryKey: [serverKey, 'versions'], queryFn: readVersions })

/** The newest first. */
async function readVersions(): Promise<Version[]> {
  const listing = await client.list('sys/version-history')
  const info = objectsOf(listing?.answer.data?.key_info)
  return (listing?.keys ?? [])
    .map((version) => ({ version, installed: textOf(info[version]?.timestamp_installed) }))
    .reverse()
}

export const useKeyTerm = () => useQuery({ queryKey: [serverKey, 'key'], queryFn: readTerm })

async function readTerm(): Promise<KeyTerm> {
  const data = (await api.seal.keyStatus()).data ?? {}
  return {
    term: numberOf(data.term),
    installed: textOf(data.install_time),
    encryptions: numberOf(data.encryptions),
  }
}

export const useRotation = () => useQuery({ queryKey: [serverKey, 'rotation'], queryFn: readRotation })

async function readRotation(): Promise<Rotation> {
  const data = (await client.call('GET', 'sys/rotate/config')).data ?? {}
  return {
    enabled: flagOf(data.enabled),
    days: Math.round(secondsOf(data.interval) / day),
    maxOperations: numberOf(data.max_operations),
  }
}

const day = 86_400

const secondsOf = (value: JsonObject[string] | undefined): number =>
  typeof value === 'string' || typeof value === 'number' ? parseDuration(value) : 0

export const writeRotation = ({ enabled, days, maxOperations }: Rotation) =>
  client.write('sys/rotate/config', { enabled, interval: days * day, max_operations: maxOperations })

export const rotateKey = () => api.seal.rotate()

export const sealServer = () => api.seal.seal()

import { resolve } from 'node:path'
import { failAt, type HclBlock, type Position, parseHcl, type Source } from '../../base/hcl/hcl.ts'
import type { StorageSettings } from '../../storage/open.ts'
import { type AuditConfig, readAudit } from './audit.ts'
import { type ListenerConfig, readListener } from './listener.ts'
import { onlyBlock, type Read, type Reader, readSection } from './section.ts'
import { serverSection } from './server.ts'
import { checkSpaces, readSpaces, type SpacesConfig } from './spaces.ts'
import { readSeal, readStorage, type SealConfig } from './storage.ts'
import { readTelemetry, type TelemetryConfig } from './telemetry.ts'

/** What a configuration file says, checked, with what it leaves out filled in. Times in seconds. */
export type ServerConfig = {
  /** At least one. */
  readonly listeners: readonly ListenerConfig[]
  readonly storage: StorageSettings
  readonly seal: SealConfig
  readonly ui: boolean
  readonly apiAddress: string | undefined
  readonly clusterAddress: string | undefined
  readonly clusterName: string | undefined
  readonly defaultLeaseTtl: number
  readonly maxLeaseTtl: number
  readonly log: { readonly level: LogLevel; readonly format: 'standard' | 'json' }
  readonly pidFile: string | undefined
  readonly telemetry: TelemetryConfig
  readonly rawStorageEndpoint: boolean
  readonly audit: readonly AuditConfig[]
  readonly auditLogFolder: string | undefined
  /** Processes that serve. */
  readonly workers: number
  readonly spaces: readonly SpacesConfig[]
}
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'

const limits = { bytes: 1024 * 1024, depth: 16, nodes: 50_000 }

/**
 * Reads a configuration file in HCL or its JSON form.
 *
 * @param options.file how messages name the file
 * @returns the configuration, and warnings about keys that have no effect, each with its place
 * @throws invalid_config with line and column for what is unknown, missing or contradicts itself
 */
export function parseConfig(
  text: string,
  { file }: { readonly file: string },
): { readonly config: ServerConfig; readonly warnings: readonly string[] } {
  const source: Source = { code: 'invalid_config', prefix: `${file}: ` }
  const warnings: string[] = []
  const reader: Reader = {
    source,
    warn: ({ line, column }: Position, warning) => {
      warnings.push(`${file}: ${warning} (line ${line}, column ${column})`)
    },
  }
  const top = parseHcl(text, source, limits)
  return { config: readServer(readSection(serverSection, top, reader), reader), warnings }
}

type Keys = (typeof serverSection)['keys']

function readServer({ values, blocks, wrong, start }: Read<Keys>, reader: Reader): ServerConfig {
  const { default_lease_ttl: defaultLeaseTtl, max_lease_ttl: maxLeaseTtl } = values
  if (defaultLeaseTtl === 0) wrong('default_lease_ttl', 'default_lease_ttl must be longer than 0')
  if (maxLeaseTtl < defaultLeaseTtl) wrong('max_lease_ttl', 'max_lease_ttl is shorter than default_lease_ttl')
  const { audit_log_folder: auditLogFolder } = values
  if (auditLogFolder !== undefined && resolve(auditLogFolder) !== auditLogFolder) {
    wrong(
      'audit_log_folder',
      'audit_log_folder must be an absolute path, without "." and ".." and a slash at its end',
    )
  }
  const storageBlock = onlyBlock([...blocks('storage'), ...blocks('backend')], 'storage', reader)
  if (storageBlock === undefined) failAt(reader.source, start, 'a storage block is missing')
  const storage = readStorage(storageBlock, reader)
  if (values.workers > 1 && storage.type === 'inmem') {
    wrong(
      'workers',
      'workers share a store, and one in memory is of one process: choose another, or workers = 1',
    )
  }
  const seal = onlyBlock(blocks('seal'), 'seal', reader)
  const spaces = blocks('spaces').map((block) => readSpaces(block, reader))
  checkSpaces(spaces, blocks('spaces'), reader)
  return {
    listeners: readListeners(blocks('listener'), values.default_max_request_duration, start, reader),
    storage,
    seal: seal === undefined ? { type: 'shamir' } : readSeal(seal, reader),
    ui: values.ui,
    apiAddress: values.api_addr,
    clusterAddress: values.cluster_addr,
    clusterName: values.cluster_name,
    defaultLeaseTtl,
    maxLeaseTtl,
    log: { level: values.log_level, format: values.log_format },
    pidFile: values.pid_file,
    telemetry: readTelemetry(blocks('telemetry'), reader),
    rawStorageEndpoint: values.raw_storage_endpoint,
    audit: readAudits(blocks('audit'), reader),
    auditLogFolder,
    workers: values.workers,
    spaces,
  }
}

function readListeners(
  blocks: readonly HclBlock[],
  defaultDuration: number | undefined,
  top: Position,
  reader: Reader,
): ListenerConfig[] {
  const listeners: ListenerConfig[] = []
  for (const block of blocks) {
    const listener = readListener(block, defaultDuration, reader)
    const { host, port } = listener
    if (port !== 0 && listeners.some((other) => other.host === host && other.port === port)) {
      failAt(reader.source, block.at, `another listener has the address ${host}:${port} too`)
    }
    listeners.push(listener)
  }
  return listeners.length > 0 ? listeners : failAt(reader.source, top, 'a listener block is missing')
}

function readAudits(blocks: readonly HclBlock[], reader: Reader): AuditConfig[] {
  const devices: AuditConfig[] = []
  for (const block of blocks) {
    const device = readAudit(block, reader)
    if (devices.some(({ name }) => name === device.name)) {
      failAt(reader.source, block.at, `another audit device has the name ${JSON.stringify(device.name)} too`)
    }
    devices.push(device)
  }
  return devices
}

import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { normalNamespace } from '../../auth/jwt/groups/entitlements.ts'
import { spelledName } from '../../auth/jwt/groups/names.ts'
import { fail } from '../../base/errors.ts'
import { type BrowserConfig, isOrigin } from '../../core/config/browser.ts'
import { parseConfig, type ServerConfig } from '../../core/config/config.ts'
import type { ListenerConfig } from '../../core/config/listener.ts'
import type { SpacesConfig } from '../../core/config/spaces.ts'
import type { BrowserSettings, SpacesSettings } from '../../core/spaces/settings.ts'
import type { Listener } from '../../http/listener.ts'
import { folderOf } from '../../storage/open.ts'
import type { Io } from '../io.ts'
import { type HomeFolders, homeFolders, logFolder, type RunOptions } from './run.ts'

/**
 * What a configuration file asks for.
 *
 * @param text what is in it
 * @throws invalid_config naming the file, the line and the column
 */
export function configuredOptions(
  file: string,
  logLevel: string | undefined,
  io: Io,
  text = readText(file),
): RunOptions {
  const { config, warnings } = parseConfig(text, { file })
  for (const warning of warnings) io.stderr.write(`${warning}\n`)
  for (const text of withoutEffect(config)) io.stderr.write(`${file}: ${text}\n`)
  const { storage, seal } = config
  const folders = () => homeFolders(io.env, io.home)
  const home = () => folders().keys
  const keyFolder = seal.type === 'static' ? seal.keyFolder : home()
  const tlsFolder = join(folderOf(storage) ?? home(), 'tls')
  return {
    settings: {
      storage,
      seal: seal.type === 'static' ? { kind: 'static', folder: seal.keyFolder } : { kind: 'shamir' },
      ttl: { default: config.defaultLeaseTtl, max: config.maxLeaseTtl },
      clusterName: config.clusterName,
      apiAddress: config.apiAddress,
      clusterAddress: config.clusterAddress,
      spaces: config.spaces.map((spaces) => spacesSettings(spaces, config.apiAddress)),
      audit: config.audit,
      auditFolder: auditFolder(config, folders),
      prometheus: config.telemetry.prometheus,
    },
    listeners: config.listeners.map((listener) => listenerOf(listener, tlsFolder)),
    logLevel: logLevel ?? config.log.level,
    logFormat: config.log.format,
    // What the command line says stays said.
    rereadLogLevel:
      logLevel === undefined ? () => parseConfig(readText(file), { file }).config.log.level : undefined,
    pidFile: config.pidFile,
    workers: config.workers,
    ui: config.ui,
    initialize: false,
    keyFolder,
  }
}

/** Where requests may have audit logs: as configured, beside the first configured one, or beside the data. */
function auditFolder({ auditLogFolder, audit, storage }: ServerConfig, folders: () => HomeFolders): string {
  if (auditLogFolder !== undefined) return auditLogFolder
  for (const { options } of audit) {
    const path = options.file_path ?? options.path
    if (path?.startsWith('/')) return dirname(path)
  }
  const data = folderOf(storage)
  return data === undefined ? folders().log : logFolder(resolve(data))
}

/** What to say about settings that are understood and change nothing. */
function withoutEffect(config: ServerConfig): string[] {
  return [...(config.rawStorageEndpoint ? ['raw_storage_endpoint has no effect: there is no sys/raw'] : [])]
}

/** @throws invalid_config */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    fail(
      'invalid_config',
      `cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    )
  }
}

function listenerOf(config: ListenerConfig, folder: string): Listener {
  const { host, port, tls, limits, forwarded, openMetrics } = config
  const common = { host, port, limits, openMetrics, ...(forwarded === undefined ? {} : { forwarded }) }
  if (tls === 'disabled') return { ...common, tls: 'disabled' }
  const { certificate, clients, minVersion, maxVersion, ciphers } = tls
  return {
    ...common,
    tls: {
      certificate: certificate.kind === 'files' ? certificate : { kind: 'local', folder, names: [host] },
      clients,
      minVersion,
      maxVersion,
      ...(ciphers === undefined ? {} : { ciphers }),
    },
  }
}

function spacesSettings(spaces: SpacesConfig, apiAddress: string | undefined): SpacesSettings {
  const { groups, browser } = spaces
  const aarc = groups?.format === 'aarc'
  return {
    name: spaces.name,
    issuer: spaces.issuer,
    issuerCa: spaces.caFile === undefined ? '' : readText(spaces.caFile),
    boundAudiences: spaces.boundAudiences,
    allowAnyAudience: spaces.allowAnyAudience,
    clientIds: spaces.clientIds,
    personClaim: spaces.personClaim,
    groupsClaim: groups?.claim ?? '',
    groupsFromUserinfo: groups?.from === 'userinfo',
    groupsFormat: aarc ? 'entitlements' : 'plain',
    entitlementNamespaces: (groups?.namespaces ?? []).map((text) => normalNamespace(text) ?? text),
    entitlementAuthorities: groups?.authorities ?? [],
    mount: spaces.mount,
    peopleFolder: spaces.peopleFolder,
    authPath: spaces.authPath,
    authoritative: spaces.authoritative,
    tokenTtl: spaces.tokenTtl,
    tokenMaxTtl: spaces.tokenMaxTtl,
    deletedSecretsTtl: spaces.deletedSecretsTtl,
    vos: spaces.vos.map(({ name, group, writeRole, title }) => ({
      name,
      title,
      readers: aarc ? spelledName(group) : group,
      writers: writeRole === undefined ? undefined : aarc ? spelledName(group, writeRole) : writeRole,
    })),
    ...(browser === undefined ? {} : { browser: browserSettings(spaces.name, browser, apiAddress) }),
  }
}

function browserSettings(
  name: string,
  { label, clientId, clientSecretFile, scopes, origins }: BrowserConfig,
  apiAddress: string | undefined,
): BrowserSettings {
  const own = apiAddress === undefined ? undefined : new URL(apiAddress).origin
  if (origins.length === 0 && (own === undefined || !isOrigin(own))) {
    fail(
      'invalid_config',
      `spaces "${name}", browser: set origins, or an api_addr that begins with https://: people come back there from the provider`,
    )
  }
  return {
    label,
    clientId,
    clientSecret: readText(clientSecretFile).trim(),
    scopes,
    origins: origins.length > 0 || own === undefined ? origins : [own],
  }
}

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keepOutside } from '../audit/device/file.ts'
import { deviceOptions } from '../audit/options.ts'
import type { Initialized } from '../barrier/keeper/initialize.ts'
import { shamirSeal } from '../barrier/seals/shamir.ts'
import { keepApart, staticSeal } from '../barrier/seals/static.ts'
import { systemClock } from '../base/clock.ts'
import { type CofferError, fail, isFailure } from '../base/errors.ts'
import { systemRandom } from '../base/random.ts'
import { isShared, openStorage, realFolderOf, type StorageSettings } from '../storage/open.ts'
import type { LogLevel } from '../sys/process/services.ts'
import type { TtlBounds } from '../token/ttl.ts'
import type { AuditConfig } from './config/audit.ts'
import type { FirstMount } from './node/first-rows.ts'
import type { Node } from './node/node.ts'
import type { Report } from './report.ts'
import type { SpacesSettings } from './spaces/settings.ts'
import type { Peers } from './workers/peers.ts'

/** How a server keeps its data and its keys; what the command line or a configuration file decides. */
export type ServerSettings = {
  readonly storage: StorageSettings
  /** `static`: the folder for the key file. */
  readonly seal: { readonly kind: 'static'; readonly folder: string } | { readonly kind: 'shamir' }
  /** Seconds. */
  readonly ttl: TtlBounds
  readonly clusterName?: string | undefined
  readonly apiAddress?: string | undefined
  readonly clusterAddress?: string | undefined
  readonly spaces: readonly SpacesSettings[]
  /** Audit devices that are there from the first request on. */
  readonly audit?: readonly AuditConfig[]
  /** The folder below which the audit logs lie that are enabled through the API; without it there are none. */
  readonly auditFolder?: string | undefined
  readonly rootTokenId?: string | undefined
  /** Secrets engines of KV that a new cluster begins with, such as `secret/`. */
  readonly firstMounts?: readonly FirstMount[]
  /** Whether metrics are served in the form of Prometheus, too; so unless it is false. */
  readonly prometheus?: boolean | undefined
  readonly report: Report
  /** Told why the node cannot serve this store any more: the process has to end. */
  readonly unusable?: ((error: CofferError) => void) | undefined
  /** The level of the log that the reports go to. */
  readonly log?: LogLevel | undefined
  /** The other workers of this node; absent where one process is all of it. */
  readonly peers?: Peers | undefined
}

/** 768 hours, the default and the longest TTL unless configured. */
export const standardTtl: TtlBounds = { default: 2_764_800, max: 2_764_800 }

/**
 * Opens the store and the seal and starts serving, network aside.
 *
 * @throws storage_locked, storage_format, invalid_config and others that say why it cannot start
 */
export async function startServer(settings: ServerSettings): Promise<Node> {
  const { seal } = settings
  const dataFolder = await realFolderOf(settings.storage)
  // Before anything is written: at the initialisation it would be late, and after it too late.
  if (seal.kind === 'static') await keepApart(seal.folder, dataFolder)
  const dataFolders = [dataFolder, seal.kind === 'static' ? seal.folder : undefined].filter(
    (folder) => folder !== undefined,
  )
  for (const device of settings.audit ?? []) await checkLog(device, dataFolders)
  // Most of the program is loaded while the store opens in its own threads.
  const [{ store, seat, check, measure }, { startNode }] = await Promise.all([
    openStorage(settings.storage),
    import('./node/node.ts'),
  ])
  try {
    return await startNode({
      store,
      seat,
      checkStore: check,
      measureStore: measure,
      storageType: settings.storage.type,
      seal:
        seal.kind === 'static'
          ? staticSeal({ folder: seal.folder, dataFolder, random: systemRandom })
          : shamirSeal(systemRandom),
      clock: systemClock(),
      random: systemRandom,
      systemTtl: settings.ttl,
      clusterName: settings.clusterName,
      apiAddress: settings.apiAddress,
      clusterAddress: settings.clusterAddress,
      shared: isShared(settings.storage),
      dataFolders,
      auditFolder: settings.auditFolder,
      spaces: settings.spaces,
      audit: settings.audit ?? [],
      rootTokenId: settings.rootTokenId,
      firstMounts: settings.firstMounts ?? [],
      prometheus: settings.prometheus,
      report: settings.report,
      unusable: settings.unusable,
      log: settings.log,
      peers: settings.peers,
    })
  } catch (error) {
    await store.close()
    throw error
  }
}

/**
 * The log of a configured device opens when the server is unsealed, which is late to learn that it lies where no
 * log may lie.
 *
 * @throws invalid_config
 */
async function checkLog({ type, name, options }: AuditConfig, forbidden: readonly string[]): Promise<void> {
  const { destination } = deviceOptions(type, options)
  if (destination.kind !== 'file') return
  try {
    await keepOutside(destination.path, forbidden)
  } catch (error) {
    if (!isFailure(error, 'invalid_request')) throw error
    fail(
      'invalid_config',
      `audit "file" ${JSON.stringify(name)}: ${error.message}: choose a file_path in another folder`,
    )
  }
}

/** Initialises a server that has no data yet, with a seal that opens by itself. */
export async function initializeOnce(node: Node): Promise<Initialized | undefined> {
  if (node.keeper.state().kind !== 'uninitialized') return undefined
  return node.keeper.initialize({})
}

/** Leaves the first root token in a file of mode 0600, for a server that nobody watches start. */
export function leaveRootToken(folder: string, token: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'root-token')
  writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' })
  return file
}

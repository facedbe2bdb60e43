import { readFileSync } from 'node:fs'
import { fail } from '../../base/errors.ts'
import { type EtcdStore, openEtcd } from './store.ts'

/** The store of a server as its configuration has it; times in seconds. */
export type EtcdSettings = {
  readonly type: 'etcd'
  readonly endpoints: readonly string[]
  readonly caFile?: string | undefined
  readonly certFile?: string | undefined
  readonly keyFile?: string | undefined
  readonly username?: string | undefined
  readonly passwordFile?: string | undefined
  readonly prefix: string
  readonly stateFolder: string
  readonly timeout: number
  /** Seconds that old revisions are kept; 0 leaves it to etcd. */
  readonly compactionRetention: number
}

/**
 * Opens the store that a configuration describes.
 *
 * @param node names this process among all that have the store open
 * @throws invalid_config when a file cannot be read, and what {@link openEtcd} does
 */
export function openConfigured(settings: EtcdSettings, node: string): Promise<EtcdStore> {
  const { caFile, certFile, keyFile, username, passwordFile } = settings
  return openEtcd({
    endpoints: settings.endpoints,
    tls: {
      ...(caFile === undefined ? {} : { ca: text(caFile) }),
      ...(certFile === undefined ? {} : { cert: text(certFile) }),
      ...(keyFile === undefined ? {} : { key: text(keyFile) }),
    },
    login:
      username === undefined || passwordFile === undefined
        ? undefined
        : { username, password: () => text(passwordFile).replace(/\r?\n$/, '') },
    prefix: settings.prefix,
    node,
    stateFolder: settings.stateFolder,
    deadline: settings.timeout * 1000,
    history: settings.compactionRetention * 1000,
  })
}

const maxFile = 1024 * 1024

function text(file: string): string {
  let found: string
  try {
    found = readFileSync(file, 'utf8')
  } catch (error) {
    return fail('invalid_config', `${file} cannot be read`, { cause: error })
  }
  return found.length > maxFile ? fail('invalid_config', `${file} is too large`) : found
}

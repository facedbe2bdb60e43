import { join } from 'node:path'
import { fail } from '../../base/errors.ts'
import type { Io } from '../io.ts'
import { configuredOptions } from './configured.ts'
import { homeFolders } from './run.ts'

/**
 * The file of the store that a server with this configuration uses; without one, the one below the home
 * directory.
 *
 * @throws invalid_config
 */
export function dataFile(config: string | undefined, io: Io): string {
  if (config === undefined) return join(homeFolders(io.env, io.home).data, 'coffer.db')
  const { storage } = configuredOptions(config, undefined, io).settings
  if (storage.type === 'sqlite') return storage.path
  return fail(
    'invalid_config',
    storage.type === 'inmem'
      ? 'the storage is in memory, and ends with its server: there is nothing to back up'
      : 'the storage is no file of this machine: back it up by its own means',
  )
}

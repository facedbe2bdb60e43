import { existsSync, readFileSync } from 'node:fs'
import { CofferError, fail } from '../../../base/errors.ts'
import { parseConfig } from '../../../core/config/config.ts'
import type { Place } from '../../../core/migrate/migrate.ts'
import { openBeside, type StorageSettings } from '../../../storage/open.ts'
import { expandHome } from '../../input/file.ts'
import type { Io } from '../../io.ts'

/** A store of one file may be named without a configuration. */
const filePrefix = 'sqlite:'

/**
 * The store that a configuration file of a server names, or `sqlite:FILE`.
 *
 * @throws invalid_config naming the file, the line and the column
 */
export function storageOf(text: string, io: Io): StorageSettings {
  const settings: StorageSettings = text.startsWith(filePrefix)
    ? { type: 'sqlite', path: expandHome(text.slice(filePrefix.length), io.home) }
    : configured(expandHome(text, io.home))
  if (settings.type === 'inmem') {
    fail('invalid_config', 'a store in memory ends with its server: nothing can move from it or to it')
  }
  return settings
}

function configured(file: string): StorageSettings {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    fail('invalid_config', `cannot read ${file} (${code}): name a configuration file, or ${filePrefix}FILE`)
  }
  return parseConfig(text, { file }).config.storage
}

/**
 * Opens a store that is there, such as the one to move.
 *
 * @throws storage_failed where there is none; none is made then
 */
export function openOld(settings: StorageSettings): Promise<Place> {
  if (settings.type === 'sqlite' && !existsSync(settings.path)) {
    fail('storage_failed', `there is no store at ${settings.path}`)
  }
  return openPlace(settings)
}

/** Opens the store to move to; where it is a file, makes it. */
export const openPlace = async (settings: StorageSettings): Promise<Place> => ({
  store: await openBeside(settings),
  type: settings.type,
})

/** Has the error of an opening say which store is meant: both may be of one kind. */
export async function naming<T>(store: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    if (!(error instanceof CofferError)) throw error
    throw new CofferError(error.code, `the store of ${store}: ${error.message}`, { cause: error })
  }
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from '../base/errors.ts'
import { createPrivately } from '../storage/sqlite/files.ts'
import { type Lock, tryLock } from '../storage/sqlite/writer/lock.ts'

/**
 * Makes this the only `npm start` on a data folder, until it is released or the process ends. A second one
 * could not harm the store; but its identity provider is another one, which would take the first one's place in
 * the configuration of the spaces.
 *
 * @throws storage_locked naming the process that is there
 */
export function beAlone(data: string): Lock {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const file = join(data, 'npm-start.lock')
  const name = join(data, 'npm-start.pid')
  createPrivately(file)
  const lock = tryLock(file)
  if (lock === undefined) {
    fail(
      'storage_locked',
      `it is running already on ${data}${processIn(name)}: stop that one first, or name other folders with ` +
        'COFFER_DATA and COFFER_KEYS and other ports with COFFER_LISTEN and COFFER_PROVIDER_PORT',
    )
  }
  writeFileSync(name, `${process.pid}\n`, { mode: 0o600 })
  return lock
}

/** Empty while the other one has not said yet who it is. */
function processIn(file: string): string {
  try {
    const [id] = /^\d+/.exec(readFileSync(file, 'utf8')) ?? []
    return id === undefined ? '' : ` (process ${id})`
  } catch {
    return ''
  }
}

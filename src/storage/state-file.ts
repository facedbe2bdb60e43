import { readFileSync } from 'node:fs'
import { fail } from '../base/errors.ts'

/**
 * What a node wrote down of a store.
 *
 * @returns undefined where there is no such file
 * @throws storage_failed when it cannot be read
 */
export function readStateFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined
    return fail('storage_failed', `${file} cannot be read`, { cause: error })
  }
}

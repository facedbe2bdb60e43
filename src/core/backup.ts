import { existsSync, linkSync, mkdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { incarnationKey, jsonBytes } from '../barrier/rows.ts'
import { fail } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import { backupFile, type Progress } from '../storage/sqlite/backup.ts'
import { openSqlite } from '../storage/sqlite/store.ts'

/**
 * Copies a store into a new file of mode 0600, as of one instant, while servers use it.
 *
 * @throws storage_failed when there is no store, there is such a file already, or it cannot be written
 */
export async function backUp(data: string, destination: string, progress?: Progress): Promise<void> {
  if (!existsSync(data)) fail('storage_failed', `there is no store at ${data}`)
  await backupFile(data, destination, progress)
}

/**
 * Puts a copy of a backup where a store is to be, after a check of all that is in it. The copy is of another
 * incarnation: no version that was ever told of the data is one of its versions, and a process that knows the
 * data from before writes nothing into it.
 *
 * @throws storage_failed when there is a store already, which is left as it is; corrupt when the backup is
 * damaged; nothing is left of the copy then
 */
export async function restore(
  { source, data, random }: { readonly source: string; readonly data: string; readonly random: Random },
  progress?: Progress,
): Promise<void> {
  if (!existsSync(source)) fail('storage_failed', `there is no backup at ${source}`)
  for (const path of [data, `${data}-wal`]) {
    if (existsSync(path)) {
      fail('storage_failed', `there is a store already at ${data}: stop the server and move it away first`)
    }
  }
  mkdirSync(dirname(data), { recursive: true, mode: 0o700 })
  const copy = join(dirname(data), `.${basename(data)}.${random.uuid()}`)
  try {
    await backupFile(source, copy, progress)
    await renew(copy, random)
    // Unlike a renaming, this takes nobody's place who came in between.
    linkSync(copy, data)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      fail('storage_failed', `there is a store at ${data}`)
    throw error
  } finally {
    for (const end of ['', '-wal', '-shm', '.lock']) rmSync(copy + end, { force: true })
  }
}

/** Checks a copy and makes it a new incarnation. */
async function renew(copy: string, random: Random): Promise<void> {
  const store = await openSqlite({ path: copy })
  try {
    const [finding] = await store.check()
    if (finding !== undefined) fail('corrupt', `the backup is damaged: ${finding}`)
    const [row] = await store.read([incarnationKey])
    if (typeof row !== 'object') fail('corrupt', 'the backup is of a store that was never initialised')
    const result = await store.commit({
      expect: [{ key: incarnationKey, version: row.version }],
      put: [{ key: incarnationKey, value: jsonBytes({ id: random.uuid() }) }],
    })
    if (!result.ok) fail('storage_failed', 'something else writes to the copy')
  } finally {
    await store.close()
  }
}

import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { fail } from '../../base/errors.ts'
import { explain, explained } from './explain.ts'
import { createPrivately } from './files.ts'
import { connectReader } from './schema.ts'
import { createState } from './state.ts'

/** Bytes that are copied and bytes in all, about. */
export type Progress = (done: number, total: number) => void

/** Pages that are copied in one go. */
const pagesAtOnce = 256
const pageBytes = 4096

/**
 * Copies a store that is in use, as of one instant, into a new file of mode 0600. The copy is a store of its
 * own: its versions are none of the original's. The write-ahead log grows until it is done.
 *
 * @throws storage_failed when there is such a file, or it cannot be written; nothing is left of it then
 */
export async function backupFile(path: string, destination: string, progress?: Progress): Promise<void> {
  const source = explained(() => connectReader(path))
  try {
    // The copy of an open transaction is not begun again whenever something is written.
    source.exec('BEGIN; SELECT * FROM state')
    await backupTo(source, destination, progress)
  } finally {
    source.close()
  }
}

/** The same for a store in memory, whose connection copies what it writes meanwhile too. */
export async function backupTo(
  source: DatabaseSync,
  destination: string,
  progress?: Progress,
): Promise<void> {
  let made = false
  let total = 0
  try {
    made = createPrivately(destination)
    if (!made) fail('storage_failed', `there is a file already at ${destination}`)
    await backup(source, destination, {
      rate: pagesAtOnce,
      progress: ({ totalPages, remainingPages }) => {
        total = totalPages * pageBytes
        progress?.(total - remainingPages * pageBytes, total)
      },
    })
    makeItsOwn(destination)
    progress?.(total, total)
  } catch (error) {
    if (made) for (const end of ['', '-wal', '-shm', '-journal']) rmSync(destination + end, { force: true })
    throw explain(error)
  }
}

/** Takes out what belongs to the original's processes; the first owner of the copy gives it a lineage. */
function makeItsOwn(copy: string): void {
  const db = new DatabaseSync(copy)
  try {
    const stored = createState(db)
    // One file, without a log beside it, until it is opened as a store.
    db.exec('PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL; BEGIN IMMEDIATE')
    stored.write({ ...stored.read(), lineage: '' })
    db.exec("DELETE FROM settled; UPDATE contact SET address = '', token = ''; COMMIT")
  } finally {
    db.close()
  }
  const folder = openSync(dirname(copy), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

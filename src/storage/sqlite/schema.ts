import { DatabaseSync } from 'node:sqlite'
import { fail } from '../../base/errors.ts'

/**
 * The file's layout, version {@link formatVersion}:
 *
 *   rows(id, key, version, sum, value)   one row a key; `version` is the number of the commit that wrote it,
 *                                        `sum` a CRC-32 over key, version and value
 *   meta(name, value)                    `sequence`: the last commit number given out
 *
 * A rowid table with a unique index, so that names are listed from the index alone and large values do not
 * widen the tree that point reads descend.
 */
export const formatVersion = 1
/** `COFR`: marks the file as ours. */
const applicationId = 0x434f4652

const schema = `
  CREATE TABLE rows (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    value BLOB NOT NULL
  );
  CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO meta VALUES ('sequence', 0);
`

export type OpenOptions = { readonly readOnly?: boolean; readonly durable?: boolean }

/** Opens one connection. The first one makes the tables. */
export function connect(path: string, { readOnly = false, durable = true }: OpenOptions = {}): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly, timeout: 2000 })
  try {
    // Little memory a connection: the operating system's cache is mapped and shared by all of them.
    db.exec('PRAGMA cache_size=-512; PRAGMA mmap_size=1073741824; PRAGMA cell_size_check=ON')
    if (!readOnly) {
      db.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=${durable ? 'FULL' : 'OFF'}`)
      db.exec('PRAGMA wal_autocheckpoint=0; PRAGMA trusted_schema=OFF')
      prepareTables(db)
    }
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function prepareTables(db: DatabaseSync): void {
  const found = db.prepare('PRAGMA user_version').get()?.user_version
  const owner = db.prepare('PRAGMA application_id').get()?.application_id
  if (found === 0 && owner === 0) {
    db.exec(`BEGIN IMMEDIATE; ${schema} PRAGMA user_version=${formatVersion};
      PRAGMA application_id=${applicationId}; COMMIT`)
    return
  }
  if (owner !== applicationId) fail('storage_format', 'the file is not a Coffer store')
  if (typeof found === 'number' && found > formatVersion) {
    fail(
      'storage_format',
      `the store has format ${found}; this program reads up to ${formatVersion}. Use a newer one`,
    )
  }
}

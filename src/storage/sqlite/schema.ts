import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { fail } from '../../base/errors.ts'
import { damaged, stateSum } from './rows.ts'

/**
 * The file's layout, version {@link formatVersion}:
 *
 *   rows(id, key, mark, version, sum,    one row a key; `mark` is a CRC-32 over the key, `version` the number of
 *        value)                          the commit that wrote it, `sum` a CRC-32 over key, version and value
 *   names(key, mark)                     the index of the rows
 *   state(sequence, outside, reign,      one row: the last commit's number, the last one's that came from a
 *         lineage, sum)                  process other than the owner, how many owners there have been, what
 *                                        versions are marked with, and a CRC-32 over these
 *   contact(address, token)              one row: the socket of the process that writes, and what to say there
 *   settled(process, sequence, landed)   by process: its commits that landed and may not have been answered
 *
 * A rowid table with an index, so that names are listed from the index alone and large values do not
 * widen the tree that point reads descend.
 */
export const formatVersion = 3
const noCommits = { sequence: 0, outside: 0, reign: 0 }
/** `COFR`: marks the file as ours. */
const applicationId = 0x434f4652

const schema = `
  CREATE TABLE rows (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    mark INTEGER NOT NULL,
    version INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    value BLOB NOT NULL
  );
  CREATE UNIQUE INDEX names ON rows (key, mark);
  CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL,
    outside INTEGER NOT NULL,
    reign INTEGER NOT NULL,
    lineage TEXT NOT NULL,
    sum INTEGER NOT NULL
  );
  CREATE TABLE contact (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    address TEXT NOT NULL,
    token TEXT NOT NULL
  );
  CREATE TABLE settled (
    process TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL,
    landed BLOB NOT NULL
  ) WITHOUT ROWID;
`
/** As SQLite keeps them. */
const statements = schema
  .split(';')
  .map((statement) => statement.trim())
  .filter((statement) => statement !== '')

/**
 * Little memory a connection: the operating system's cache is mapped and shared by all of them. Cells of a
 * page are checked before they are used.
 */
const common =
  'PRAGMA cache_size=-512; PRAGMA mmap_size=1073741824; PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF;'

/**
 * Milliseconds to wait for a lock. Nothing of ours holds one for long against others; what does is another
 * program, and waiting would stop the thread.
 */
export const lockWait = 250

/** @throws storage_format when the file is of a newer format or not ours */
export function connectReader(path: string): DatabaseSync {
  return connected(new DatabaseSync(path, { readOnly: true, timeout: lockWait }), (db) => {
    db.exec(common)
    checkFormat(db)
  })
}

/**
 * The connection that writes. Makes the tables in an empty file.
 *
 * @param maxPages beyond which the store counts as full; without it the disk decides
 */
export function connectWriter(path: string, maxPages: number | undefined): DatabaseSync {
  return connected(new DatabaseSync(path, { timeout: lockWait }), (db) => {
    checkFormat(db)
    db.exec(`${common} PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0`)
    // The log is used again from its start; only one that grew far beyond the usual is cut off.
    db.exec('PRAGMA journal_size_limit=33554432')
    if (maxPages !== undefined) db.exec(`PRAGMA max_page_count=${maxPages}`)
    createTables(db)
  })
}

/** A store that lives in this connection alone. */
export function connectMemory(): DatabaseSync {
  return connected(new DatabaseSync(':memory:'), createTables)
}

function connected(db: DatabaseSync, prepare: (db: DatabaseSync) => void): DatabaseSync {
  try {
    prepare(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

const numberOf = (db: DatabaseSync, pragma: string): number =>
  Number(db.prepare(`PRAGMA ${pragma}`).get()?.[pragma])

function checkFormat(db: DatabaseSync): void {
  const [owner, version] = [numberOf(db, 'application_id'), numberOf(db, 'user_version')]
  if (owner === 0 && version === 0 && numberOf(db, 'schema_version') === 0) return
  if (owner !== applicationId) fail('storage_format', 'the file is not a Coffer store')
  if (version > formatVersion) {
    fail(
      'storage_format',
      `the store has format ${version}; this program knows formats up to ${formatVersion}: use a newer one`,
    )
  }
  if (version < formatVersion) {
    fail(
      'storage_format',
      `the store has format ${version}, from before the first release: start with a new one`,
    )
  }
  const tables = db.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid').all()
  if (tables.map(({ sql }) => sql).join() !== statements.join()) damaged()
}

function createTables(db: DatabaseSync): void {
  if (numberOf(db, 'user_version') !== 0) return
  const lineage = newLineage()
  db.exec(`BEGIN IMMEDIATE; ${schema}
    INSERT INTO state VALUES (1, 0, 0, 0, '${lineage}', ${stateSum({ ...noCommits, lineage })});
    INSERT INTO contact VALUES (1, '', '');
    PRAGMA application_id=${applicationId}; PRAGMA user_version=${formatVersion}; COMMIT`)
}

/** Marks the versions of one store apart from those of every other, copies of itself included. */
export const newLineage = (): string => randomBytes(6).toString('base64url')

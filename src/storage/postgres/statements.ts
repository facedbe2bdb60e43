/** A statement that the server prepares once a connection, by its name. */
export type Statement = { readonly name: string; readonly text: string }

const statement = (name: string, text: string): Statement => ({ name, text })

// All of them are SQL that PostgreSQL-compatible databases share: no function, lock or notification of one alone.

/** Of rows by key: the number in the list from 1, the version, and the value where the known version is not it. */
export const readRows = statement(
  'read',
  `SELECT s.sequence, w.n, w.version, w.value FROM coffer_state s LEFT JOIN (
     SELECT w.n, r.version, CASE WHEN r.version = w.known THEN NULL ELSE r.value END AS value
     FROM unnest($1::bytea[], $2::uuid[]) WITH ORDINALITY AS w(key, known, n)
     JOIN coffer_rows r ON r.key = w.key
   ) w ON TRUE WHERE s.id = 1`,
)

/** How many commits there have been, and in which store. */
export const readState = statement('state', 'SELECT sequence, format, lineage FROM coffer_state WHERE id = 1')

/**
 * The children of a folder, as keys that end with their names. Each step looks at 64 keys, takes the children among
 * them, and goes on behind all that lies below the last one: few steps where folders are small, and few keys where
 * they are large. Takes the start, the end, the number of bytes before a child's name plus one, and how many.
 */
export const listFolder = statement(
  'list',
  `WITH RECURSIVE walk(children, next, n) AS (
     SELECT NULL::bytea[], $1::bytea, 0::bigint
     UNION ALL
     SELECT found.children,
       CASE position('\\x2f'::bytea IN substring(found.children[cardinality(found.children)] FROM $3::int))
         WHEN 0 THEN found.children[cardinality(found.children)] || '\\x00'::bytea
         ELSE substring(found.children[cardinality(found.children)]
           FROM 1 FOR length(found.children[cardinality(found.children)]) - 1) || '\\x30'::bytea
       END,
       w.n + cardinality(found.children)
     FROM walk w, LATERAL (
       SELECT array_agg(DISTINCT CASE position('\\x2f'::bytea IN substring(key FROM $3::int))
           WHEN 0 THEN key
           ELSE substring(key FROM 1 FOR $3::int - 1 + position('\\x2f'::bytea IN substring(key FROM $3::int)))
         END) AS children
       FROM (
         SELECT key FROM coffer_rows WHERE key >= w.next AND key < $2::bytea ORDER BY key LIMIT 64
       ) some_keys
     ) found WHERE w.next IS NOT NULL AND w.n < $4::bigint
   ) SELECT child FROM walk, unnest(children) AS c(child) ORDER BY child LIMIT $4::bigint`,
)

/**
 * Rows in order. Takes the start, the end, how many, and after how many bytes of values a page ends; answers
 * beside each how many there were before that last bound.
 */
export const scanRows = statement(
  'scan',
  `SELECT key, version, value, total FROM (
     SELECT key, version, value, count(*) OVER () AS total,
       sum(length(value)) OVER (ORDER BY key ROWS UNBOUNDED PRECEDING) - length(value) AS before
     FROM (
       SELECT key, version, value FROM coffer_rows WHERE key >= $1::bytea AND key < $2::bytea
       ORDER BY key LIMIT $3::bigint
     ) found
   ) page WHERE before < $4::bigint ORDER BY key`,
)

/** The lock that all commits take first; they follow each other, and each has a number. */
export const takeTurn = statement(
  'turn',
  'UPDATE coffer_state SET sequence = sequence + 1 WHERE id = 1 RETURNING sequence, format, lineage',
)

/** Of rows by key: the number in the list from 1, and the version. */
export const readVersions = statement(
  'versions',
  `SELECT w.n, r.version FROM unnest($1::bytea[]) WITH ORDINALITY AS w(key, n)
   JOIN coffer_rows r ON r.key = w.key`,
)

/** Of ranges: the numbers of those in which there is a row. */
export const findOccupied = statement(
  'occupied',
  `SELECT w.n FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS w(low, high, n)
   WHERE EXISTS (SELECT 1 FROM coffer_rows r WHERE r.key >= w.low AND r.key < w.high)`,
)

/**
 * Replaces the slot of a process, and answers a row, if everything is as expected: the slot's own version; the versions
 * of rows, NULL where there is none; ranges without rows; and more commits than there had been. What follows it in the
 * transaction looks at the slot and does nothing if it was not replaced, so that nothing fails that the database would
 * have to write into its log.
 */
export const replaceSlot = statement(
  'replace',
  `UPDATE coffer_rows SET version = $3::uuid, value = $4::bytea
   WHERE key = $1::bytea AND version = $2::uuid
   AND NOT EXISTS (
     SELECT 1 FROM unnest($5::bytea[], $6::uuid[]) AS w(key, version)
     LEFT JOIN coffer_rows r ON r.key = w.key WHERE r.version IS DISTINCT FROM w.version
   ) AND NOT EXISTS (
     SELECT 1 FROM unnest($7::bytea[], $8::bytea[]) AS w(low, high)
     WHERE EXISTS (SELECT 1 FROM coffer_rows r WHERE r.key >= w.low AND r.key < w.high)
   ) AND EXISTS (SELECT 1 FROM coffer_state WHERE id = 1 AND sequence > $9::bigint)
   RETURNING version`,
)

// Both take the key of the slot, and what it was replaced by.
const ifReplaced = 'EXISTS (SELECT 1 FROM coffer_rows s WHERE s.key = $1::bytea AND s.version = $2::uuid)'

export const deleteRows = statement(
  'delete',
  `DELETE FROM coffer_rows WHERE key = ANY($3::bytea[]) AND ${ifReplaced}`,
)

export const putRows = statement(
  'put',
  `INSERT INTO coffer_rows (key, version, value)
   SELECT w.key, w.version, w.value FROM unnest($3::bytea[], $4::uuid[], $5::bytea[]) AS w(key, version, value)
   WHERE ${ifReplaced}
   ON CONFLICT (key) DO UPDATE SET version = excluded.version, value = excluded.value`,
)

export const putSlot = statement(
  'put_slot',
  `INSERT INTO coffer_rows (key, version, value) VALUES ($1::bytea, $2::uuid, $3::bytea)
   ON CONFLICT (key) DO UPDATE SET version = excluded.version, value = excluded.value`,
)

export const readSlot = statement('slot', 'SELECT version, value FROM coffer_rows WHERE key = $1::bytea')

export const beginCommit = statement('', 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE')
export const beginInstant = statement('', 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
export const commit = statement('', 'COMMIT')
export const rollback = statement('', 'ROLLBACK')

import { randomUUID } from 'node:crypto'
import { fail } from '../../base/errors.ts'
import type { Columns, Connection } from './connection/connection.ts'
import { stateOf } from './connection/explain.ts'
import { readState, takeTurn } from './statements.ts'

/**
 * The layout in the database, version {@link formatVersion}:
 *
 *   coffer_rows(key, version, value)            one row a key; keys are bytes of UTF-8, versions UUIDs of their commits.
 *                                               Keys that begin with a NUL are the store's own: its slots
 *   coffer_state(id, format, lineage, sequence) one row: the version of the layout, which store this is, and how
 *                                               many times commits were written
 */
export const formatVersion = 1

/** What leads from one version to the next. */
const steps: readonly (readonly string[])[] = [
  ['CREATE TABLE coffer_rows (key BYTEA PRIMARY KEY, version UUID NOT NULL, value BYTEA NOT NULL)'],
]

export type State = { readonly sequence: number; readonly lineage: string }

const sql = (text: string) => ({ name: '', text })
/** Two nodes that make the same table at once: one of them is told so, in one of these ways. */
const madeAtOnce = ['23505', '42P07', '42710', '40001', 'XX000']
const maxTries = 10

/**
 * Makes the tables where there are none, and brings older ones to this version.
 *
 * @throws storage_format when they are of a newer version, or another program's
 */
export async function prepareSchema(connection: Connection): Promise<State> {
  if ((await readStateIfThere(connection)) === undefined) {
    // Where another node has made it meanwhile, it has made the state before.
    const isLate = await isTable(connection, 'coffer_rows')
    if (isLate && (await readStateIfThere(connection)) === undefined) foreign('coffer_rows')
    await makeState(connection)
  }
  await migrate(connection)
  await checkRows(connection)
  return stateFrom((await connection.run(readState)).rows[0])
}

/** @throws storage_format when the tables are of a newer version; storage_failed when the state is gone */
export function stateFrom(columns: Columns | undefined): State {
  const [sequence, format, lineage] =
    columns ?? fail('storage_failed', 'the database lost the state of the store; restore it from a backup')
  if (Number(format) > formatVersion) {
    fail(
      'storage_format',
      `the store has format ${format}; this program knows formats up to ${formatVersion}: use a newer one`,
    )
  }
  return { sequence: Number(sequence), lineage: lineage ?? '' }
}

function foreign(table: string): never {
  fail('storage_format', `the table ${table} is of another program; give Coffer a schema of its own`)
}

async function readStateIfThere(connection: Connection): Promise<Columns | undefined> {
  try {
    const read = async () => (await connection.run({ ...readState, name: '' })).rows[0]
    const found = await read()
    // Another node is just making it, unless there was one before.
    if (found === undefined && !(await isTable(connection, 'coffer_rows'))) return undefined
    const state = found ?? (await read())
    stateFrom(state)
    return state
  } catch (error) {
    if (stateOf(error) === '42P01') return undefined
    if (stateOf(error) === '42703') foreign('coffer_state')
    throw error
  }
}

async function isTable(connection: Connection, name: string): Promise<boolean> {
  try {
    await connection.run(sql(`SELECT 1 FROM ${name} LIMIT 0`))
    return true
  } catch (error) {
    if (stateOf(error) === '42P01') return false
    throw error
  }
}

async function makeState(connection: Connection): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await connection.run(
        sql(
          'CREATE TABLE IF NOT EXISTS coffer_state (id INT PRIMARY KEY, format INT NOT NULL, lineage UUID NOT NULL, sequence BIGINT NOT NULL)',
        ),
      )
      break
    } catch (error) {
      if (!madeAtOnce.includes(stateOf(error) ?? '') || tries === maxTries) throw error
    }
  }
  await connection.run(
    sql(
      `INSERT INTO coffer_state (id, format, lineage, sequence) VALUES (1, 0, '${randomUUID()}', 0) ON CONFLICT (id) DO NOTHING`,
    ),
  )
}

/** One node migrates at a time: the row of the state is locked, and changed in the same transaction. */
async function migrate(connection: Connection): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await connection.run(sql('BEGIN'))
      const [, format] = (await connection.run({ ...takeTurn, name: '' })).rows[0] ?? []
      for (const step of steps.slice(Number(format))) {
        for (const text of step) await connection.run(sql(text))
      }
      await connection.run(sql(`UPDATE coffer_state SET format = ${formatVersion} WHERE id = 1`))
      await connection.run(sql('COMMIT'))
      return
    } catch (error) {
      await connection.run(sql('ROLLBACK'))
      if (stateOf(error) === '42P07') foreign('coffer_rows')
      if (stateOf(error) !== '40001' || tries === maxTries) throw error
    }
  }
}

async function checkRows(connection: Connection): Promise<void> {
  try {
    await connection.run(
      sql(
        "SELECT key || '\\x00'::bytea, version = NULL::uuid, value || '\\x00'::bytea FROM coffer_rows LIMIT 0",
      ),
    )
  } catch (error) {
    if (['42703', '42883', '42804'].includes(stateOf(error) ?? '')) {
      foreign('coffer_rows')
    }
    throw error
  }
}

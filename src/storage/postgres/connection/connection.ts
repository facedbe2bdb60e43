import { checkServerIdentity } from 'node:tls'
import { Client } from 'pg'
import { fail } from '../../../base/errors.ts'
import type { Host, Settings } from '../options.ts'
import type { Statement } from '../statements.ts'
import { noteMade } from './counts.ts'
import { stateOf } from './explain.ts'

/** The columns of a row as PostgreSQL writes them as text. */
export type Columns = readonly (string | null)[]
export type Answer = { readonly rows: readonly Columns[]; readonly command: string }

/** A connection on which statements follow each other without waiting for answers. */
export type Connection = {
  readonly host: Host
  /** It cannot be used any more. */
  readonly lost: boolean
  /**
   * @throws what the driver throws: `DatabaseError` when the server refused, something else when the connection
   * was lost, or no answer came in time
   */
  run(statement: Statement, values?: readonly unknown[]): Promise<Answer>
  /** Ends it at once; statements without an answer fail. */
  drop(): void
  /** Ends it when all statements are answered. */
  close(): Promise<void>
}

type Result = { readonly rows: Columns[]; readonly command: string }

/** Texts as they come over the wire: what each column means is known where it is used. */
const types = { getTypeParser: () => (text: string) => text }

/** Opens one connection to one server and sets up its session. */
export async function connect(host: Host, settings: Settings): Promise<Connection> {
  const { database, user, callTimeout, counts } = settings
  const isSocket = host.host.startsWith('/')
  const tls = isSocket ? undefined : await settings.tls?.()
  const password = await settings.password?.()
  const client = new Client({
    host: host.host,
    port: host.port,
    database,
    user,
    // Without an answer of ours the driver would look into the environment and the home folder.
    password: () =>
      password ?? fail('storage_failed', 'the database asks for a password, and none is configured'),
    ssl:
      tls === undefined
        ? false
        : { ...tls, checkServerIdentity: (_, certificate) => checkServerIdentity(host.host, certificate) },
    enableChannelBinding: true,
    application_name: 'coffer',
    connectionTimeoutMillis: Math.min(callTimeout, 3000),
    // A little behind the server's own limit, so that it is the server who gives up first.
    query_timeout: callTimeout + 500,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5000,
    pipeline: true,
  })
  let lost = false
  let unanswered = 0
  client.on('error', () => {
    lost = true
  })
  client.on('end', () => {
    lost = true
  })
  const drop = () => {
    lost = true
    socketOf(client)?.destroy()
  }
  const connection: Connection = {
    host,
    get lost() {
      return lost
    },
    async run({ name, text }, values = []) {
      const query = { name, text, values: [...values], rowMode: 'array', types }
      if (unanswered++ === 0) counts.roundTrips++
      try {
        // rowMode makes rows arrays of the columns, and `types` leaves these as texts.
        return (await client.query(query as never)) as unknown as Result
      } catch (error) {
        const state = stateOf(error)
        if (state === '40001' || state === '40P01') counts.undone[state]++
        if (!lost && isAnswer(error)) throw error
        // Whatever follows on this connection would meet an unknown state.
        drop()
        throw error
      } finally {
        unanswered--
      }
    },
    drop,
    async close() {
      lost = true
      await client.end().catch(() => {})
    },
  }
  try {
    await client.connect()
    await Promise.all(setUp(connection, settings))
    noteMade(counts, connection)
    return connection
  } catch (error) {
    drop()
    throw error
  }
}

const isAnswer = (error: unknown): boolean =>
  error instanceof Error && 'severity' in error && error.severity === 'ERROR'

/** Not part of the driver's types; ends a connection whose other side does not answer. */
const socketOf = (client: Client): { destroy(): void } | undefined =>
  (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream

/** Milliseconds that a transaction may lie idle; snapshots end before. */
const idleLimit = 120_000

function setUp(connection: Connection, { schema, callTimeout }: Settings): Promise<unknown>[] {
  const set = (text: string) => connection.run({ name: '', text: `SET ${text}` })
  const needed = [
    `search_path = ${JSON.stringify(schema)}`,
    `bytea_output = 'hex'`,
    `statement_timeout = ${callTimeout}`,
    `idle_in_transaction_session_timeout = ${idleLimit}`,
  ]
  // What PostgreSQL plans better with, and others may not know.
  const wished = [
    `lock_timeout = ${callTimeout}`,
    `default_transaction_isolation = 'read committed'`,
    `plan_cache_mode = force_generic_plan`,
    `enable_seqscan = off`,
    `jit = off`,
  ]
  return [
    ...needed.map(set),
    ...wished.map((text) =>
      set(text).catch((error) => {
        if (!isAnswer(error)) throw error
      }),
    ),
  ]
}

import { isFailure } from '../../base/errors.ts'
import { counter, gauge, type MetricFamily } from '../../base/metrics.ts'
import { createLook, type Doubts, doubtsFamily, type Measure } from '../measure.ts'
import type { Connection } from './connection/connection.ts'
import { type Counts, openOf } from './connection/counts.ts'
import { stateOf } from './connection/explain.ts'
import type { Side } from './reading/side.ts'

export type MeasureParts = {
  readonly side: Pick<Side, 'borrow' | 'give'>
  readonly counts: Readonly<Counts>
  readonly doubts: Readonly<Doubts>
  /** Connections in use. */
  busy(): number
}

/** Undefined is what cannot be told. */
type Look = { readonly up?: boolean; readonly synchronous?: boolean }

/** Milliseconds that a connection may be waited for: less than a look may take. */
const connectionPatience = 800

export function createMeasure({ side, counts, doubts, busy }: MeasureParts): Measure {
  const look = createLook(async (): Promise<Look> => {
    let connection: Connection
    try {
      connection = await side.borrow(performance.now() + connectionPatience)
    } catch (error) {
      // All are in use, which says nothing about the database.
      return isFailure(error, 'overloaded') ? {} : { up: false }
    }
    try {
      return { up: true, ...(await replicationOf(connection)) }
    } finally {
      side.give(connection)
    }
  })
  return async () => {
    const { up, synchronous } = (await look()) ?? { up: false }
    return [
      known('coffer_postgres_up', 'Whether a server of PostgreSQL that takes writes answers.', up),
      known(
        'coffer_postgres_synchronous',
        'Whether PostgreSQL waits for a standby before it confirms a commit.',
        synchronous,
      ),
      {
        name: 'coffer_postgres_connections',
        help: 'Connections to PostgreSQL.',
        kind: 'gauge',
        samples: [
          { labels: { state: 'open' }, value: openOf(counts) },
          { labels: { state: 'busy' }, value: busy() },
        ],
      },
      counter(
        'coffer_postgres_undone_total',
        'Transactions that PostgreSQL undid for the sake of another one.',
        'sqlstate',
        counts.undone,
      ),
      counterOf('coffer_postgres_round_trips_total', 'Round trips to PostgreSQL.', counts.roundTrips),
      doubtsFamily(doubts),
    ]
  }
}

/** Whether the servers' settings make a commit wait for a standby; nothing where they are not PostgreSQL's. */
async function replicationOf(connection: Connection): Promise<Pick<Look, 'synchronous'>> {
  const show = async (setting: string) =>
    (await connection.run({ name: '', text: `SHOW ${setting}` })).rows[0]?.[0] ?? ''
  try {
    const [standbys, level] = await Promise.all([
      show('synchronous_standby_names'),
      show('synchronous_commit'),
    ])
    return { synchronous: standbys !== '' && !['off', 'local'].includes(level) }
  } catch (error) {
    if (stateOf(error) === undefined) throw error
    return {}
  }
}

const known = (name: string, help: string, value: boolean | undefined): MetricFamily => {
  const family = gauge(name, help, Number(value), 'least')
  return value === undefined ? { ...family, kind: 'gauge', samples: [] } : family
}

const counterOf = (name: string, help: string, value: number): MetricFamily => ({
  name,
  help,
  kind: 'counter',
  samples: [{ labels: {}, value }],
})

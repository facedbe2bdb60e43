import { fail } from '../../base/errors.ts'
import type { Measure } from '../measure.ts'
import type { Store } from '../store.ts'
import type { Connection } from './connection/connection.ts'
import { createConnector } from './connection/connector.ts'
import { explain } from './connection/explain.ts'
import { createSeen } from './connection/seen.ts'
import { createWatch, lostData, type Watch } from './connection/watch.ts'
import { createMeasure } from './measure.ts'
import { type PostgresOptions, withDefaults } from './options.ts'
import { askNames, askPage } from './reading/answers.ts'
import { createLane } from './reading/lane.ts'
import { createRowReader, inTime, tryUntil } from './reading/rows.ts'
import { createSide } from './reading/side.ts'
import { createSnapshots } from './reading/snapshots.ts'
import { prepareSchema, stateFrom } from './schema.ts'
import { readState } from './statements.ts'
import { limits } from './writer/limits.ts'
import { createCommitQueue } from './writer/queue.ts'
import { slotKey, takeSlot } from './writer/slot.ts'
import { createWriter } from './writer/writer.ts'

export type { PostgresOptions } from './options.ts'

export type PostgresStore = Store & { readonly measure: Measure }

/**
 * A process that stops in the middle of a commit holds the turn of all others for no longer than this: milliseconds
 * between two statements of a transaction.
 */
const forCommits = (connection: Connection) =>
  connection.run({ name: '', text: 'SET idle_in_transaction_session_timeout = 2000' })

/** Connections that read rows; what else there are list, scan and hold snapshots, and one writes. */
const rowLanes = 2

/**
 * Opens a store in a PostgreSQL database, and makes its tables where there are none. Any number of processes may
 * have it open at the same time, each with a seat of its own.
 *
 * @throws storage_failed when no server of `hosts` can be used, with what each of them said, or when the database lost
 * data since it was seen last; storage_format when the tables are of a newer version, or another program's
 */
export async function openPostgres(options: PostgresOptions): Promise<PostgresStore> {
  const settings = withDefaults(options)
  const { seat, patience, seenFile, maxConnections, counts } = settings
  const seen = createSeen(seenFile)
  const hint =
    seenFile === undefined ? 'restore it' : `restore it, or remove ${seenFile} to go on with what is there`
  let watch: Watch | undefined
  const connector = createConnector(settings, async (connection) => {
    if (watch === undefined) return
    const before = watch.mark()
    watch.admit(stateFrom((await connection.run(readState)).rows[0]), before)
  })

  const first = await connector.once()
  try {
    const state = await prepareSchema(first)
    watch = createWatch(seen.check(state, hint), hint)
    const slot = await takeSlot(
      first,
      slotKey(seat.node, seat.process),
      seen.slotCount,
      `${lostData}; ${hint}`,
    )
    await first.close()
    return createStore(watch, slot)
  } catch (error) {
    first.drop()
    throw explain(error)
  }

  function createStore(watch: Watch, slot: Awaited<ReturnType<typeof takeSlot>>): PostgresStore {
    const remembering = seen.keep(() => ({
      lineage: watch.lineage,
      sequence: watch.mark(),
      slot: slot.count,
    }))
    const lanes = Array.from({ length: rowLanes }, () => createLane(connector))
    const rows = createRowReader(lanes, watch, patience)
    const side = createSide(connector, Math.max(1, maxConnections - rowLanes - 1))
    const snapshots = createSnapshots(side, watch, patience)
    const queue = createCommitQueue(
      createWriter(slot, watch, hint),
      createLane(connector, forCommits),
      patience,
    )
    let closing: Promise<void> | undefined

    const use = (): void => {
      if (closing !== undefined) fail('storage_failed', 'the store is closed')
    }

    /** Asks on a connection that nobody else uses meanwhile. */
    async function ask<T>(question: (connection: Connection) => Promise<T>): Promise<T> {
      use()
      const deadline = performance.now() + patience
      const answered = tryUntil(deadline, async () => {
        const connection = await side.borrow(deadline)
        try {
          const before = watch.mark()
          const [state, answer] = await Promise.all([connection.run(readState), question(connection)])
          watch.saw(connection, Number(state.rows[0]?.[0]), before)
          return answer
        } finally {
          side.give(connection)
        }
      })
      return inTime(deadline, answered)
    }

    return {
      limits,
      async read(keys, known = []) {
        use()
        return rows.read(keys.map((key, i) => ({ key, known: known[i] })))
      },
      list: (prefix, options) => ask((connection) => askNames(connection, prefix, options)),
      scan: (prefix, options) => ask((connection) => askPage(connection, prefix, options)),
      snapshot() {
        use()
        return snapshots.take()
      },
      async commit(commit) {
        use()
        return queue.commit(commit)
      },
      measure: createMeasure({
        side: {
          async borrow(deadline) {
            use()
            return side.borrow(deadline)
          },
          give: side.give,
        },
        counts,
        doubts: queue.doubts,
        busy: () => rows.busy + side.busy + Number(queue.busy),
      }),
      close() {
        closing ??= (async () => {
          await queue.close()
          snapshots.close()
          await Promise.all([rows.close(), side.close()])
          remembering.stop()
        })()
        return closing
      },
    }
  }
}

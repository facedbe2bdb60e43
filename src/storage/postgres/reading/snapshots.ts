import { CofferError, fail, isFailure } from '../../../base/errors.ts'
import type { Snapshot } from '../../store.ts'
import type { Connection } from '../connection/connection.ts'
import type { Watch } from '../connection/watch.ts'
import { beginInstant, readState, rollback } from '../statements.ts'
import { askNames, askPage, askRows } from './answers.ts'
import { inTime, tryUntil } from './rows.ts'
import type { Side } from './side.ts'

/** Hands out snapshots: transactions on connections of their own, shared by all of the same instant. */
export type Snapshots = {
  take(): Snapshot
  close(): void
}

type Instant = {
  readonly connection: Connection
  readonly sequence: number
  readonly born: number
  users: number
  cut: boolean
}

/** Milliseconds that a snapshot may live: the database keeps what was deleted since. */
const longestLife = 60_000
const interval = 5000

export function createSnapshots(side: Side, watch: Watch, patience: number): Snapshots {
  const instants = new Set<Instant>()
  let closed = false
  const timer = setInterval(trim, interval).unref()

  /** Begins a transaction and asks the first question in it, in one round trip. */
  async function enter<T>(
    deadline: number,
    ask: (connection: Connection) => Promise<T>,
  ): Promise<[Instant, T]> {
    return tryUntil(deadline, async () => {
      const connection = await side.borrow(deadline)
      try {
        const before = watch.mark()
        const [, state, answer] = await Promise.all([
          connection.run(beginInstant),
          connection.run(readState),
          ask(connection),
        ])
        const sequence = Number(state.rows[0]?.[0])
        watch.saw(connection, sequence, before)
        return [join(connection, sequence), answer]
      } catch (error) {
        connection.drop()
        side.give(connection)
        throw error
      }
    })
  }

  function join(connection: Connection, sequence: number): Instant {
    for (const instant of instants) {
      if (instant.sequence !== sequence || instant.cut || instant.connection.lost) continue
      instant.users++
      end(connection)
      return instant
    }
    const instant = { connection, sequence, born: performance.now(), users: 1, cut: false }
    instants.add(instant)
    return instant
  }

  function end(connection: Connection): void {
    connection.run(rollback).then(
      () => side.give(connection),
      () => side.give(connection),
    )
  }

  function leave(instant: Instant): void {
    instant.users--
    if (instant.users === 0) cut(instant)
  }

  function cut(instant: Instant): void {
    if (instant.cut) return
    instant.cut = true
    instants.delete(instant)
    end(instant.connection)
  }

  function trim(): void {
    const now = performance.now()
    for (const instant of [...instants]) if (now - instant.born > longestLife) cut(instant)
  }

  function take(): Snapshot {
    let entering: Promise<Instant> | undefined
    let released = false

    async function ask<T>(question: (connection: Connection) => Promise<T>): Promise<T> {
      if (released) fail('internal', 'a snapshot was used after its release')
      if (closed) fail('storage_failed', 'the store is closed')
      if (entering === undefined) {
        const deadline = performance.now() + patience
        const entered = enter(deadline, question)
        entering = entered.then(([instant]) => instant)
        entering.catch(() => {})
        return (await inTime(deadline, entered))[1]
      }
      const instant = await entering
      if (instant.cut) fail('overloaded', 'the request took too long; try again')
      try {
        return await question(instant.connection)
      } catch (error) {
        // The transaction is over, and no other one is at its instant.
        instant.connection.drop()
        throw isFailure(error)
          ? error
          : new CofferError('overloaded', 'the database did not answer; try again', { cause: error })
      }
    }

    return {
      read: (keys, known = []) =>
        ask(async (connection) => {
          const questions = keys.map((key, i) => ({ key, known: known[i] }))
          return (await askRows(connection, questions)).results
        }),
      list: (prefix, options) => ask((connection) => askNames(connection, prefix, options)),
      scan: (prefix, options) => ask((connection) => askPage(connection, prefix, options)),
      release() {
        if (!released) entering?.then(leave, () => {})
        released = true
      },
    }
  }

  return {
    take,
    close() {
      closed = true
      clearInterval(timer)
    },
  }
}

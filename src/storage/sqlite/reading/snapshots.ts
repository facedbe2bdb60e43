import type { Clock } from '../../../base/clock.ts'
import { fail } from '../../../base/errors.ts'
import { defaultLimit, type Snapshot } from '../../store.ts'
import { explained } from '../explain.ts'
import { answerRead } from './answer.ts'
import type { Fresh } from './fresh.ts'
import type { Connection } from './reader.ts'
import { listInSlices, scanInSlices } from './slices.ts'

/** Hands out snapshots: connections that each hold a read transaction, shared by all of the same instant. */
export type Snapshots = {
  take(): Snapshot
  /** Ends those that have stood in the way of the log too long. */
  trim(): void
  close(): void
}

export type SnapshotOptions = {
  /** Opens one more connection. */
  readonly open: () => Connection
  readonly fresh: Fresh
  readonly clock: Clock
  /** Bytes of the write-ahead log, which cannot begin anew while an old instant is read. */
  readonly logSize: () => number
  /** Bytes of log from which on only young snapshots are left. */
  readonly logLimit: number
}

type Instant = {
  readonly connection: Connection
  readonly sequence: number
  readonly born: number
  users: number
  cut: boolean
}

/** Instants that may be read at once, each with a connection; and connections that are kept for later. */
const maxInstants = 128
const maxIdle = 4
/** Milliseconds that a snapshot may live, and when the log has grown beyond its bound. */
const longestLife = 60_000
const shortestLife = 2000
/** Milliseconds between looks at the ages, while there are snapshots. */
const interval = 1000

export function createSnapshots({ open, fresh, clock, logSize, logLimit }: SnapshotOptions): Snapshots {
  const main = open()
  const instants = new Set<Instant>()
  const idle: Connection[] = []
  let newest: Instant | undefined
  let timer: NodeJS.Timeout | undefined

  function enter(): Instant {
    const state = main.state()
    fresh.at(state)
    if (newest?.sequence !== state[0]) newest = begin()
    newest.users++
    return newest
  }

  function begin(): Instant {
    if (instants.size >= maxInstants) fail('overloaded', 'too many reads are under way; try again')
    const connection = idle.pop() ?? open()
    const sequence = beginOn(connection)
    const instant = { connection, sequence, born: clock.monotonic(), users: 0, cut: false }
    instants.add(instant)
    timer ??= setInterval(trim, interval).unref()
    return instant
  }

  function beginOn(connection: Connection): number {
    try {
      connection.begin()
      const state = connection.state()
      fresh.at(state)
      return state[0]
    } catch (error) {
      connection.db.close()
      throw error
    }
  }

  function leave(instant: Instant): void {
    instant.users--
    if (instant.users === 0 && !instant.cut) end(instant)
  }

  function end(instant: Instant): void {
    instants.delete(instant)
    if (newest === instant) newest = undefined
    instant.connection.end()
    if (idle.length < maxIdle) idle.push(instant.connection)
    else instant.connection.db.close()
    if (instants.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  function trim(): void {
    const life = logSize() > logLimit ? shortestLife : longestLife
    const now = clock.monotonic()
    for (const instant of [...instants]) {
      if (now - instant.born < life) continue
      instant.cut = true
      end(instant)
    }
  }

  function take(): Snapshot {
    let instant: Instant | undefined
    let epoch = -1
    let released = false

    const held = (): Connection => {
      if (released) fail('internal', 'a snapshot was used after its release')
      if (instant === undefined) {
        instant = enter()
        epoch = fresh.epoch
      }
      if (instant.cut) fail('overloaded', 'the request took too long; try again')
      return instant.connection
    }
    /** What is known now was so at this instant too, unless something may have changed since. */
    const known = () => (fresh.epoch === epoch ? fresh : undefined)

    return {
      read: (keys, versions = []) =>
        explained(() => {
          const connection = held()
          return answerRead(connection, keys, versions, known())
        }),
      async list(prefix, options = {}) {
        return explained(() => {
          const connection = held()
          if ((options.limit ?? defaultLimit) > defaultLimit) return listInSlices(held, prefix, options)
          const remembered = known()?.names(prefix, options)
          if (remembered !== undefined) return remembered
          const listing = connection.names(prefix, options)
          known()?.learnNames(prefix, options, listing)
          return listing
        })
      },
      async scan(prefix, options = {}) {
        return explained(() => scanInSlices(held, prefix, options))
      },
      release() {
        if (instant !== undefined && !released) leave(instant)
        released = true
      },
    }
  }

  return {
    take,
    trim,
    close() {
      for (const instant of [...instants]) {
        instant.cut = true
        end(instant)
      }
      for (const connection of idle) connection.db.close()
      idle.length = 0
      main.db.close()
    },
  }
}

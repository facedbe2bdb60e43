import { fail } from '../../../base/errors.ts'
import type { Connection } from '../connection/connection.ts'
import type { Connector } from '../connection/connector.ts'

/** A bounded number of connections, for what takes longer than a read of rows. */
export type Side = {
  /**
   * One that is used by nobody else, until it is given back.
   *
   * @throws overloaded when none became free before the time (of `performance.now()`) is over
   */
  borrow(deadline: number): Promise<Connection>
  give(connection: Connection): void
  /** Connections in use. */
  readonly busy: number
  close(): Promise<void>
}

/** Who may wait, and connections that are kept while nobody needs them. */
const maxWaiting = 1000
const maxIdle = 4

export function createSide(connector: Pick<Connector, 'until'>, max: number): Side {
  const idle: Connection[] = []
  const all = new Set<Connection>()
  const waiting = new Set<(place: Connection | undefined) => void>()
  let places = max

  /** A connection, or the right to open one; in the order of asking. */
  async function place(deadline: number): Promise<Connection | undefined> {
    if (places > 0) {
      places--
      return idle.pop()
    }
    if (waiting.size >= maxWaiting) busy()
    return new Promise((resolve, reject) => {
      const take = (connection: Connection | undefined) => {
        clearTimeout(timer)
        resolve(connection)
      }
      const timer = setTimeout(() => {
        waiting.delete(take)
        try {
          busy()
        } catch (error) {
          reject(error)
        }
      }, deadline - performance.now())
      waiting.add(take)
    })
  }

  function free(connection: Connection | undefined): void {
    const [next] = waiting
    if (next !== undefined) {
      waiting.delete(next)
      next(connection)
      return
    }
    places++
    if (connection === undefined) return
    if (idle.length < maxIdle) idle.push(connection)
    else forget(connection)
  }

  function forget(connection: Connection): void {
    all.delete(connection)
    void connection.close()
  }

  return {
    get busy() {
      return max - places
    },
    async borrow(deadline) {
      const found = await place(deadline)
      if (found !== undefined && !found.lost) return found
      if (found !== undefined) forget(found)
      try {
        const connection = await connector.until(deadline)
        all.add(connection)
        return connection
      } catch (error) {
        free(undefined)
        throw error
      }
    },
    give(connection) {
      if (!connection.lost) return free(connection)
      forget(connection)
      free(undefined)
    },
    async close() {
      await Promise.all([...all].map((connection) => connection.close()))
    },
  }
}

function busy(): never {
  fail('overloaded', 'too many reads are under way; try again')
}

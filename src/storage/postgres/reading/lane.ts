import type { Connection } from '../connecting/connection.ts'
import type { Connector } from '../connecting/connector.ts'

/** One connection that is made again when it is lost. */
export type Lane = {
  /** @throws storage_failed when none can be made before the time (of `performance.now()`) is over */
  get(deadline: number): Promise<Connection>
  close(): Promise<void>
}

export function createLane(connector: Pick<Connector, 'until'>, first?: Connection): Lane {
  let connection = first
  return {
    async get(deadline) {
      if (connection === undefined || connection.lost) connection = await connector.until(deadline)
      return connection
    },
    async close() {
      await connection?.close()
    },
  }
}

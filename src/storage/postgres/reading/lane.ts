import type { Connection } from '../connection/connection.ts'
import type { Connector } from '../connection/connector.ts'

/** One connection that is made again when it is lost. `prepare` sets each of them up. */
export type Lane = {
  /** @throws storage_failed when none can be made before the time (of `performance.now()`) is over */
  get(deadline: number): Promise<Connection>
  close(): Promise<void>
}

export function createLane(
  connector: Pick<Connector, 'until'>,
  prepare: (connection: Connection) => Promise<unknown> = async () => {},
): Lane {
  let connection: Connection | undefined
  return {
    async get(deadline) {
      if (connection === undefined || connection.lost) {
        connection = await connector.until(deadline)
        await prepare(connection)
      }
      return connection
    },
    async close() {
      await connection?.close()
    },
  }
}

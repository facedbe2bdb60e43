import { setTimeout as wait } from 'node:timers/promises'
import { CofferError, fail, isFailure } from '../../../base/errors.ts'
import type { Host, Settings } from '../options.ts'
import { type Connection, connect } from './connection.ts'
import { explain } from './explain.ts'
import { Condemned } from './watch.ts'

/** Makes connections to whichever server takes writes. */
export type Connector = {
  /**
   * Tries each server once.
   *
   * @throws storage_failed with what each of them said, at the start by its address, or what `admit` throws
   */
  once(): Promise<Connection>
  /** Tries again and again, ever more slowly, until the time (of `performance.now()`) is over. */
  until(deadline: number): Promise<Connection>
}

/** Milliseconds between tries. */
const [firstPause, longestPause] = [20, 500]

/** @param admit looks at each new connection, and throws when its database is not to be used */
export function createConnector(
  settings: Settings,
  admit: (connection: Connection) => Promise<void>,
): Connector {
  let last = settings.hosts[0] as Host
  /** Whether there was a connection: from then on errors are shown to clients, which addresses are no matter of. */
  let opened = false
  /** All servers have answered, and none of them is to be used any more. */
  let ended: Condemned | undefined

  async function tryOne(host: Host): Promise<Connection> {
    const connection = await connect(host, settings)
    try {
      await Promise.all([mustTakeWrites(connection), mustBeDurable(connection)])
      await admit(connection)
      last = host
      opened = true
      return connection
    } catch (error) {
      connection.drop()
      throw error
    }
  }

  async function once(): Promise<Connection> {
    const others = settings.hosts.filter((host) => host !== last)
    const failures: { host: Host; code: CofferError['code']; message: string; cause: unknown }[] = []
    const condemned: Condemned[] = []
    if (ended !== undefined) throw ended
    for (const host of [last, ...others]) {
      try {
        return await tryOne(host)
      } catch (error) {
        const { code, message } = explain(error)
        if (error instanceof Condemned) condemned.push(error)
        failures.push({ host, code, message, cause: error })
      }
    }
    const code = failures.find((failure) => failure.code !== 'storage_failed')?.code ?? 'storage_failed'
    const texts = failures.map(({ host, message }) =>
      opened ? message : `${host.host}:${host.port}: ${message}`,
    )
    const text = [...new Set(texts)].join('; ')
    if (condemned.length > 0) {
      const failure = new Condemned(text)
      if (condemned.length === failures.length) ended = failure
      throw failure
    }
    throw new CofferError(code, text, { cause: failures[0]?.cause })
  }

  return {
    once,
    async until(deadline) {
      for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
        try {
          return await once()
        } catch (error) {
          // What is wrong with the data does not pass.
          const passes = isFailure(error, 'storage_failed') && !(error instanceof Condemned)
          if (!passes || performance.now() + pause >= deadline) throw error
        }
        // Nodes that lost their database at the same time do not come back at the same time.
        await wait(pause * (0.5 + Math.random()))
      }
    },
  }
}

async function mustTakeWrites(connection: Connection): Promise<void> {
  const { rows } = await connection.run({ name: '', text: 'SHOW transaction_read_only' })
  if (rows[0]?.[0] !== 'off') fail('storage_failed', 'the server is a standby, or takes no writes')
}

/** What is answered is on the disk of the primary at least, whatever the database is set to. */
async function mustBeDurable(connection: Connection): Promise<void> {
  const { rows } = await connection.run({ name: '', text: 'SHOW synchronous_commit' })
  if (rows[0]?.[0] === 'off') await connection.run({ name: '', text: 'SET synchronous_commit = on' })
}

import cluster from 'node:cluster'
import { once } from 'node:events'
import { createPeers } from '../../../core/workers/peers.ts'
import type { Io } from '../../io.ts'
import { type RunOptions, startAll } from '../run.ts'
import { isStart, isStop, type Ready, type Start, type Unusable } from './messages.ts'

/** Whether a primary has started this process as one of its workers. */
export const isWorker = (): boolean => cluster.isWorker && process.connected

/**
 * Serves as one of the workers of a primary until that says to stop. The primary ends it when it ends itself.
 *
 * @param optionsOf what the text of the configuration file asks for
 */
export async function runWorker(optionsOf: (configuration: string) => RunOptions, io: Io): Promise<number> {
  // The primary decides about signals: a terminal and a service manager send them to all processes at once.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
  try {
    const { configuration, worker } = await started()
    const stopped = untilStopped()
    const options = optionsOf(configuration)
    const peers = createPeers(worker, {
      send: (message) =>
        new Promise((resolve) => {
          // A channel that has closed tells so by itself.
          if (process.send?.(message, undefined, undefined, () => resolve()) === undefined) resolve()
        }),
      onMessage: (listener) => void process.on('message', listener),
    })
    const running = await startAll(
      { ...options, worker, settings: { ...options.settings, peers }, pidFile: undefined },
      io,
    )
    const ready: Ready = { ready: { url: running.url } }
    process.send?.(ready)
    void running.unusable.then((reason) => process.send?.({ unusable: reason } satisfies Unusable))
    await stopped
    await running.stop()
    return 0
  } finally {
    cluster.worker?.disconnect()
  }
}

async function started(): Promise<Start['start']> {
  for (;;) {
    const [message] = await once(process, 'message')
    if (isStart(message)) return message.start
  }
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    process.on('message', (message) => {
      if (isStop(message)) resolve()
    })
    process.once('SIGTERM', () => resolve())
  })
}

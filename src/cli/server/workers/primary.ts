import cluster, { type Worker } from 'node:cluster'
import { setTimeout as pause } from 'node:timers/promises'
import { version } from '../../../core/version.ts'
import { createRelay } from '../../../core/workers/relay.ts'
import { createLog } from '../../../http/log/create-log.ts'
import { leavePidFile } from '../pid-file.ts'
import type { Running, RunOptions } from '../run.ts'
import { keepConnections } from './hand-over.ts'
import { isReady, isUnusable, type Start, type Stop } from './messages.ts'

/** Milliseconds: the first pause before a worker is started anew, the longest, and how long one is up that has recovered. */
const backOff = { first: 100, longest: 10_000, recovered: 30_000 }
/** Starts in a row that may fail while the server starts. */
const maxFailures = 5
/** Milliseconds that workers have to stop: what is under way, and what has to be written after it. */
const grace = 15_000

type Slot = {
  readonly number: number
  worker: Worker | undefined
  ready: boolean
  /** Ends in a row, each soon after the start. */
  failures: number
}

/**
 * Starts the workers of a server, the first one alone: it makes what is made once, and what keeps it from starting
 * would keep all others. One that ends is started anew.
 *
 * @param configuration the text that all of them run
 * @returns undefined when they do not start; the worker that failed has said why
 */
export async function startWorkers(
  options: RunOptions,
  configuration: string,
  workers: number,
): Promise<Running | undefined> {
  const log = createLog(process.stderr, options.logLevel, options.logFormat ?? 'standard')
  log.info({ version, process: process.pid, workers }, 'Coffer starts')
  cluster.setupPrimary({ serialization: 'advanced' })
  const relay = createRelay()
  const slots: Slot[] = Array.from({ length: workers }, (_, at) => ({
    number: at + 1,
    worker: undefined,
    ready: false,
    failures: 0,
  }))
  let url = ''
  let stopping = false
  const stops = new AbortController()
  let started = false
  const { promise: unusable, resolve: giveUp } = Promise.withResolvers<string>()

  /** Resolves to whether it became ready. */
  function launch(slot: Slot): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const worker = cluster.fork()
    slot.worker = worker
    keepConnections(worker)
    const since = performance.now()
    const unwritten = new Set<() => void>()
    /** Resolves when it is written: behind a connection on its way the runtime keeps what comes later waiting. */
    const send = (message: object): Promise<void> => {
      // One that is ending hears nothing more; its end is told apart.
      if (!worker.isConnected() || worker.isDead()) return Promise.resolve()
      const { promise, resolve } = Promise.withResolvers<void>()
      const written = () => {
        unwritten.delete(written)
        resolve()
      }
      unwritten.add(written)
      worker.send(message, undefined, undefined, written)
      return promise
    }
    relay.add({
      id: worker.id,
      send,
      end: (reason) => {
        log.error({ worker: slot.number, reason }, 'a worker cannot go on, and is ended')
        worker.process.kill('SIGKILL')
      },
    })
    worker.on('error', () => {})
    worker.on('message', (message: unknown) => {
      if (isReady(message)) {
        slot.ready = true
        url = message.ready.url
        resolve(true)
      } else if (isUnusable(message)) giveUp(message.unusable)
      else relay.received(worker.id, message)
    })
    worker.once('exit', (code: number | null, signal: string | null) => {
      relay.remove(worker.id)
      for (const written of unwritten) written()
      const wasReady = slot.ready
      slot.worker = undefined
      slot.ready = false
      slot.failures = performance.now() - since > backOff.recovered ? 1 : slot.failures + 1
      resolve(false)
      if (stopping || !started) return
      log.error({ worker: slot.number, code, signal, wasReady }, 'a worker has ended; it is started anew')
      void restart(slot)
    })
    void send({ start: { configuration, worker: slot.number } } satisfies Start)
    return promise
  }

  async function restart(slot: Slot): Promise<void> {
    const wait = Math.min(backOff.first * 2 ** (slot.failures - 1), backOff.longest)
    // When all workers have ended, this pause is all that keeps the primary running.
    await pause(wait, undefined, { signal: stops.signal }).catch(() => undefined)
    if (!stopping) await launch(slot)
  }

  /** The first start of a worker. */
  async function begin(slot: Slot): Promise<boolean> {
    while (!stopping) {
      if (await launch(slot)) return true
      if (slot.failures >= maxFailures) break
      await pause(backOff.first * 2 ** slot.failures)
    }
    return false
  }

  async function stop(): Promise<void> {
    stopping = true
    stops.abort()
    await Promise.all(slots.map(end))
  }

  function end({ worker }: Slot): Promise<void> {
    if (worker === undefined || worker.isDead()) return Promise.resolve()
    return new Promise((resolve) => {
      const late = setTimeout(() => worker.process.kill('SIGKILL'), grace)
      worker.once('exit', () => {
        clearTimeout(late)
        resolve()
      })
      if (worker.isConnected()) worker.send({ stop: true } satisfies Stop, undefined, undefined, () => {})
    })
  }

  const [first, ...others] = slots
  if (first === undefined || !(await launch(first))) return undefined
  let removePidFile = () => {}
  try {
    if (options.pidFile !== undefined) removePidFile = leavePidFile(options.pidFile)
  } catch (error) {
    await stop()
    throw error
  }
  const all = await Promise.all(others.map(begin))
  started = true
  if (all.includes(false)) {
    await stop()
    removePidFile()
    return undefined
  }
  for (const slot of slots) if (slot.worker === undefined) void restart(slot)

  const onHangUp = () => {
    for (const { worker, ready } of slots) if (ready) worker?.process.kill('SIGHUP')
  }
  process.on('SIGHUP', onHangUp)
  return {
    url,
    rootToken: undefined,
    unsealKey: undefined,
    rootTokenFile: undefined,
    unusable,
    async stop() {
      log.info('stopping')
      process.off('SIGHUP', onHangUp)
      await stop()
      removePidFile()
    },
  }
}

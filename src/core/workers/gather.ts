import type { MetricFamily } from '../../base/metrics.ts'
import { processMetrics, type WorkerMetrics } from '../../sys/metrics/prometheus.ts'
import { shownInFlight } from '../../sys/process/in-flight.ts'
import type { InFlight, LogLevel, ShownRequests } from '../../sys/process/services.ts'
import type { Peers } from './peers.ts'

/** What a worker shows of itself and sets for itself, where requests mean the whole node. */
export type Own = {
  readonly inFlight: InFlight
  readonly log: LogLevel | undefined
  collect(): Promise<readonly MetricFamily[]>
}

/** The same for all workers of a node together. One that does not answer soon is left out. */
export function gather(peers: Peers, { inFlight, log, collect }: Own) {
  const metrics = async (): Promise<WorkerMetrics> => ({
    worker: peers.worker,
    families: await collect(),
    process: await processMetrics(),
  })
  peers.handle({
    metrics,
    inFlight: () => shownInFlight(inFlight),
    logLevel: (level: string) => log?.set(level),
  })
  return {
    // The others run the handlers above.
    metrics: async () => {
      const [own, others] = await Promise.all([metrics(), peers.others('metrics', [])])
      return [own, ...(others as WorkerMetrics[])].sort((a, b) => a.worker - b.worker)
    },
    inFlight: async () => (await peers.others('inFlight', [])) as ShownRequests[],
    log: log && {
      read: log.read,
      set(level: string) {
        log.set(level)
        void peers.others('logLevel', [level])
      },
    },
  }
}

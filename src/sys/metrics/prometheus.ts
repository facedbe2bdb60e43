import type { Registry } from 'prom-client'
import type { Distribution, MetricFamily, Sample } from '../../base/metrics.ts'
import { together } from '../../base/metrics-together.ts'

/**
 * Metrics in the text format of Prometheus (version 0.0.4), those of the process behind the server's own: memory,
 * processor time, the delay of the event loop.
 */
export async function prometheusText(families: readonly MetricFamily[]): Promise<string> {
  const { AggregatorRegistry } = await import('prom-client')
  // Made for what several processes counted; it takes what was counted elsewhere.
  const own = AggregatorRegistry.aggregate([families.map(collected)])
  return `${await own.metrics()}\n${await (await processRegistry()).metrics()}`
}

/** The same of several workers: what the server counts as one, what is known of each process by its number. */
export async function workersText(workers: readonly WorkerMetrics[]): Promise<string> {
  const { AggregatorRegistry } = await import('prom-client')
  const own = AggregatorRegistry.aggregate([together(workers.map(({ families }) => families)).map(collected)])
  const each = workers.map(({ worker, process }) =>
    process.map((metric) => ({
      ...metric,
      // No two have the same labels, so nothing is added up; other ways would leave some out.
      aggregator: 'sum',
      values: metric.values.map((one) => ({ ...one, labels: { ...one.labels, worker } })),
    })),
  )
  return `${await own.metrics()}\n${await AggregatorRegistry.aggregate(each).metrics()}`
}

export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8'

/** What the library knows of a process, in the form in which one process hands it to another. */
export type ProcessMetrics = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

/** What one of several workers counts. */
export type WorkerMetrics = {
  readonly worker: number
  readonly families: readonly MetricFamily[]
  readonly process: ProcessMetrics
}

export const processMetrics = async (): Promise<ProcessMetrics> =>
  (await processRegistry()).getMetricsAsJSON()

/** What is known of the process, as gauges and counters. */
export const processFamilies = async (): Promise<MetricFamily[]> => familiesOf(await processMetrics())

/** What the workers count as one, and what is known of each of their processes, as gauges and counters. */
export function workersFamilies(workers: readonly WorkerMetrics[]): MetricFamily[] {
  const each = workers.flatMap(({ worker, process }) =>
    familiesOf(process).flatMap((family) =>
      family.kind === 'histogram'
        ? []
        : [
            {
              ...family,
              samples: family.samples.map(({ labels, value }) => ({
                labels: { ...labels, worker: String(worker) },
                value,
              })),
            },
          ],
    ),
  )
  return [...together(workers.map(({ families }) => families)), ...each]
}

function familiesOf(metrics: ProcessMetrics): MetricFamily[] {
  return metrics.flatMap(({ name, help, type, values }) => {
    // The library numbers the kinds in its types and names them in its values.
    const kind = String(type)
    if (kind !== 'counter' && kind !== 'gauge') return []
    const samples = values.map(({ labels, value }) => ({ labels: texts(labels), value }))
    return [{ name, help, kind, samples }]
  })
}

const texts = (labels: Readonly<Record<string, string | number | undefined>>) =>
  Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]))

let observed: Promise<Registry> | undefined

/** The process is watched from the first time on that somebody asks. */
function processRegistry(): Promise<Registry> {
  observed ??= import('prom-client').then(({ Registry, collectDefaultMetrics }) => {
    const register = new Registry()
    collectDefaultMetrics({ register })
    return register
  })
  return observed
}

/** A family in the form in which the library's registries hand theirs on. */
function collected({ name, help, ...family }: MetricFamily): object {
  const values =
    family.kind === 'histogram' ? family.samples.flatMap((one) => lines(name, one)) : family.samples
  return { name, help, type: family.kind, aggregator: 'sum', values }
}

function lines(
  name: string,
  { labels, value: { bounds, counts, sum, count } }: Sample<Distribution>,
): object[] {
  let below = 0
  const buckets = counts.map((inside, at) => {
    below += inside
    return { metricName: `${name}_bucket`, labels: { ...labels, le: bounds[at] ?? '+Inf' }, value: below }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ]
}

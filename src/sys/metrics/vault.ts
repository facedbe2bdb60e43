import type { Json, JsonObject } from '../../base/json/json.ts'
import type { Distribution, Labels, MetricFamily } from '../../base/metrics.ts'

/**
 * Metrics in Vault's JSON form: gauges with their values, counters and samples with what is known of their
 * distribution. Numbers are those since the start of the process, and rates those per second of it.
 *
 * @param now milliseconds since 1970
 * @param uptime seconds
 */
export function vaultMetrics(families: readonly MetricFamily[], now: number, uptime: number): JsonObject {
  const gauges: Json[] = []
  const counters: Json[] = []
  const samples: Json[] = []
  for (const family of families) {
    const { name } = family
    if (family.kind === 'histogram') {
      for (const { labels, value } of family.samples) samples.push(sample(name, labels, value, uptime))
    } else {
      for (const { labels, value } of family.samples) {
        if (family.kind === 'gauge') gauges.push({ Name: name, Value: value, Labels: { ...labels } })
        else counters.push(sample(name, labels, ones(value), uptime))
      }
    }
  }
  const [day, time = ''] = new Date(now).toISOString().split('T')
  return {
    Timestamp: `${day} ${time.slice(0, 8)} +0000 UTC`,
    Gauges: gauges,
    Points: [],
    Counters: counters,
    Samples: samples,
  }
}

type Moments = Pick<Distribution, 'count' | 'sum' | 'sumOfSquares' | 'min' | 'max'>

/** A counter is the sum of so many ones. */
const ones = (count: number): Moments => ({
  count,
  sum: count,
  sumOfSquares: count,
  min: count === 0 ? 0 : 1,
  max: count === 0 ? 0 : 1,
})

function sample(name: string, labels: Labels, moments: Moments, uptime: number): JsonObject {
  const { count, sum, sumOfSquares, min, max } = moments
  const mean = count === 0 ? 0 : sum / count
  return {
    Name: name,
    Count: count,
    Rate: uptime > 0 ? sum / uptime : 0,
    Sum: sum,
    Min: min,
    Max: max,
    Mean: mean,
    // Rounding can take it below zero.
    Stddev: count === 0 ? 0 : Math.sqrt(Math.max(0, sumOfSquares / count - mean * mean)),
    Labels: { ...labels },
  }
}

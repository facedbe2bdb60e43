import type { Distribution, Labels, MetricFamily, Sample, Together } from './metrics.ts'

/** The metrics of several processes as those of one: counters and distributions add up, gauges as they say. */
export function together(processes: readonly (readonly MetricFamily[])[]): MetricFamily[] {
  const byName = Map.groupBy(processes.flat(), ({ name }) => name)
  return [...byName.values()].flatMap<MetricFamily>((same) => {
    const [first] = same
    if (first === undefined) return []
    if (first.kind === 'histogram') {
      const samples = same.flatMap((one) => (one.kind === 'histogram' ? one.samples : []))
      return [{ ...first, samples: grouped(samples, add) }]
    }
    const samples = same.flatMap((one) => (one.kind === 'histogram' ? [] : one.samples))
    const how = first.kind === 'gauge' ? (first.together ?? 'sum') : 'sum'
    return [{ ...first, samples: grouped(samples, ways[how]) }]
  })
}

const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0)
const ways: { readonly [T in Together]: (values: readonly number[]) => number } = {
  sum,
  least: (values) => Math.min(...values),
  most: (values) => Math.max(...values),
  mean: (values) => sum(values) / values.length,
}

/** All processes have the same bounds, being one program. */
function add(values: readonly Distribution[]): Distribution {
  const filled = values.filter(({ count }) => count > 0)
  const [first] = values
  const bounds = first?.bounds ?? []
  const total = (of: (one: Distribution) => number) => sum(values.map(of))
  return {
    bounds,
    counts: Array.from({ length: bounds.length + 1 }, (_, at) => total(({ counts }) => counts[at] ?? 0)),
    count: total(({ count }) => count),
    sum: total((one) => one.sum),
    sumOfSquares: total(({ sumOfSquares }) => sumOfSquares),
    min: filled.length === 0 ? 0 : Math.min(...filled.map(({ min }) => min)),
    max: filled.length === 0 ? 0 : Math.max(...filled.map(({ max }) => max)),
  }
}

function grouped<T>(samples: readonly Sample<T>[], one: (values: readonly T[]) => T): Sample<T>[] {
  return [...Map.groupBy(samples, ({ labels }) => keyOf(labels)).values()].flatMap((same) => {
    const [first] = same
    return first === undefined ? [] : [{ labels: first.labels, value: one(same.map(({ value }) => value)) }]
  })
}

const keyOf = (labels: Labels) => JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))

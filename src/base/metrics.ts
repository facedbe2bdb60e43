/** Names and values of a fixed set: never anything that a request or a person brings along. */
export type Labels = Readonly<Record<string, string>>

/** Numbers of one kind at one moment. Times in seconds, sizes in bytes. */
export type MetricFamily = { readonly name: string; readonly help: string } & (
  | { readonly kind: 'counter'; readonly samples: readonly Sample<number>[] }
  | {
      readonly kind: 'gauge'
      readonly samples: readonly Sample<number>[]
      /** What the values of several processes make together; their sum if absent. */
      readonly together?: Together
    }
  | { readonly kind: 'histogram'; readonly samples: readonly Sample<Distribution>[] }
)
export type Together = 'sum' | 'least' | 'most' | 'mean'
export type Sample<T> = { readonly labels: Labels; readonly value: T }

/** How values were distributed. */
export type Distribution = {
  /** Upper bounds of the buckets, ascending; one more bucket has what lies beyond. */
  readonly bounds: readonly number[]
  /** Values in each bucket alone. */
  readonly counts: readonly number[]
  readonly count: number
  readonly sum: number
  readonly sumOfSquares: number
  /** 0 without values, as is `max`. */
  readonly min: number
  readonly max: number
}

export type Recorder = {
  /** Takes no memory, and next to no time. */
  add(value: number): void
  read(): Distribution
}

/** From a tenth of a millisecond to 30 seconds. */
export const latencyBounds: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
]

export function createRecorder(bounds: readonly number[] = latencyBounds): Recorder {
  const counts = new Float64Array(bounds.length + 1)
  let count = 0
  let sum = 0
  let sumOfSquares = 0
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  return {
    add(value) {
      let at = 0
      while (at < bounds.length && value > (bounds[at] as number)) at++
      counts[at] = (counts[at] as number) + 1
      count++
      sum += value
      sumOfSquares += value * value
      if (value < min) min = value
      if (value > max) max = value
    },
    read: () => ({
      bounds,
      counts: [...counts],
      count,
      sum,
      sumOfSquares,
      min: count === 0 ? 0 : min,
      max: count === 0 ? 0 : max,
    }),
  }
}

/** One number, without labels. @param together what those of several workers make */
export const gauge = (
  name: string,
  help: string,
  value: number,
  together: Together = 'sum',
): MetricFamily => ({
  name,
  help,
  kind: 'gauge',
  samples: [{ labels: {}, value }],
  together,
})

/** Numbers by the values of one label. */
export const counter = (
  name: string,
  help: string,
  label: string,
  values: Readonly<Record<string, number>>,
): MetricFamily => ({
  name,
  help,
  kind: 'counter',
  samples: Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value })),
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createRecorder, type MetricFamily } from '../../base/metrics.ts'
import { vaultMetrics } from './vault.ts'

const help = 'What it is.'
const distribution = (values: readonly number[]) => {
  const recorder = createRecorder()
  for (const value of values) recorder.add(value)
  return recorder.read()
}
type Sample = Record<'Count' | 'Sum' | 'Min' | 'Max' | 'Mean' | 'Stddev' | 'Rate', number>
const only = (families: readonly MetricFamily[], kind: 'Counters' | 'Samples', uptime = 10): Sample => {
  const list = vaultMetrics(families, 0, uptime)[kind] as unknown as Sample[]
  assert.equal(list.length, 1)
  return list[0] as Sample
}
const timesOf = (values: readonly number[]): MetricFamily => ({
  name: 'time',
  help,
  kind: 'histogram',
  samples: [{ labels: {}, value: distribution(values) }],
})

describe('metrics in the JSON form', () => {
  it('have their moment, whole seconds of UTC, and each kind apart', () => {
    const families: MetricFamily[] = [
      { name: 'open', help, kind: 'gauge', samples: [{ labels: { a: 'b' }, value: 3 }] },
      { name: 'requests', help, kind: 'counter', samples: [{ labels: { c: 'd' }, value: 4 }] },
      timesOf([1, 3]),
    ]
    assert.deepEqual(vaultMetrics(families, Date.UTC(2030, 0, 2, 3, 4, 5, 999), 10), {
      Timestamp: '2030-01-02 03:04:05 +0000 UTC',
      Gauges: [{ Name: 'open', Value: 3, Labels: { a: 'b' } }],
      Points: [],
      Counters: [
        {
          Name: 'requests',
          Count: 4,
          Rate: 0.4,
          Sum: 4,
          Min: 1,
          Max: 1,
          Mean: 1,
          Stddev: 0,
          Labels: { c: 'd' },
        },
      ],
      Samples: [
        { Name: 'time', Count: 2, Rate: 0.4, Sum: 4, Min: 1, Max: 3, Mean: 2, Stddev: 1, Labels: {} },
      ],
    })
  })

  it('have no sample where nothing was ever counted, and zeros where nothing was yet', () => {
    assert.deepEqual(vaultMetrics([{ name: 'x', help, kind: 'gauge', samples: [] }], 0, 1).Gauges, [])
    const zeros = { Count: 0, Rate: 0, Sum: 0, Min: 0, Max: 0, Mean: 0, Stddev: 0, Labels: {} }
    const none: MetricFamily = { name: 'x', help, kind: 'counter', samples: [{ labels: {}, value: 0 }] }
    assert.deepEqual(only([none], 'Counters'), { Name: 'x', ...zeros })
    assert.deepEqual(only([timesOf([])], 'Samples'), { Name: 'time', ...zeros })
  })

  it('have no rate at the moment of the start', () => {
    assert.equal(only([timesOf([1])], 'Samples', 0).Rate, 0)
  })

  it('are numbers, whatever was counted', () => {
    const value = fc.double({ min: 0, max: 1e9, noNaN: true })
    const values = fc.oneof(
      fc.array(value, { minLength: 1, maxLength: 50 }),
      // Rounding would take the variance of these below zero.
      fc.tuple(value, fc.integer({ min: 1, max: 50 })).map(([one, times]) => Array(times).fill(one)),
    )
    fc.assert(
      fc.property(values, (counted) => {
        const { Count, Min, Max, Mean, Stddev } = only([timesOf(counted)], 'Samples')
        assert.equal(Count, counted.length)
        assert.deepEqual([Min, Max], [Math.min(...counted), Math.max(...counted)])
        const slack = 1e-6 * Math.max(1, Max)
        assert.ok(Min - slack <= Mean && Mean <= Max + slack)
        assert.ok(Stddev >= 0 && Stddev <= Max - Min + Math.sqrt(slack * Math.max(1, Max)))
      }),
    )
  })
})

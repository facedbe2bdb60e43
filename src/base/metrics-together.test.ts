import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRecorder, type MetricFamily } from './metrics.ts'
import { together } from './metrics-together.ts'

const gauge = (name: string, value: number, how?: 'least' | 'most' | 'mean'): MetricFamily => ({
  name,
  help: '',
  kind: 'gauge',
  samples: [{ labels: {}, value }],
  ...(how === undefined ? {} : { together: how }),
})
const valuesOf = (families: readonly MetricFamily[]) =>
  families.flatMap((family) => (family.kind === 'histogram' ? [] : family.samples.map(({ value }) => value)))

describe('the metrics of several processes', () => {
  it('have counters added up by their labels', () => {
    const counter = (kind: string, value: number): MetricFamily => ({
      name: 'c',
      help: '',
      kind: 'counter',
      samples: [{ labels: { kind }, value }],
    })
    const [family, ...others] = together([[counter('a', 1)], [counter('b', 2)], [counter('a', 4)]])
    assert.equal(others.length, 0)
    assert.ok(family?.kind === 'counter')
    assert.deepEqual(family.samples, [
      { labels: { kind: 'a' }, value: 5 },
      { labels: { kind: 'b' }, value: 2 },
    ])
  })

  it('have gauges as they say, or added up', () => {
    const one = (value: number) => [
      gauge('sum', value),
      gauge('least', value, 'least'),
      gauge('most', value, 'most'),
      gauge('mean', value, 'mean'),
    ]
    assert.deepEqual(valuesOf(together([one(1), one(3)])), [4, 1, 3, 2])
  })

  it('have one distribution of all values, whichever process saw them', () => {
    const [all, some, others, none] = [createRecorder(), createRecorder(), createRecorder(), createRecorder()]
    for (const value of [0.002, 0.3, 40]) {
      some.add(value)
      all.add(value)
    }
    for (const value of [0.001, 7]) {
      others.add(value)
      all.add(value)
    }
    const family = (recorder: typeof all): MetricFamily[] => [
      { name: 'h', help: '', kind: 'histogram', samples: [{ labels: {}, value: recorder.read() }] },
    ]
    assert.deepEqual(together([family(some), family(others), family(none)]), family(all))
  })
})

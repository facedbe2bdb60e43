import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRecorder, type MetricFamily } from '../../base/metrics.ts'
import { processFamilies, prometheusText } from './prometheus.ts'

const linesOf = async (families: readonly MetricFamily[]) => (await prometheusText(families)).split('\n')

describe('metrics in the form of Prometheus', () => {
  it('have a line of help, a type, and a line for each set of labels', async () => {
    const lines = await linesOf([
      {
        name: 'things',
        help: 'How many.',
        kind: 'counter',
        samples: [
          { labels: { kind: 'a' }, value: 1 },
          { labels: { kind: 'b' }, value: 2.5 },
        ],
      },
      { name: 'state', help: 'How it is.', kind: 'gauge', samples: [{ labels: {}, value: 0 }] },
    ])
    assert.deepEqual(lines.slice(0, 8), [
      '# HELP things How many.',
      '# TYPE things counter',
      'things{kind="a"} 1',
      'things{kind="b"} 2.5',
      '',
      '# HELP state How it is.',
      '# TYPE state gauge',
      'state 0',
    ])
  })

  it('add the buckets of a distribution up', async () => {
    const recorder = createRecorder([1, 2])
    for (const value of [0.5, 1, 1.5, 7]) recorder.add(value)
    const samples = [{ labels: { route: 'kv/{path+}' }, value: recorder.read() }]
    const lines = await linesOf([{ name: 'time', help: 'How long.', kind: 'histogram', samples }])
    assert.deepEqual(
      lines.filter((line) => line.startsWith('time')),
      [
        'time_bucket{route="kv/{path+}",le="1"} 2',
        'time_bucket{route="kv/{path+}",le="2"} 3',
        'time_bucket{route="kv/{path+}",le="+Inf"} 4',
        'time_sum{route="kv/{path+}"} 10',
        'time_count{route="kv/{path+}"} 4',
      ],
    )
  })

  it('keep a label in its quotes, whatever it holds', async () => {
    const samples = [{ labels: { name: 'a"} 1\nother 2\\' }, value: 3 }]
    const lines = await linesOf([{ name: 'x', help: 'X.', kind: 'gauge', samples }])
    assert.ok(lines.includes('x{name="a\\"} 1\\nother 2\\\\"} 3'))
    assert.ok(!lines.some((line) => line.startsWith('other')))
  })

  it('have those of the process at their end, once', async () => {
    const lines = await linesOf([])
    assert.equal(lines.filter((line) => line.startsWith('# TYPE process_cpu_seconds_total ')).length, 1)
    await linesOf([])
    const families = await processFamilies()
    assert.equal(families.filter(({ name }) => name === 'process_resident_memory_bytes').length, 1)
    assert.ok(families.every(({ kind }) => kind === 'counter' || kind === 'gauge'))
  })
})

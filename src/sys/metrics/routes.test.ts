import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { OpenContext } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { manualClock } from '../../base/clock.ts'
import type { JsonObject } from '../../base/json/json.ts'
import type { MetricFamily } from '../../base/metrics.ts'
import { type MetricsServices, metricsRoutes } from './routes.ts'

/** The open one of the two routes, which share what they do; called without a server around it. */
function routes(changes: Partial<MetricsServices> = {}) {
  let collected = 0
  const family: MetricFamily = {
    name: 'things',
    help: 'How many.',
    kind: 'gauge',
    samples: [{ labels: {}, value: 3 }],
  }
  const collect = async () => {
    collected++
    return [family]
  }
  const { open } = metricsRoutes({ clock: manualClock(0), collect, prometheus: true, ...changes })
  const { operations, reader } = open
  async function read(fields: JsonObject = {}): Promise<Reply> {
    assert.ok(operations.read !== undefined && reader !== undefined)
    // It uses nothing of its context.
    return operations.read({} as OpenContext, (await reader.read(fields)).values)
  }
  return { read, collected: () => collected, open }
}

describe('the routes of metrics', () => {
  it('answer with JSON unless told otherwise', async () => {
    const { read } = routes()
    for (const fields of [{}, { format: '' }, { format: 'json' }]) {
      const { Timestamp, Gauges } = (await read(fields)).bare as JsonObject
      assert.equal(Timestamp, '1970-01-01 00:00:00 +0000 UTC')
      assert.deepEqual((Gauges as JsonObject[])[0], { Name: 'things', Value: 3, Labels: {} })
    }
  })

  it('answer with text for Prometheus, where that is on', async () => {
    const { raw } = await routes().read({ format: 'prometheus' })
    assert.equal(raw?.contentType, 'text/plain; version=0.0.4; charset=utf-8')
    assert.match(String(raw?.body), /^things 3$/m)
    const off = routes({ prometheus: false })
    const message = 'prometheus is not enabled'
    await assert.rejects(off.read({ format: 'prometheus' }), { code: 'invalid_request', message })
    assert.equal(off.collected(), 0)
  })

  it('make one text for all who ask meanwhile, and the next one anew', async () => {
    const { read, collected } = routes()
    const ask = () => read({ format: 'prometheus' })
    await Promise.all([ask(), ask(), ask()])
    assert.equal(collected(), 1)
    await ask()
    assert.equal(collected(), 2)
  })

  it('go on after a text that could not be made', async () => {
    let broken = true
    const family: MetricFamily = {
      name: 'things',
      help: 'How many.',
      kind: 'gauge',
      get samples() {
        return broken ? assert.fail('broken') : []
      },
    }
    const { read } = routes({ collect: async () => [family] })
    await assert.rejects(read({ format: 'prometheus' }), { message: 'broken' })
    broken = false
    assert.ok((await read({ format: 'prometheus' })).raw)
  })

  it('refuse other formats, and say which', async () => {
    const { read } = routes()
    for (const format of ['xml', 'PROMETHEUS', ' json']) {
      const message = `metric response format ${JSON.stringify(format)} unknown`
      await assert.rejects(read({ format }), { code: 'invalid_request', message })
    }
    await assert.rejects(read({ format: 'x'.repeat(33) }), { code: 'invalid_request' })
    await assert.rejects(read({ format: { a: 1 } }), { code: 'invalid_request' })
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { decideTtl, type TtlRequest } from './ttl.ts'

const bounds = { default: 1000, max: 5000 }
const none: TtlRequest = { ttl: 0, period: 0, explicitMaxTtl: 0 }

function decide(request: Partial<TtlRequest>, age = 0, within = bounds) {
  const warnings: string[] = []
  return { ...decideTtl({ ...none, ...request }, within, age, (text) => warnings.push(text)), warnings }
}

describe('the time that a token gets', () => {
  it('is what it asks for, and the default where it asks for nothing', () => {
    assert.equal(decide({ ttl: 30 }).ttl, 30)
    assert.equal(decide({}).ttl, 1000)
    const { ttl, warnings } = decide({}, 0, { default: 9000, max: 5000 })
    assert.equal(ttl, 5000)
    assert.deepEqual(warnings, [], 'who asked for nothing is told of no cut')
  })

  it('is at most the maximum, with a warning that says so', () => {
    const { ttl, warnings } = decide({ ttl: 6000 })
    assert.equal(ttl, 5000)
    assert.deepEqual(warnings, [
      'TTL of "1h40m0s" exceeded the effective max_ttl of "1h23m20s"; TTL value is capped accordingly',
    ])
    assert.equal(decide({ ttl: 300, maxTtl: 200 }).ttl, 200)
    assert.equal(decide({ ttl: 9999, maxTtl: 8000 }).ttl, 5000, 'a role cannot lift the maximum of its mount')
  })

  it('is at most the explicit maximum, which is itself at most the maximum', () => {
    assert.equal(decide({ ttl: 100, explicitMaxTtl: 50 }).ttl, 50)
    const { explicitMaxTtl, warnings } = decide({ ttl: 10, explicitMaxTtl: 6000 })
    assert.equal(explicitMaxTtl, 5000)
    assert.match(warnings.join(), /^explicit_max_ttl of .* exceeded/)
  })

  it('is the period of a periodic token, whatever it asks for and however old it is', () => {
    assert.equal(decide({ ttl: 7, period: 60 }).ttl, 60)
    assert.equal(decide({ ttl: 7, period: 60 }, 1_000_000).ttl, 60)
    assert.equal(decide({ period: 9000 }).period, 5000)
  })

  it('is what is left of the explicit maximum, also for a periodic token', () => {
    assert.equal(decide({ period: 60, explicitMaxTtl: 100 }, 70).ttl, 30)
    assert.equal(decide({ ttl: 60, explicitMaxTtl: 100 }, 70).ttl, 30)
  })

  it('is what is left of the maximum when it is renewed, with a warning', () => {
    const { ttl, warnings } = decide({ ttl: 1000 }, 4900)
    assert.equal(ttl, 100)
    assert.match(warnings.join(), /^TTL of "16m40s" exceeded the effective max_ttl of "1m40s"/)
    assert.deepEqual(decide({ ttl: 1000 }, 3000).warnings, [])
  })

  it('ends at the earliest of all ends that anything allows', () => {
    const span = fc.integer({ min: 0, max: 10_000 })
    const some = fc.integer({ min: 1, max: 10_000 })
    fc.assert(
      fc.property(
        fc.record({ ttl: span, period: span, explicitMaxTtl: span, maxTtl: span }),
        fc.record({ default: some, max: some }),
        fc.integer({ min: 0, max: 12_000 }),
        (request, within, age) => {
          const { ttl, warnings } = decide(request, age, within)
          const limits = [within.max, request.maxTtl, request.explicitMaxTtl].filter((limit) => limit > 0)
          const ends = [age + (request.period || request.ttl || within.default)]
          // A periodic token starts its maximum anew with each period; its explicit maximum holds on.
          if (request.period > 0)
            ends.push(age + within.max, age + (request.maxTtl || Number.POSITIVE_INFINITY))
          if (request.period === 0) ends.push(...limits)
          if (request.explicitMaxTtl > 0) ends.push(Math.min(...limits))
          assert.equal(ttl, Math.max(0, Math.min(...ends) - age))
          const asked = request.period || request.ttl
          if (ttl < asked) assert.notDeepEqual(warnings, [], 'what is cut is told')
        },
      ),
      { numRuns: 2000 },
    )
  })
})

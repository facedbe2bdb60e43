import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { fromBoundAddress, isNetwork, isWithin, shortNetwork } from './networks.ts'

const address = fc.tuple(...Array(4).fill(fc.integer({ min: 0, max: 255 }))).map((parts) => parts.join('.'))
const network = fc.tuple(address, fc.integer({ min: 0, max: 32 })).map(([base, bits]) => `${base}/${bits}`)

describe('networks', () => {
  it('lie in another one exactly when all their addresses do', () => {
    for (const [inner, outer, within] of [
      ['10.2.0.0/16', '10.0.0.0/8', true],
      ['10.0.0.0/8', '10.2.0.0/16', false],
      ['10.2.3.4', '10.2.3.4/32', true],
      ['192.168.0.0/16', '10.0.0.0/8', false],
      ['2001:db8:1::/48', '2001:db8::/32', true],
      ['10.0.0.0/8', '::/0', false],
      ['nothing', '0.0.0.0/0', false],
    ] as const) {
      assert.equal(isWithin(inner, outer), within, `${inner} in ${outer}`)
    }
  })

  it('hold every address of a network within them', () => {
    fc.assert(
      fc.property(network, network, address, (inner, outer, one) => {
        if (isWithin(inner, outer) && fromBoundAddress([inner], one)) {
          assert.ok(fromBoundAddress([outer], one), `${one} in ${inner} in ${outer}`)
        }
        assert.ok(isWithin(inner, inner) && isWithin(inner, '0.0.0.0/0') && isNetwork(inner))
      }),
    )
  })

  it('of one address are written as that address', () => {
    assert.deepEqual(['127.0.0.1/32', '::1/128', '10.0.0.0/8', '::/32'].map(shortNetwork), [
      '127.0.0.1',
      '::1',
      '10.0.0.0/8',
      '::/32',
    ])
  })
})

import assert from 'node:assert/strict'
import { isIP } from 'node:net'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { canonicalAddress, elementAddress, networksOf, peerAddress } from './address.ts'

describe('an address', () => {
  test('has one spelling', () => {
    for (const [sent, spelled] of [
      ['192.0.2.1', '192.0.2.1'],
      ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
      ['::ffff:192.0.2.1', '192.0.2.1'],
      ['::FFFF:c000:201', '192.0.2.1'],
      ['::1', '::1'],
      ['::192.0.2.1', '::c000:201'],
    ] as const) {
      assert.equal(canonicalAddress(sent), spelled)
    }
  })

  test('is none in forms that programs read differently', () => {
    for (const text of [
      '',
      ' ',
      '127.1',
      '0177.0.0.1',
      '0x7f.0.0.1',
      '2130706433',
      '1.2.3.4.5',
      '1.2.3.256',
      '1.2.3.4 ',
      'fe80::1%eth0',
      ':::1',
      'localhost',
      '١٢٧.0.0.1',
      '1'.repeat(100),
    ]) {
      assert.equal(canonicalAddress(text), undefined, text)
    }
  })

  test('may have a port in a header, and is then the same', () => {
    for (const [sent, address] of [
      ['192.0.2.1:4711', '192.0.2.1'],
      ['[2001:db8::1]:4711', '2001:db8::1'],
      ['[2001:db8::1]', '2001:db8::1'],
      ['2001:db8::1', '2001:db8::1'],
      ['::1', '::1'],
      ['[192.0.2.1]', undefined],
      ['[::1', undefined],
      ['::1]:80', undefined],
      ['192.0.2.1:', undefined],
      ['192.0.2.1:http', undefined],
      [':80', undefined],
      ['unknown', undefined],
      ['_proxy', undefined],
    ] as const) {
      assert.equal(elementAddress(sent), address, sent)
    }
  })

  test('of a connection loses its mapping and the name of its link', () => {
    assert.equal(peerAddress('::ffff:127.0.0.1'), '127.0.0.1')
    assert.equal(peerAddress('fe80::1%eth0'), 'fe80::1')
    assert.equal(peerAddress('127.0.0.1'), '127.0.0.1')
    assert.equal(peerAddress(), '')
  })

  test('is always a strict one, whatever is read', () => {
    const piece = fc.constantFrom('1', '0', '255', '.', ':', '::', 'ffff', '[', ']', '%', 'x', '-', ',', ' ')
    const text = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(fc.oneof(text, fc.string(), fc.ipV4(), fc.ipV6()), (sent) => {
        for (const address of [canonicalAddress(sent), elementAddress(sent)]) {
          if (address === undefined) continue
          assert.notEqual(isIP(address), 0)
          assert.equal(canonicalAddress(address), address)
        }
      }),
    )
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        assert.equal(canonicalAddress(address), address)
        assert.equal(canonicalAddress(`::ffff:${address}`), address)
        assert.equal(elementAddress(`${address}:443`), address)
      }),
    )
  })
})

describe('networks', () => {
  test('hold their addresses, and no others', () => {
    const networks = networksOf(['10.1.2.3/8', '192.0.2.7', '2001:db8::/32', '::ffff:198.51.100.0/120'])
    for (const address of ['10.255.0.1', '192.0.2.7', '2001:db8:1::1', '198.51.100.9', '::ffff:10.0.0.1']) {
      assert.equal(networks.has(address), true, address)
    }
    for (const address of ['11.0.0.1', '192.0.2.8', '2001:db9::1', '198.51.101.1', '::10.0.0.1', '', 'x']) {
      assert.equal(networks.has(address), false, address)
    }
  })

  test('of one family hold nothing of the other', () => {
    assert.equal(networksOf(['0.0.0.0/0']).has('2001:db8::1'), false)
    assert.equal(networksOf(['::/0']).has('192.0.2.1'), false)
    assert.equal(networksOf(['0.0.0.0/0']).has('::ffff:192.0.2.1'), true)
  })
})

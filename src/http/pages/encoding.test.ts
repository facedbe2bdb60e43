import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { takenEncodings } from './encoding.ts'

const names = (header?: string) => takenEncodings(header).map(({ name }) => name)

describe('the compressed forms that a client takes', () => {
  test('are those that it names, by weight, the smaller one first', () => {
    for (const [header, taken] of [
      [undefined, []],
      ['', []],
      ['identity', []],
      ['gzip, deflate, br, zstd', ['br', 'gzip']],
      ['GZIP', ['gzip']],
      ['br;q=0.5, gzip', ['gzip', 'br']],
      ['br; q=0, gzip;q=0.001', ['gzip']],
      ['br;q=0.000', []],
      ['*', ['br', 'gzip']],
      ['*;q=0, gzip', ['gzip']],
      ['br;q=0, *', ['gzip']],
      ['br;q=2', []],
      ['br;q=x', []],
      ['brotli', []],
      [`${'a,'.repeat(600)}br`, []],
    ] as const) {
      assert.deepEqual(names(header), taken, String(header))
    }
  })

  test('are never one that was not offered, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const taken = names(header)
        for (const name of taken) assert.ok(/\*/.test(header) || header.toLowerCase().includes(name))
      }),
    )
  })
})

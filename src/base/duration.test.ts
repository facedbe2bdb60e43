import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatGoDuration, parseDuration } from './duration.ts'

describe('a duration', () => {
  it('is plain seconds, or numbers with units', () => {
    const written = {
      '90': 90,
      ' 90 ': 90,
      '1.5': 2,
      '-1.5': -2,
      '-5': -5,
      '': 0,
      '0': 0,
      '1h': 3600,
      '1h30m': 5400,
      '1d': 86_400,
    }
    for (const [text, seconds] of Object.entries(written)) assert.equal(parseDuration(text), seconds, text)
    assert.equal(parseDuration(90), 90)
    assert.deepEqual(
      ['1.5h', '250ms', '1us', '1µs', '-2m', '+3s', '1d12h', '.5s'].map((text) => parseDuration(text)),
      [5400, 1, 1, 1, -120, 3, 129_600, 1],
    )
  })

  it('is whole seconds, and never longer than the next one nor shorter than was asked', () => {
    const span = fc.oneof(
      fc.double({ min: 0, max: 1e6, noNaN: true }).map((s) => [s.toFixed(6), Number(s.toFixed(6))] as const),
      fc.nat({ max: 1e9 }).map((ms) => [`${ms}ms`, ms / 1000] as const),
      fc.nat({ max: 1e6 }).map((ns) => [`${ns}ns`, ns / 1e9] as const),
    )
    fc.assert(
      fc.property(span, ([text, exact]) => {
        const seconds = parseDuration(text)
        assert.ok(Number.isInteger(seconds))
        assert.ok(seconds >= exact - 1e-9 && seconds < exact + 1, `${text}: ${seconds}`)
        assert.equal(parseDuration(`-${text}`), seconds === 0 ? 0 : -seconds)
      }),
    )
    assert.equal(parseDuration('1ns'), 1)
    assert.equal(parseDuration('0.1s0.2s0.7s'), 1)
  })

  it('is refused when it is neither', () => {
    for (const text of [
      'abc',
      '1x',
      'h',
      '1h30',
      '1 h',
      '1e3',
      '--1',
      '-',
      'NaN',
      'Infinity',
      '0x10',
      '1h,2m',
    ]) {
      const shown = JSON.stringify(text)
      assert.throws(
        () => parseDuration(text),
        { code: 'invalid_request', message: `time: invalid duration ${shown}` },
        text,
      )
    }
  })

  it('is refused beyond 292 years, and shown shortened', () => {
    assert.throws(() => parseDuration('300000000h'), { message: 'time: duration "300000000h" is too long' })
    assert.throws(() => parseDuration('x'.repeat(1000)), {
      message: `time: invalid duration "${'x'.repeat(32)}…"`,
    })
    assert.throws(() => parseDuration('9'.repeat(500)), { code: 'invalid_request' })
  })

  it('is written in hours, minutes and seconds', () => {
    assert.deepEqual([0, 59, 60, 5400, 172_800, 1.5, -90].map(formatGoDuration), [
      '0s',
      '59s',
      '1m0s',
      '1h30m0s',
      '48h0m0s',
      '1.5s',
      '-1m30s',
    ])
  })

  it('reads back as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 }), (s) =>
        assert.equal(parseDuration(formatGoDuration(s)), s),
      ),
    )
  })
})

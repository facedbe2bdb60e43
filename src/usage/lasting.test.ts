import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  join,
  keptMonths,
  type Lasting,
  lastingOf,
  lastingRows,
  lastingWith,
  monthAt,
  monthText,
} from './lasting.ts'
import { dayOf, type UsageRow, type Use } from './record.ts'

const day = 24 * 3600_000
const start = Date.UTC(2030, 0, 1)

const use = (at: number): Use => ({
  at,
  operation: 'read',
  displayName: 'jwt-alice@example.org',
  entityId: '11111111-1111-4111-8111-111111111111',
  address: '2001:db8::1',
})

const rowAt = (at: number, extra: Partial<UsageRow> = {}): UsageRow => ({
  reads: 1,
  writes: 0,
  since: at,
  lastRead: use(at),
  flush: 1,
  ...extra,
})

describe('what is kept of a secret', () => {
  test('is the same in whatever order days are added', () => {
    const days = fc.array(fc.nat({ max: 2000 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(days, (numbers) => {
        const parts = numbers.map((n) => lastingOf(dayOf(start + n * day), rowAt(start + n * day)))
        const sum = (all: readonly Lasting[]) =>
          all.reduce<Lasting | undefined>((before, one) => join(before, one), undefined)
        const whole = sum(parts)
        assert.deepEqual(sum([...parts].reverse()), whole)
        assert.equal(whole?.reads, numbers.length)
        assert.equal(whole?.since, start + Math.min(...numbers) * day)
        assert.equal(whole?.lastRead?.at, start + Math.max(...numbers) * day)
        assert.equal(
          whole?.months.reduce((reads, [, more]) => reads + more, 0),
          numbers.length,
        )
      }),
    )
  })

  test('tells a bounded number of months apart, and has the older ones in its sums', () => {
    let sum: Lasting | undefined
    for (let year = 2030; year < 2050; year++) {
      for (let month = 0; month < 12; month++) {
        const at = Date.UTC(year, month, 15)
        sum = join(sum, lastingOf(dayOf(at), rowAt(at)))
      }
    }
    assert.equal(sum?.months.length, keptMonths)
    assert.equal(sum?.reads, 240)
    assert.deepEqual(sum?.months.at(-1), [monthAt('2049-12-15'), 1, 0])
    assert.deepEqual(sum?.months[0], [monthAt('2040-01-15'), 1, 0])
  })

  test('takes a few bytes for each month', () => {
    let row = lastingWith(undefined, '2030-01-01', rowAt(start, { mount: use(0).entityId, path: 'app/db' }))
    const one = lastingRows.encode(row).length
    for (let month = 1; month < keptMonths; month++) {
      const at = Date.UTC(2030, month, 15)
      row = lastingWith(row, dayOf(at), rowAt(at, { reads: 1234, writes: 12 }))
    }
    const bytes = lastingRows.encode(row).length
    assert.ok(one < 600, `${one} bytes`)
    assert.ok((bytes - one) / keptMonths < 20, `${bytes} bytes`)
  })

  test('keeps the name of its secret, also beside rows of earlier versions, which have none', () => {
    const unnamed = lastingWith(undefined, '2030-01-01', rowAt(start))
    assert.equal('path' in unnamed, false)
    const named = lastingWith(unnamed, '2030-01-02', rowAt(start + day, { mount: 'm', path: 'a' }))
    assert.deepEqual([named.mount, named.path, named.reads], ['m', 'a', 2])
    const again = lastingWith(named, '2030-01-03', rowAt(start + 2 * day))
    assert.deepEqual([again.mount, again.path, again.reads], ['m', 'a', 3])
  })

  test('names months as dates do', () => {
    const times = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) })
    fc.assert(fc.property(times, (at) => monthText(monthAt(dayOf(at))) === dayOf(at).slice(0, 7)))
  })
})

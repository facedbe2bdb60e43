import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allDays, allMonths, beginOf, type Period, restOf, topEngines } from '../../web/src/api/periods.ts'

const period = (name: string, engines: Record<string, number> = {}): Period => ({
  name,
  requests: Object.values(engines).reduce((sum, one) => sum + one, 0),
  reads: 0,
  writes: 0,
  failed: 0,
  people: 0,
  secretReads: 0,
  engines,
})
const names = (periods: readonly Period[]) => periods.map(({ name }) => name)

describe('numbers over time', () => {
  test('have every day and month, also those without requests', () => {
    const days = allDays([period('2030-02-28', { kv: 3 })], '2030-02-27', '2030-03-02')
    assert.deepEqual(names(days), ['2030-02-27', '2030-02-28', '2030-03-01', '2030-03-02'])
    assert.deepEqual(
      days.map(({ requests }) => requests),
      [0, 3, 0, 0],
    )
    assert.deepEqual(names(allMonths([period('2029-11'), period('2030-02')])), [
      '2029-11',
      '2029-12',
      '2030-01',
      '2030-02',
    ])
    assert.deepEqual(allMonths([]), [])
  })

  test('stand at the beginning of their day or month, in UTC', () => {
    assert.equal(beginOf(period('2030-01-31')), Date.UTC(2030, 0, 31) / 1000)
    assert.equal(beginOf(period('2030-02')), Date.UTC(2030, 1, 1) / 1000)
  })

  test('tell the busiest engines apart, and add up the rest', () => {
    const periods = [
      period('2030-01-01', { kv: 5, system: 9, transit: 1 }),
      period('2030-01-02', { kv: 6, jwt: 2 }),
    ]
    const { names, hasRest } = topEngines(periods, 2)
    assert.deepEqual([names, hasRest], [['kv', 'system'], true])
    assert.deepEqual(
      periods.map((one) => restOf(one, names)),
      [1, 2],
    )
    assert.equal(topEngines(periods, 4).hasRest, false)
  })
})

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openSqlite } from '../../../src/storage/sqlite/store.ts'
import { openProcess, temporaryFolder } from '../child.ts'
import { checkHistory } from './check.ts'
import type { History, Operation } from './history.ts'
import {
  doubleApplies,
  halfTransactions,
  lostUpdates,
  lostWrites,
  type Plant,
  staleLists,
  staleReads,
} from './planted.ts'
import { historyOf, randomFrom, startWork } from './work.ts'

const folder = temporaryFolder()

const commitsOf = ({ operations }: History) => operations.filter(({ what }) => what.kind === 'commit')
const refusalsOf = (history: History) =>
  commitsOf(history).filter(
    ({ what }) => what.kind === 'commit' && typeof what.result === 'object' && 'conflicts' in what.result,
  )

describe('the history of three processes on one file', () => {
  test('is linearizable, also while the one that writes is killed and the next one closes', async (context) => {
    const path = join(folder, 'three')
    const processes = []
    for (const name of ['a', 'b', 'c', 'd']) {
      const process = await openProcess({ path })
      await process.work(name, 4, name.charCodeAt(0))
      processes.push(process)
    }
    const [a, b, c, d] = processes as [
      (typeof processes)[0],
      (typeof processes)[0],
      (typeof processes)[0],
      (typeof processes)[0],
    ]
    await Promise.all([a.records(300), b.records(300), c.records(300)])
    await a.kill()
    await Promise.all([b.records(250), c.records(250)])
    await b.workNoMore()
    await b.close()
    await Promise.all([c.records(250), d.records(250)])
    for (const left of [c, d]) {
      await left.workNoMore()
      await left.close()
    }
    const store = await openSqlite({ path })
    const operations = processes.flatMap(({ recorded }) => recorded)
    const history = await historyOf(store, operations)
    assert.deepEqual(await store.check(), [])
    await store.close()
    context.diagnostic(
      `${operations.length} operations, ${history.landed.length} commits landed, ${refusalsOf(history).length} refused`,
    )
    assert.ok(history.landed.length > 300 && refusalsOf(history).length > 100)
    assert.deepEqual(checkHistory(history), [])
  })
})

describe('the checker of histories', () => {
  /** Two handles on one file, one of them with something wrong planted. */
  async function planted(plant: Plant, now: () => boolean): Promise<string[]> {
    const path = join(folder, plant.name)
    const stores = [await openSqlite({ path }), await openSqlite({ path })] as const
    const operations: Operation[] = []
    const enough = Promise.withResolvers<void>()
    const record = (operation: Operation) => {
      operations.push(operation)
      if (operations.length === 700) enough.resolve()
    }
    const work = [
      startWork(stores[0], 'a', 4, randomFrom(1), record),
      startWork(plant(stores[1], now), 'b', 4, randomFrom(2), record),
    ]
    await enough.promise
    for (const one of work) await one.stop()
    const history = await historyOf(stores[0], operations)
    for (const store of stores) await store.close()
    return checkHistory(history)
  }
  /** True once in so many times. */
  const sometimes = (times: number) => {
    let count = 0
    return () => ++count % times === 0
  }

  test('finds nothing where nothing is planted', async () => {
    assert.deepEqual(
      await planted(function nothing(store) {
        return store
      }, sometimes(1)),
      [],
    )
  })

  for (const [plant, name] of [
    [staleReads, /^stale read: b saw r\//],
    [staleLists, /^stale read: /],
    [lostWrites, /^lost write: b\d+ was acknowledged as \d+ and is not there/],
    [lostUpdates, /^lost write: b\d+ landed at \d+ though/],
    [halfTransactions, /which was never so|^lost write: in the end there is no row/],
    [doubleApplies, /^applied twice: b\d+ was acknowledged/],
  ] as const) {
    test(`names planted ${plant.name}`, async () => {
      const wrong = await planted(plant, sometimes(3))
      assert.ok(
        wrong.some((text) => name.test(text)),
        wrong.slice(0, 5).join('\n'),
      )
    })
  }
})

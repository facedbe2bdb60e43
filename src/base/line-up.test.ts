import assert from 'node:assert/strict'
import { it } from 'node:test'
import { lineUp } from './line-up.ts'

it('answers all who ask during one read with the next, which begins after they asked', async () => {
  const reads: PromiseWithResolvers<number>[] = []
  const read = lineUp(() => {
    const begun = Promise.withResolvers<number>()
    reads.push(begun)
    return begun.promise
  })
  const first = read()
  await Promise.resolve()
  const later = [read(), read()]
  await new Promise(setImmediate)
  assert.equal(reads.length, 1)
  reads[0]?.resolve(1)
  assert.equal(await first, 1)
  await new Promise(setImmediate)
  assert.equal(reads.length, 2)
  reads[1]?.resolve(2)
  assert.deepEqual(await Promise.all(later), [2, 2])
})

it('reads again after a read that failed', async () => {
  let times = 0
  const read = lineUp(async () => {
    times += 1
    if (times === 1) throw new Error('no answer')
    return times
  })
  await assert.rejects(read(), /no answer/)
  assert.equal(await read(), 2)
})

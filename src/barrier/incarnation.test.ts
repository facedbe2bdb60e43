import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { isFailure } from '../base/errors.ts'
import { barrierBench, key, read, write } from './barrier-for-tests.ts'
import { incarnationKey, jsonBytes } from './rows.ts'

async function bench(t: TestContext) {
  const { store, open } = await barrierBench(t)
  let lost = 0
  const barrier = await open({ lost: () => lost++ })
  return {
    store,
    barrier,
    open,
    lost: () => lost,
    restore: () => store.commit({ put: [{ key: incarnationKey, value: jsonBytes({ id: 'another' }) }] }),
  }
}

describe('the incarnation of the data', () => {
  it('is expected by every commit, so that a node from before a restore writes nothing', async (t) => {
    const { store, barrier, restore, open } = await bench(t)
    assert.ok((await write(store, barrier, key('a'), 'before')).ok)
    await restore()
    const result = await write(store, barrier, key('a'), 'lagging')
    assert.deepEqual(result.ok ? [] : result.conflicts, [incarnationKey])
    const fresh = await open()
    assert.equal(await read(store, fresh, key('a')), 'before')
    assert.ok((await write(store, fresh, key('a'), 'after')).ok)
  })

  it('seals a node that has the keys of another one in memory', async (t) => {
    const { barrier, restore, lost } = await bench(t)
    await barrier.reload()
    assert.equal(lost(), 0)
    await restore()
    for (const work of [() => barrier.reload(), () => barrier.rotate(), () => barrier.tend()]) {
      await assert.rejects(work, (error) => isFailure(error, 'sealed'))
    }
    assert.ok(lost() > 0)
  })

  it('has to be there', async (t) => {
    const { store, open } = await bench(t)
    await store.commit({ delete: [incarnationKey] })
    await assert.rejects(
      () => open(),
      (error) => isFailure(error, 'corrupt') && error.message.includes('cluster/incarnation'),
    )
  })
})

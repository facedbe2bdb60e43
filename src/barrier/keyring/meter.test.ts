import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fail, isFailure } from '../../base/errors.ts'
import type { Store } from '../../storage/store.ts'
import { barrierBench, key, watchedStore, write } from '../barrier-for-tests.ts'
import type { OpenBarrier } from '../open.ts'
import { encryptionsKey, jsonBytes, rotationKey } from '../rows.ts'
import { blockSize, createMeter, lowWater, nextBlock } from './meter.ts'
import { maxOperationsLimit, minOperations } from './rotation.ts'

const isOverloaded = (error: unknown) => isFailure(error, 'overloaded')

describe('meter', () => {
  it('lets as many encryptions through as it was granted, and asks for more below the low water', () => {
    let asked = 0
    const meter = createMeter(() => asked++)
    meter.grant(1, { size: lowWater + 2, total: lowWater + 2 })
    meter.take(1)
    meter.take(1)
    assert.equal(asked, 0)
    for (let i = 0; i < lowWater; i++) meter.take(1)
    assert.equal(asked, lowWater)
    assert.throws(() => meter.take(1), isOverloaded)
    meter.grant(1, { size: 1, total: 0 })
    meter.take(1)
    assert.throws(() => meter.take(1), isOverloaded)
  })

  it('never counts one term against the block of another', () => {
    const meter = createMeter(() => {})
    meter.grant(2, { size: 5, total: 5 })
    assert.throws(() => meter.take(1), isOverloaded)
    assert.throws(() => meter.take(3), isOverloaded)
    meter.grant(1, { size: 100, total: 100 })
    assert.equal(meter.left, 5)
    meter.grant(3, { size: 7, total: 7 })
    assert.equal(meter.left, 7)
  })

  it('gives out blocks up to the limit and not beyond', () => {
    let total = 0
    for (;;) {
      const block = nextBlock(total, minOperations)
      if (block === undefined) break
      assert.equal(block.total, total + block.size)
      total = block.total
    }
    assert.ok(total <= minOperations && total > minOperations - 16)
    assert.equal(nextBlock(Number.POSITIVE_INFINITY, maxOperationsLimit), undefined)
  })
})

/** Puts the count of the active term where a test needs it, as other nodes would have moved it. */
async function setTotal(store: Store, barrier: OpenBarrier, total: number): Promise<void> {
  const { term } = await barrier.keyStatus()
  await store.commit({
    put: [{ key: encryptionsKey, value: barrier.encrypt(encryptionsKey, jsonBytes({ term, total })) }],
  })
}

async function configure(store: Store, barrier: OpenBarrier, config: object): Promise<void> {
  await store.commit({ put: [{ key: rotationKey, value: barrier.encrypt(rotationKey, jsonBytes(config)) }] })
}

/** Waits for the commits that encryptions have set off: the store runs commits in their order. */
async function reservationsOf(store: Store): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve))
    await store.commit({ put: [{ key: key('last'), value: Buffer.alloc(0) }] })
  }
}

describe('the count of encryptions', () => {
  it('counts each encryption of this node', async (t) => {
    const { open } = await barrierBench(t)
    const barrier = await open()
    const before = (await barrier.keyStatus()).encryptions
    for (let i = 0; i < 10; i++) barrier.encrypt(key('a'), Buffer.from('x'))
    assert.equal((await barrier.keyStatus()).encryptions, before + 10)
  })

  it('is never too low after a restart', async (t) => {
    const { open } = await barrierBench(t)
    const first = await open()
    for (let i = 0; i < 100; i++) first.encrypt(key('a'), Buffer.from('x'))
    const counted = (await first.keyStatus()).encryptions
    first.close()
    assert.ok((await (await open()).keyStatus()).encryptions >= counted)
  })

  it('costs no commit but one for each block', async (t) => {
    const { store, open } = await barrierBench(t)
    let commits = 0
    const barrier = await open({ store: watchedStore(store, () => void commits++) })
    assert.equal(commits, 1)
    for (let i = 1; i <= 3 * blockSize; i++) {
      barrier.encrypt(key('a'), Buffer.alloc(0))
      if (i % (lowWater / 4) === 0) await reservationsOf(store)
    }
    assert.ok(commits >= 3 && commits <= 5, `${commits} commits`)
    assert.ok((await barrier.keyStatus()).encryptions >= 3 * blockSize)
  })

  it('is shared by all nodes of a store: no two draw the same block', async (t) => {
    const { open } = await barrierBench(t)
    const nodes = await Promise.all(Array.from({ length: 8 }, () => open()))
    const { encryptions } = await (nodes[0] as OpenBarrier).keyStatus()
    assert.ok(encryptions > 7 * blockSize, `${encryptions}`)
  })

  it('retires a term before the bound is passed, also by nodes together', async (t) => {
    const { store, open } = await barrierBench(t)
    const [one, two] = [await open(), await open()]
    await configure(store, one, { enabled: true, interval: 0, maxOperations: minOperations })
    await setTotal(store, one, minOperations - blockSize)
    const three = await open()
    assert.equal((await three.keyStatus()).term, 1)
    const four = await open()
    assert.equal((await four.keyStatus()).term, 2)
    await one.tend()
    await two.tend()
    assert.equal((await one.keyStatus()).term, 2)
    assert.equal((await write(store, two, key('a'), 'x')).ok, true)
  })

  it('retires a term in the midst of work', async (t) => {
    const { store, open } = await barrierBench(t)
    const barrier = await open()
    await setTotal(store, barrier, maxOperationsLimit)
    for (let i = 0; i < lowWater + 2; i++) barrier.encrypt(key('a'), Buffer.alloc(0))
    await reservationsOf(store)
    assert.equal((await barrier.keyStatus()).term, 2)
  })

  it('retires a term by one node alone when several find it used up', async (t) => {
    const { store, open } = await barrierBench(t)
    const nodes = await Promise.all(Array.from({ length: 4 }, () => open()))
    await setTotal(store, nodes[0] as OpenBarrier, maxOperationsLimit)
    await Promise.all(nodes.map((node) => node.tend()))
    for (const node of nodes) assert.equal((await node.keyStatus()).term, 2)
  })

  it('holds to the limit of the cipher when rotation is switched off, and only to that', async (t) => {
    const { store, open } = await barrierBench(t)
    const barrier = await open()
    await configure(store, barrier, { enabled: false, interval: 0, maxOperations: minOperations })
    await setTotal(store, barrier, 2 * minOperations)
    await barrier.tend()
    assert.equal((await barrier.keyStatus()).term, 1)
    await setTotal(store, barrier, maxOperationsLimit)
    await barrier.tend()
    assert.equal((await barrier.keyStatus()).term, 2)
  })

  it('ends the term when the count is lost or damaged', async (t) => {
    for (const value of [undefined, Buffer.from('nonsense'), Buffer.alloc(80, 1)]) {
      const { store, open } = await barrierBench(t)
      const barrier = await open()
      await store.commit(
        value === undefined ? { delete: [encryptionsKey] } : { put: [{ key: encryptionsKey, value }] },
      )
      await barrier.tend()
      assert.equal((await barrier.keyStatus()).term, 2)
      assert.equal((await write(store, barrier, key('a'), 'x')).ok, true)
    }
  })

  it('lets a node read whose store cannot write, and write again once it can', async (t) => {
    const { store, clock, open } = await barrierBench(t)
    const writer = await open()
    const stored = writer.encrypt(key('a'), Buffer.from('x'))
    let broken = true
    const barrier = await open({
      store: watchedStore(store, () => {
        if (broken) fail('storage_failed')
      }),
    })
    assert.equal(Buffer.from(barrier.decrypt(key('a'), stored)).toString(), 'x')
    assert.throws(() => barrier.encrypt(key('a'), Buffer.from('x')), isOverloaded)
    broken = false
    clock.advance(1000)
    await barrier.tend()
    barrier.encrypt(key('a'), Buffer.from('x'))
  })
})

describe('rotation by age', () => {
  it('retires a term at its interval and not before', async (t) => {
    const { store, clock, open } = await barrierBench(t)
    const barrier = await open()
    await configure(store, barrier, { enabled: true, interval: 24 * 3600, maxOperations: maxOperationsLimit })
    clock.advance(24 * 3600_000 - 1)
    await barrier.tend()
    assert.equal((await barrier.keyStatus()).term, 1)
    clock.advance(1)
    await barrier.tend()
    assert.deepEqual((await barrier.keyStatus()).term, 2)
    await barrier.tend()
    assert.equal((await barrier.keyStatus()).term, 2)
  })

  it('does not happen when it is switched off or has no interval', async (t) => {
    const { store, clock, open } = await barrierBench(t)
    const barrier = await open()
    clock.advance(10 * 365 * 24 * 3600_000)
    await barrier.tend()
    await configure(store, barrier, {
      enabled: false,
      interval: 24 * 3600,
      maxOperations: maxOperationsLimit,
    })
    await barrier.tend()
    assert.equal((await barrier.keyStatus()).term, 1)
  })
})

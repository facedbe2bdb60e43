import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Store } from '../storage/store.ts'
import { barrierBench, key, read, watchedStore, write } from './barrier-for-tests.ts'
import { termOf } from './envelope.ts'
import type { OpenBarrier } from './open.ts'
import type { ReencryptionOptions } from './reencrypt.ts'

async function fill(store: Store, barrier: OpenBarrier, count: number): Promise<void> {
  for (let i = 0; i < count; i++)
    await write(store, barrier, key(`rows/${String(i).padStart(4, '0')}`), `value ${i}`)
}

async function termsBelow(store: Store, prefix: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { value } of (await store.scan(prefix, { limit: 10_000 })).rows) {
    const name = String(termOf(value))
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

async function sweep(barrier: OpenBarrier, options?: ReencryptionOptions) {
  const total = { steps: 0, rewritten: 0, skipped: 0, damaged: [] as string[] }
  for (;;) {
    const step = await barrier.reencrypt(options)
    total.steps++
    total.rewritten += step.rewritten
    total.skipped += step.skipped
    total.damaged.push(...step.damaged)
    if (step.done) return total
  }
}

describe('re-encryption', () => {
  it('brings every row of an old term under the active one and changes no value', async (t) => {
    const { store, open } = await barrierBench(t)
    const barrier = await open()
    await fill(store, barrier, 150)
    await barrier.rotate()
    assert.deepEqual(await termsBelow(store, 'rows/'), { 1: 150 })
    const { rewritten, damaged } = await sweep(barrier)
    assert.deepEqual({ rewritten, damaged }, { rewritten: 150, damaged: [] })
    assert.deepEqual(await termsBelow(store, 'rows/'), { 2: 150 })
    for (const i of [0, 77, 149]) {
      assert.equal(await read(store, barrier, key(`rows/${String(i).padStart(4, '0')}`)), `value ${i}`)
    }
  })

  it('keeps to its budget, and another node goes on where one stopped', async (t) => {
    const { store, open } = await barrierBench(t)
    const first = await open()
    await fill(store, first, 100)
    await first.rotate()
    const step = await first.reencrypt({ budget: 30 })
    assert.equal(step.scanned, 30)
    assert.equal(step.done, false)
    const before = (await termsBelow(store, 'rows/'))[2] as number
    first.close()
    const second = await open()
    const { rewritten } = await sweep(second, { budget: 30 })
    assert.equal(rewritten, 100 - before)
    assert.deepEqual(await termsBelow(store, 'rows/'), { 2: 100 })
  })

  it('costs nothing once it is done, and begins anew after the next rotation', async (t) => {
    const { store, open } = await barrierBench(t)
    const barrier = await open()
    await fill(store, barrier, 5)
    await barrier.rotate()
    await sweep(barrier)
    assert.deepEqual(await barrier.reencrypt(), {
      done: true,
      scanned: 0,
      rewritten: 0,
      skipped: 0,
      damaged: [],
    })
    await barrier.rotate()
    assert.ok((await sweep(barrier)).rewritten >= 5)
    assert.deepEqual(await termsBelow(store, 'rows/'), { 3: 5 })
  })

  it('leaves a row alone that somebody writes meanwhile', async (t) => {
    const { store, open } = await barrierBench(t)
    const barrier = await open()
    await fill(store, barrier, 5)
    await barrier.rotate()
    let interfered = false
    const sweeper = await open({
      store: watchedStore(store, async (commit) => {
        if (interfered || !commit.put?.some((row) => row.key.startsWith('rows/'))) return
        interfered = true
        await write(store, barrier, key('rows/0002'), 'newer')
      }),
    })
    const { rewritten, skipped } = await sweep(sweeper)
    assert.deepEqual({ rewritten, skipped }, { rewritten: 4, skipped: 1 })
    assert.equal(await read(store, barrier, key('rows/0002')), 'newer')
    assert.equal(await read(store, barrier, key('rows/0003')), 'value 3')
    assert.deepEqual(await termsBelow(store, 'rows/'), { 2: 5 })
  })

  it('ends under the newest term when another node rotates in the midst of it', async (t) => {
    const { store, open } = await barrierBench(t)
    const barrier = await open()
    await fill(store, barrier, 5)
    await barrier.rotate()
    let rotated = false
    const sweeper = await open({
      store: watchedStore(store, async (commit) => {
        if (rotated || !commit.put?.some((row) => row.key.startsWith('rows/'))) return
        rotated = true
        await barrier.rotate()
      }),
    })
    await sweep(sweeper)
    await sweep(sweeper)
    assert.deepEqual(await termsBelow(store, 'rows/'), { 3: 5 })
  })

  it('names damaged rows, leaves them as they are and goes on', async (t) => {
    const { store, open } = await barrierBench(t)
    const barrier = await open()
    await fill(store, barrier, 5)
    const damaged = Buffer.from(barrier.encrypt(key('rows/0001'), Buffer.from('x')))
    damaged[20] = (damaged[20] as number) ^ 1
    await store.commit({ put: [{ key: key('rows/0001'), value: damaged }] })
    await barrier.rotate()
    const result = await sweep(barrier)
    assert.deepEqual(result.damaged, ['rows/0001'])
    assert.equal(result.rewritten, 4)
    const [row] = await store.read([key('rows/0001')])
    assert.ok(typeof row === 'object')
    assert.deepEqual(Buffer.from(row.value), damaged)
  })

  it('leaves rows in clear alone, those of the barrier itself, and those that it is told to leave', async (t) => {
    const { store, open } = await barrierBench(t)
    const barrier = await open()
    await fill(store, barrier, 2)
    await write(store, barrier, key('cluster/duty/sweep/epoch'), 'x')
    await store.commit({
      put: [{ key: key('cluster/clear'), value: Buffer.from('{"some":"thing in clear","long":1}') }],
    })
    const before = (await store.scan('cluster/')).rows.filter(({ key: name }) => !name.includes('encryption'))
    await barrier.rotate()
    const { rewritten } = await sweep(barrier, { leave: ['cluster/duty/'] })
    assert.equal(rewritten, 2)
    const after = new Map((await store.scan('cluster/')).rows.map((row) => [row.key, row.version]))
    for (const { key: name, version } of before) {
      if (name !== 'cluster/keyring') assert.equal(after.get(name), version, name)
    }
    await open()
  })

  it('does nothing for a node that another has taken the duty over from', async (t) => {
    const { store, open } = await barrierBench(t)
    const barrier = await open()
    await fill(store, barrier, 3)
    await barrier.rotate()
    const epoch = key('cluster/duty/reencryption/epoch')
    const taken = await store.commit({ put: [{ key: epoch, value: Buffer.from('{"node":"other"}') }] })
    await assert.rejects(barrier.reencrypt({ fence: { key: epoch, version: null } }), { code: 'conflict' })
    assert.deepEqual(await termsBelow(store, 'rows/'), { 1: 3 })
    assert.ok(taken.ok)
    await sweep(barrier, { fence: { key: epoch, version: taken.version } })
    assert.deepEqual(await termsBelow(store, 'rows/'), { 2: 3 })
  })

  it('starts over when its cursor is damaged', async (t) => {
    const { store, open } = await barrierBench(t)
    const barrier = await open()
    await fill(store, barrier, 10)
    await barrier.rotate()
    await barrier.reencrypt({ budget: 8 })
    await store.commit({ put: [{ key: key('cluster/reencryption'), value: Buffer.from('nonsense') }] })
    await sweep(barrier)
    assert.deepEqual(await termsBelow(store, 'rows/'), { 2: 10 })
  })
})

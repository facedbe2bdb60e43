import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { describe, it } from 'node:test'
import { fail, isFailure } from '../base/errors.ts'
import { barrierBench, key, read, watchedStore, write } from './barrier-for-tests.ts'
import { openBarrier } from './open.ts'
import { formatKey, jsonBytes, keyringKey } from './rows.ts'

function refuseIf(broken: boolean): void {
  if (broken) fail('storage_failed')
}

describe('barrier', () => {
  it('opens what it encrypted, and nothing that was moved, changed or cut', async (t) => {
    const { open } = await barrierBench(t)
    const barrier = await open()
    const stored = Buffer.from(barrier.encrypt(key('a/b'), Buffer.from('plaintext')))
    assert.equal(Buffer.from(barrier.decrypt(key('a/b'), stored)).toString(), 'plaintext')
    const isCorrupt = (error: unknown) =>
      isFailure(error, 'corrupt') && error.message.includes('a/') && !error.message.includes('plaintext')
    assert.throws(() => barrier.decrypt(key('a/c'), stored), isCorrupt)
    for (let at = 0; at < stored.length; at++) {
      const changed = Buffer.from(stored)
      changed[at] = (changed[at] as number) ^ 1
      assert.throws(() => barrier.decrypt(key('a/b'), changed), isCorrupt, `byte ${at}`)
      assert.throws(() => barrier.decrypt(key('a/b'), stored.subarray(0, at)), isCorrupt, `length ${at}`)
    }
  })

  it('does not open a value of one term under another that it knows as well', async (t) => {
    const { open } = await barrierBench(t)
    const barrier = await open()
    await barrier.rotate()
    const stored = Buffer.from(barrier.encrypt(key('a'), Buffer.from('plaintext')))
    stored.writeUInt32BE(1, 1)
    assert.ok(barrier.knows(stored))
    assert.throws(
      () => barrier.decrypt(key('a'), stored),
      (error) => isFailure(error, 'corrupt'),
    )
  })

  it('fails as sealed once it is closed', async (t) => {
    const { open } = await barrierBench(t)
    const barrier = await open()
    const stored = barrier.encrypt(key('a'), Buffer.from('x'))
    barrier.close()
    const isSealed = (error: unknown) => isFailure(error, 'sealed')
    assert.throws(() => barrier.encrypt(key('a'), Buffer.from('x')), isSealed)
    assert.throws(() => barrier.decrypt(key('a'), stored), isSealed)
    assert.throws(() => barrier.knows(stored), isSealed)
    assert.throws(() => barrier.expectations(), isSealed)
    assert.throws(() => barrier.derive('x'), isSealed)
    await assert.rejects(() => barrier.reload(), isSealed)
    await assert.rejects(() => barrier.rotate(), isSealed)
    await assert.rejects(() => barrier.tend(), isSealed)
    await assert.rejects(() => barrier.reencrypt(), isSealed)
  })

  it('stays closed when it is closed during a reload', async (t) => {
    const { open } = await barrierBench(t)
    const [one, two] = [await open(), await open()]
    await two.rotate()
    const reloading = one.reload()
    one.close()
    await reloading.catch(() => undefined)
    assert.throws(
      () => one.encrypt(key('a'), Buffer.from('x')),
      (error) => isFailure(error, 'sealed'),
    )
  })

  it('derives keys that differ by purpose and outlive rotation and restart', async (t) => {
    const { open } = await barrierBench(t)
    const barrier = await open()
    const before = barrier.derive('audit')
    assert.equal(before.length, 32)
    assert.notDeepEqual(barrier.derive('token'), before)
    await barrier.rotate()
    assert.deepEqual(barrier.derive('audit'), before)
    assert.deepEqual((await open()).derive('audit'), before)
    // HKDF-SHA-256 of the secret of the bench, computed apart.
    assert.equal(before.toString('hex'), '520e4a904d91d6cfba580a83b86a25dfed91e9654f1ced508e8b595fa974617e')
  })

  it('refuses a root key that is not the one', async (t) => {
    const { store, clock, random } = await barrierBench(t)
    await assert.rejects(
      () => openBarrier({ store, clock, random, root: createSecretKey(Buffer.alloc(32)) }),
      (error) => isFailure(error, 'corrupt') && error.message.includes(keyringKey),
    )
  })
})

describe('barrier on a store of another format', () => {
  const newer = [
    { minReader: 2, minWriter: 2 },
    { minReader: 1, minWriter: 2 },
  ]

  it('does not open', async (t) => {
    for (const format of newer) {
      const { store, open } = await barrierBench(t)
      await store.commit({ put: [{ key: formatKey, value: jsonBytes(format) }] })
      await assert.rejects(
        () => open(),
        (error) => isFailure(error, 'storage_format') && /newer/.test(error.message),
      )
    }
  })

  it('writes no more once the format has changed beneath it', async (t) => {
    const { store, open } = await barrierBench(t)
    const barrier = await open()
    await store.commit({ put: [{ key: formatKey, value: jsonBytes({ minReader: 1, minWriter: 2 }) }] })
    const result = await write(store, barrier, key('a'), 'x')
    assert.deepEqual(result, { ok: false, conflicts: [formatKey] })
    await assert.rejects(
      () => barrier.reload(),
      (error) => isFailure(error, 'storage_format'),
    )
    assert.equal((await write(store, barrier, key('a'), 'x')).ok, false)
  })

  it('goes on when the format row changed and still fits', async (t) => {
    const { store, open } = await barrierBench(t)
    const barrier = await open()
    await store.commit({ put: [{ key: formatKey, value: jsonBytes({ minReader: 1, minWriter: 1 }) }] })
    assert.equal((await write(store, barrier, key('a'), 'x')).ok, false)
    await barrier.reload()
    assert.equal((await write(store, barrier, key('a'), 'x')).ok, true)
  })

  it('names a format row that is missing or makes no sense', async (t) => {
    for (const value of [
      '',
      '{}',
      '[]',
      '{"minReader":"1","minWriter":1}',
      '{"minReader":0,"minWriter":1}',
    ]) {
      const { store, open } = await barrierBench(t)
      const change =
        value === '' ? { delete: [formatKey] } : { put: [{ key: formatKey, value: Buffer.from(value) }] }
      await store.commit(change)
      await assert.rejects(
        () => open(),
        (error) => isFailure(error, 'corrupt') && error.message.includes(formatKey),
      )
    }
  })
})

describe('rotation', () => {
  it('makes a new term, under which all is written from then on, and keeps the old ones', async (t) => {
    const { store, open, clock } = await barrierBench(t)
    const barrier = await open()
    await write(store, barrier, key('a'), 'old')
    clock.advance(5000)
    await barrier.rotate()
    assert.deepEqual(await barrier.keyStatus(), { term: 2, installed: clock.now(), encryptions: 1 })
    assert.equal((await write(store, barrier, key('b'), 'new')).ok, true)
    assert.equal(await read(store, barrier, key('a')), 'old')
    assert.equal(await read(store, barrier, key('b')), 'new')
    const restarted = await open()
    assert.equal(await read(store, restarted, key('a')), 'old')
    assert.equal((await restarted.keyStatus()).term, 2)
  })

  it('is noticed by another node that reads a row of the new term', async (t) => {
    const { store, open } = await barrierBench(t)
    const [one, two] = [await open(), await open()]
    await one.rotate()
    await write(store, one, key('a'), 'x')
    const [row] = await store.read([key('a')])
    assert.ok(typeof row === 'object')
    assert.equal(two.knows(row.value), false)
    assert.throws(
      () => two.decrypt(key('a'), row.value),
      (error) => isFailure(error, 'corrupt'),
    )
    await two.reload()
    assert.equal(two.knows(row.value), true)
    assert.equal(await read(store, two, key('a')), 'x')
  })

  it('makes the commits of nodes that missed it conflict until they reload', async (t) => {
    const { store, open } = await barrierBench(t)
    const [one, two] = [await open(), await open()]
    await one.rotate()
    assert.deepEqual(await write(store, two, key('a'), 'x'), { ok: false, conflicts: [keyringKey] })
    await two.reload()
    assert.equal((await write(store, two, key('a'), 'x')).ok, true)
    assert.equal((await two.keyStatus()).term, 2)
  })

  it('lets requests encrypt without a break while a node follows it', async (t) => {
    const { store, open } = await barrierBench(t)
    const [one, two] = [await open(), await open()]
    await one.rotate()
    const reloading = two.reload()
    for (let i = 0; i < 50; i++) {
      two.encrypt(key('a'), Buffer.from('x'))
      await Promise.resolve()
    }
    await reloading
    assert.equal((await write(store, two, key('a'), 'x')).ok, true)
  })

  it('by two nodes at once makes two terms that both know', async (t) => {
    const { store, open } = await barrierBench(t)
    const [one, two] = [await open(), await open()]
    await Promise.all([one.rotate(), two.rotate()])
    await Promise.all([one.reload(), two.reload()])
    assert.equal((await one.keyStatus()).term, 3)
    assert.equal((await two.keyStatus()).term, 3)
    await write(store, one, key('a'), 'x')
    assert.equal(await read(store, two, key('a')), 'x')
  })

  it('reads the store once for all who ask at the same time, and again for those who ask later', async (t) => {
    const { store, open } = await barrierBench(t)
    let reads = 0
    const counting = {
      ...watchedStore(store, () => {}),
      read: (...args: Parameters<typeof store.read>) => {
        reads++
        return store.read(...args)
      },
    }
    const barrier = await open({ store: counting })
    reads = 0
    await Promise.all(Array.from({ length: 20 }, () => barrier.reload()))
    assert.equal(reads, 2)
  })

  it('does not make a term when the store cannot write', async (t) => {
    const { store, open } = await barrierBench(t)
    let broken = false
    const barrier = await open({ store: watchedStore(store, () => refuseIf(broken)) })
    broken = true
    await assert.rejects(
      () => barrier.rotate(),
      (error) => isFailure(error, 'storage_failed'),
    )
    broken = false
    assert.equal((await barrier.keyStatus()).term, 1)
    assert.equal((await write(store, barrier, key('a'), 'x')).ok, true)
  })
})

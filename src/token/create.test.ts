import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemRandom } from '../base/random.ts'
import { tokenBench } from './bench-for-tests.ts'
import { newTokenId } from './create.ts'
import { resolveAccessor, resolveToken } from './resolve.ts'

/** How bytes may be written as text, also where they stand behind others. */
function writingsOf(bytes: Buffer): string[] {
  const hex = bytes.toString('hex')
  const shifted = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64url')
    // The first letters and the last ones have bits of what is beside.
    return text.slice(before === 0 ? 0 : before + 1, Math.floor(((before + bytes.length) * 4) / 3))
  })
  const standard = shifted.map((text) => text.replaceAll('-', '+').replaceAll('_', '/'))
  return [bytes.toString('latin1'), hex, hex.toUpperCase(), ...shifted, ...standard]
}

describe('the id of a service token', () => {
  it('begins with hvs. and has 144 random bits', () => {
    const ids = Array.from({ length: 200 }, () => newTokenId(systemRandom))
    for (const id of ids) assert.match(id, /^hvs\.[A-Za-z0-9_-]{24}$/)
    assert.equal(new Set(ids).size, ids.length)
    const drawn: number[] = []
    const counting = (length: number) => {
      drawn.push(length)
      return Buffer.alloc(length)
    }
    newTokenId({ ...systemRandom, bytes: counting })
    assert.deepEqual(drawn, [18])
  })

  it('is nowhere in the store, neither in a key nor in a value, however it is written', async (t) => {
    const bench = await tokenBench(t)
    const { id } = await bench.create({ numUses: 3 })
    const { barrier, store } = bench.ground
    const { rows } = await store.scan('ns/', { limit: 1000 })
    assert.ok(rows.length >= 5)
    const secret = id.slice(4)
    const writings = [Buffer.from(secret), Buffer.from(secret, 'base64url')].flatMap(writingsOf)
    assert.ok(writings.includes(secret) && writings.length > 10)
    for (const { key, value } of rows) {
      const clear = Buffer.from(barrier.decrypt(key, value))
      for (const text of [key, clear.toString('latin1'), Buffer.from(value).toString('latin1')]) {
        const found = writings.filter((one) => text.includes(one))
        assert.deepEqual(found, [], key)
      }
    }
  })

  it('that somebody chose is given once, also to those who ask at the same time', async (t) => {
    const bench = await tokenBench(t)
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => bench.create({ id: 'chosen' })))
    assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 1)
    await assert.rejects(bench.create({ id: 'chosen' }), {
      code: 'invalid_request',
      message: 'cannot create a token with a duplicate ID',
    })
  })

  it('that was chosen can be used again when its token ended; the old children stay ended', async (t) => {
    const bench = await tokenBench(t)
    await bench.create({ id: 'chosen' })
    const child = await bench.childOf('chosen')
    await bench.revoke('chosen')
    await bench.create({ id: 'chosen' })
    assert.notEqual(await bench.find('chosen'), undefined)
    assert.equal(await bench.find(child.id), undefined)
  })
})

describe('a service token', () => {
  it('is found by its id and by its accessor, and by nothing that is like them', async (t) => {
    const bench = await tokenBench(t)
    const { id, record } = await bench.create()
    assert.match(record.accessor, /^[A-Za-z0-9]{24}$/)
    const found = await bench.find(id)
    assert.deepEqual(found?.record, record)
    const byAccessor = (text: string) => bench.run((tx) => resolveAccessor(tx, bench.tools, text))
    assert.deepEqual((await byAccessor(record.accessor))?.record, record)
    for (const other of [
      '',
      `${id}A`,
      id.slice(0, -1),
      ` ${id}`,
      id.toUpperCase(),
      record.accessor,
      'x'.repeat(40_000),
    ]) {
      assert.equal(await bench.find(other), undefined)
    }
    for (const other of ['', '../id/x', `${record.accessor}/`, id, 'x'.repeat(100)]) {
      assert.equal(await byAccessor(other), undefined)
    }
  })

  it('is refused from the moment its time is over, by id and by accessor, swept or not', async (t) => {
    const bench = await tokenBench(t)
    const { id, record } = await bench.create({ ttl: 10 })
    bench.clock.advance(9_999)
    assert.notEqual(await bench.find(id), undefined)
    bench.clock.advance(1)
    assert.equal(await bench.find(id), undefined)
    assert.equal(await bench.run((tx) => resolveAccessor(tx, bench.tools, record.accessor)), undefined)
  })

  it('without a time never ends, and cannot be renewed', async (t) => {
    const bench = await tokenBench(t)
    const { id, record, lease } = await bench.create({ ttl: 0 })
    assert.equal(lease, undefined)
    assert.equal(record.renewable, false)
    bench.clock.advance(100 * 365 * 86_400_000)
    assert.notEqual(await bench.find(id), undefined)
  })

  it('without uses left is refused, and the one that took the last is let through', async (t) => {
    const bench = await tokenBench(t)
    const { id } = await bench.create({ numUses: 2 })
    assert.equal((await bench.find(id))?.usesLeft, 2)
    const taking = (left: number) => bench.run((tx) => resolveToken(tx, bench.tools, id, { left }))
    assert.equal((await taking(1))?.usesLeft, 1)
    assert.equal((await taking(0))?.usesLeft, -1)
  })
})

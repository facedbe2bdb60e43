import assert from 'node:assert/strict'
import { createSecretKey, randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { openBatchToken, sealBatchToken } from './batch.ts'
import { tokenBench } from './bench-for-tests.ts'
import { maxAncestors } from './record.ts'

const key = createSecretKey(randomBytes(32))
const content: Parameters<typeof sealBatchToken>[1] = {
  record: {
    accessor: '',
    policies: ['default'],
    displayName: 'token',
    meta: { team: 'blau-größe' },
    path: 'auth/token/create',
    created: 1,
    creationTtl: 60,
    explicitMaxTtl: 0,
    period: 0,
    numUses: 0,
    renewable: false,
    entityId: '',
    boundCidrs: [],
    role: '',
    mount: '',
    instance: 'i',
    ancestors: [],
  },
  lease: { issued: 1, expires: 60_001, ttl: 60, renewed: null, renewable: false },
}

describe('a batch token', () => {
  it('begins with hvb. and carries its own record, which only its cluster can read', () => {
    const text = sealBatchToken(key, content)
    assert.match(text, /^hvb\.[A-Za-z0-9_-]+$/)
    assert.deepEqual(openBatchToken(key, text), content)
    assert.equal(openBatchToken(createSecretKey(randomBytes(32)), text), undefined)
    assert.equal(Buffer.from(text.slice(4), 'base64url').includes('blau'), false)
  })

  it('is no token when any letter of it is changed, or some are missing or more', () => {
    const text = sealBatchToken(key, content)
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom(...letters), (at, letter) => {
        fc.pre(text[at] !== letter)
        assert.equal(openBatchToken(key, text.slice(0, at) + letter + text.slice(at + 1)), undefined)
      }),
      { numRuns: 500 },
    )
    for (const other of [
      text.slice(0, -1),
      `${text}A`,
      `${text}=`,
      `${text} `,
      'hvb.',
      `hvb.${'A'.repeat(38)}`,
    ]) {
      assert.equal(openBatchToken(key, other), undefined)
    }
  })

  it('is not the token in another spelling of its base64', () => {
    for (let i = 0; i < 50; i++) {
      const text = sealBatchToken(key, {
        ...content,
        record: { ...content.record, displayName: 'x'.repeat(i) },
      })
      const bytes = Buffer.from(text.slice(4), 'base64url')
      const other = `hvb.${bytes.toString('base64')}`
      if (other !== text) assert.equal(openBatchToken(key, other), undefined)
    }
  })
})

describe('making a batch token', () => {
  it('stores nothing', async (t) => {
    const bench = await tokenBench(t)
    const { id } = await bench.create({ type: 'batch' })
    assert.deepEqual(bench.commits, [])
    assert.equal((await bench.find(id))?.type, 'batch')
  })

  it('is refused without an end', async (t) => {
    const bench = await tokenBench(t)
    await assert.rejects(bench.create({ type: 'batch', ttl: 0 }), {
      code: 'invalid_request',
      message: 'batch tokens must have a ttl',
    })
  })

  it('is refused when it would be too long to be taken again', async (t) => {
    const bench = await tokenBench(t)
    for (const meta of [{ text: 'x'.repeat(40_000) }, { text: '語'.repeat(12_000) }]) {
      await assert.rejects(bench.create({ type: 'batch', meta }), { code: 'invalid_request' })
    }
    let parent = (await bench.create()).id
    for (let level = 1; level < maxAncestors; level++) parent = (await bench.childOf(parent)).id
    const { id } = await bench.childOf(parent, { type: 'batch' })
    assert.notEqual(await bench.find(id), undefined, 'one below 64 ancestors is not')
  })

  it('makes one that ends with its time', async (t) => {
    const bench = await tokenBench(t)
    const { id } = await bench.create({ type: 'batch', ttl: 10 })
    bench.clock.advance(9_999)
    assert.notEqual(await bench.find(id), undefined)
    bench.clock.advance(1)
    assert.equal(await bench.find(id), undefined)
  })

  it('makes one that ends with its parent, whichever way the parent ends', async (t) => {
    const bench = await tokenBench(t)
    const revoked = await bench.create()
    const left = await bench.create()
    const short = await bench.create({ ttl: 10 })
    const childOf = async ({ id }: { id: string }) => (await bench.childOf(id, { type: 'batch', ttl: 60 })).id
    const children = [await childOf(revoked), await childOf(left), await childOf(short)]
    for (const child of children) assert.notEqual(await bench.find(child), undefined)
    await bench.revoke(revoked.id)
    await bench.revokeAlone(left.id)
    bench.clock.advance(10_000)
    for (const child of children) assert.equal(await bench.find(child), undefined)
  })

  it('makes one that lives on when an ancestor further up is revoked alone', async (t) => {
    const bench = await tokenBench(t)
    const eldest = await bench.create()
    const parent = await bench.childOf(eldest.id)
    const { id } = await bench.childOf(parent.id, { type: 'batch' })
    await bench.revokeAlone(eldest.id)
    assert.notEqual(await bench.find(id), undefined)
    await bench.revoke(parent.id)
    assert.equal(await bench.find(id), undefined)
  })
})

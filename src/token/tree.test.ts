import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { tokenBench } from './bench-for-tests.ts'
import { maxAncestors } from './record.ts'
import { isOrphan } from './resolve.ts'

describe('a tree of tokens', () => {
  it('ends at once below a token that is revoked, and nowhere else', async (t) => {
    const bench = await tokenBench(t)
    const root = await bench.create()
    const parent = await bench.childOf(root.id)
    const below = [await bench.childOf(parent.id), await bench.childOf(parent.id)]
    const deeper = await bench.childOf(below[0]?.id ?? '')
    const beside = await bench.childOf(root.id)
    await bench.revoke(parent.id)
    for (const { id } of [parent, ...below, deeper]) assert.equal(await bench.find(id), undefined)
    for (const { id } of [root, beside]) assert.notEqual(await bench.find(id), undefined)
  })

  it('ends below a token whose time is over', async (t) => {
    const bench = await tokenBench(t)
    const parent = await bench.create({ ttl: 10 })
    const child = await bench.childOf(parent.id, { ttl: 3600 })
    bench.clock.advance(10_000)
    assert.equal(await bench.find(child.id), undefined)
  })

  it('ends by a commit that does not grow with the number of descendants', async (t) => {
    const bench = await tokenBench(t)
    const cost = async (children: number) => {
      const parent = await bench.create()
      const ids = []
      for (let i = 0; i < children; i++) ids.push((await bench.childOf(parent.id)).id)
      bench.commits.length = 0
      await bench.revoke(parent.id)
      for (const id of ids) assert.equal(await bench.find(id), undefined)
      const [commit, ...more] = bench.commits
      assert.deepEqual(more, [])
      const { expect = [], put = [], delete: gone = [] } = commit ?? {}
      return expect.length + put.length + gone.length
    }
    assert.equal(await cost(200), await cost(1))
  })

  it(`has at most ${maxAncestors} levels above a token, all checked in one more round trip`, async (t) => {
    const bench = await tokenBench(t)
    const ids = [(await bench.create()).id]
    for (let level = 1; level <= maxAncestors; level++) ids.push((await bench.childOf(ids.at(-1) ?? '')).id)
    const last = ids.at(-1) ?? ''
    assert.equal((await bench.find(last))?.record.ancestors.length, 64)
    await assert.rejects(bench.childOf(last), { code: 'invalid_request', message: /at most 64 ancestors/ })
    assert.equal(await bench.tripsTo(last), 2)
    await bench.revoke(ids[0] ?? '')
    assert.equal(await bench.find(last), undefined)
  })

  it('gives its children their freedom when a token is revoked alone', async (t) => {
    const bench = await tokenBench(t)
    const eldest = await bench.create()
    const parent = await bench.childOf(eldest.id)
    const child = await bench.childOf(parent.id)
    const grandchild = await bench.childOf(child.id)
    await bench.revokeAlone(parent.id)
    assert.equal(await bench.find(parent.id), undefined)
    assert.equal(await bench.run((tx) => isOrphan(tx, child.record)), true)
    assert.equal(await bench.run((tx) => isOrphan(tx, grandchild.record)), false)
    await bench.revoke(eldest.id)
    for (const { id } of [child, grandchild]) assert.notEqual(await bench.find(id), undefined)
    await bench.revoke(child.id)
    assert.equal(await bench.find(grandchild.id), undefined)
  })

  it('has as many living tokens as a plain tree has, whatever is done to it', async (t) => {
    const bench = await tokenBench(t)
    const step = fc.record({
      kind: fc.constantFrom('child' as const, 'child' as const, 'revoke' as const, 'revoke alone' as const),
      at: fc.nat(1000),
    })
    /** A token with the one it depends on, as the plainest reading has it. */
    type Plain = { id: string; parent: Plain | undefined; ended: boolean }
    const alive = (token: Plain | undefined): boolean =>
      token === undefined || (!token.ended && alive(token.parent))
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const tokens: Plain[] = [{ id: (await bench.create()).id, parent: undefined, ended: false }]
        for (const { kind, at } of steps) {
          const token = tokens[at % tokens.length] as Plain
          if (kind === 'child' && alive(token)) {
            tokens.push({ id: (await bench.childOf(token.id)).id, parent: token, ended: false })
          } else if (kind === 'revoke') {
            await bench.revoke(token.id)
            token.ended = true
          } else if (kind === 'revoke alone' && alive(token)) {
            await bench.revokeAlone(token.id)
            token.ended = true
            for (const child of tokens) if (child.parent === token) child.parent = undefined
          }
        }
        for (const token of tokens) assert.equal((await bench.find(token.id)) !== undefined, alive(token))
      }),
      { numRuns: 40 },
    )
  })
})

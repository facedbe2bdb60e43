import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isFailure } from '../../base/errors.ts'
import { systemRandom } from '../../base/random.ts'
import { combineShares, shamirSeal, splitKey } from './shamir.ts'

const refuses = (text: string) => (error: unknown) =>
  isFailure(error, 'invalid_request') && error.message === text

describe('Shamir shares', () => {
  it('are 33 bytes each, with a coordinate of its own at the end', async () => {
    const { shares } = await splitKey(systemRandom, 255, 2)
    assert.equal(shares.length, 255)
    assert.ok(shares.every((share) => share.length === 33))
    assert.equal(new Set(shares.map((share) => share[32])).size, 255)
    assert.ok(shares.every((share) => share[32] !== 0))
  })

  it('are the key itself, 32 bytes, when there is one', async () => {
    const { key, shares } = await splitKey(systemRandom, 1, 1)
    assert.equal(shares.length, 1)
    assert.deepEqual(shares[0], key.export())
    assert.deepEqual(await combineShares(shares), key.export())
  })

  it('give the key back by any threshold of them, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 8 }).chain((n) =>
          fc.record({
            n: fc.constant(n),
            t: fc.integer({ min: 2, max: n }),
            order: fc.shuffledSubarray([...Array(n).keys()], { minLength: n, maxLength: n }),
          }),
        ),
        async ({ n, t, order }) => {
          const { key, shares } = await splitKey(systemRandom, n, t)
          const chosen = order.slice(0, t).map((i) => shares[i] as Buffer)
          assert.deepEqual(await combineShares(chosen), key.export())
        },
      ),
      { numRuns: 30 },
    )
  })

  it('give another key when there are too few or one is changed', async () => {
    const { key, shares } = await splitKey(systemRandom, 5, 3)
    assert.notDeepEqual(await combineShares(shares.slice(0, 2)), key.export())
    const changed = Buffer.from(shares[2] as Buffer)
    changed[0] = (changed[0] as number) ^ 1
    assert.notDeepEqual(
      await combineShares([shares[0] as Buffer, shares[1] as Buffer, changed]),
      key.export(),
    )
  })

  it('are refused when they cannot belong together', async () => {
    const { shares } = await splitKey(systemRandom, 3, 2)
    const first = shares[0] as Buffer
    await assert.rejects(
      () => combineShares([first, Buffer.alloc(32)]),
      refuses('invalid key: failed to compute combined key: all parts must be the same length'),
    )
    const samePoint = Buffer.from(first)
    samePoint[0] = (samePoint[0] as number) ^ 1
    await assert.rejects(
      () => combineShares([first, samePoint]),
      refuses('invalid key: failed to compute combined key: duplicate part detected'),
    )
  })

  it('of the format that other servers of this API make are taken', async () => {
    // Points of the polynomial 0x2a + 0x01·x in each byte, over the field with x^8 + x^4 + x^3 + x + 1.
    const share = (x: number) => Buffer.concat([Buffer.alloc(32, 0x2a ^ x), Buffer.from([x])])
    assert.deepEqual(await combineShares([share(1), share(200)]), Buffer.alloc(32, 0x2a))
  })

  it('are made for sensible numbers alone', async () => {
    const cases = [
      [0, 0, 'shares must be at least one'],
      [-1, 1, 'shares must be at least one'],
      [3, 0, 'threshold must be at least one'],
      [3, -2, 'threshold must be at least one'],
      [3, 5, 'threshold cannot be larger than shares'],
      [3, 1, 'threshold must be greater than one for multiple shares'],
      [256, 3, 'shares must be less than 256'],
    ] as const
    for (const [shares, threshold, text] of cases) {
      await assert.rejects(
        () => splitKey(systemRandom, shares, threshold),
        refuses(`invalid seal configuration: ${text}`),
      )
    }
  })
})

describe('Shamir seal', () => {
  it('opens the root key with the right key and the binding that it was wrapped with', async () => {
    const seal = shamirSeal(systemRandom)
    const root = createSecretKey(Buffer.alloc(32, 5))
    const { key, shares } = await seal.split(3, 2)
    const wrapped = seal.wrap(key, root, 'binding')
    const isCorrupt = (error: unknown) => isFailure(error, 'corrupt')
    assert.ok(seal.unwrap(await seal.combine(shares.slice(1)), wrapped, 'binding').equals(root))
    assert.throws(() => seal.unwrap(key, wrapped, 'another'), isCorrupt)
    const wrong = await seal.combine([Buffer.alloc(20, 1)])
    assert.throws(() => seal.unwrap(wrong, wrapped, 'binding'), isCorrupt)
  })
})

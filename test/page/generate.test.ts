import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { bitsOf, draw, generate } from '../../web/src/parts/generator/generate.ts'
import { loadWords, wordCount } from '../../web/src/parts/generator/words.ts'

describe('generated values', () => {
  test('have the length and the kinds that were asked for', async () => {
    const recipes = fc.record({
      kind: fc.constant('characters' as const),
      length: fc.integer({ min: 8, max: 64 }),
      capitals: fc.boolean(),
      digits: fc.boolean(),
      symbols: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(recipes, async (recipe) => {
        const value = await generate(recipe)
        assert.equal(value.length, recipe.length)
        assert.match(value, /[a-z]/)
        assert.equal(/[A-Z]/.test(value), recipe.capitals)
        assert.equal(/[0-9]/.test(value), recipe.digits)
        assert.equal(/[^A-Za-z0-9]/.test(value), recipe.symbols)
      }),
    )
  })

  test('of words are words, each worth eleven bits', async () => {
    const words = await loadWords()
    assert.equal(new Set(words).size, wordCount)
    const value = await generate({ kind: 'words', count: 6 })
    const parts = value.split('-')
    assert.equal(parts.length, 6)
    assert.ok(parts.every((part) => words.includes(part)))
    assert.equal(bitsOf({ kind: 'words', count: 6 }), 66)
  })

  test('are drawn evenly', () => {
    const counts = Array.from({ length: 7 }, () => 0)
    for (let turn = 0; turn < 7000; turn++) {
      const drawn = draw(7)
      counts[drawn] = (counts[drawn] ?? 0) + 1
    }
    // Thirty standard deviations away, or a fault.
    assert.ok(counts.every((count) => count > 500 && count < 1500))
  })
})

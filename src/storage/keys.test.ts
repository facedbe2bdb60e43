import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { compareKeys, endOfPrefix, startOfList, startOfScan, storageKey } from './keys.ts'
import { maxKeyBytes, maxSegmentBytes } from './store.ts'

const character = fc.oneof(
  fc.constantFrom('a', 'b', '-', '.', '0', '\u{1}', '\u{7f}', 'é', '\u{ffff}', '\u{10000}', '\u{10ffff}'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((c) => c !== '/' && c !== '\0'),
)
const segment = fc.string({ unit: character, minLength: 1, maxLength: 6 })
const key = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'))
const prefix = fc.oneof(
  fc.constant(''),
  key.map((text) => `${text}/`),
)

describe('a storage key', () => {
  it('is any text of non-empty segments', () => {
    fc.assert(fc.property(key, (text) => assert.equal(storageKey(text), text)))
  })

  it('has no empty segment', () => {
    for (const text of ['', '/', '/a', 'a/', 'a//b', '//']) {
      assert.throws(() => storageKey(text), {
        code: 'invalid_path',
        message: 'a path may not have empty segments',
      })
    }
  })

  it('has no NUL', () => {
    for (const text of ['\0', 'a\0b', 'a/\0']) {
      assert.throws(() => storageKey(text), { code: 'invalid_path', message: 'a path may not hold a NUL' })
    }
  })

  it('is valid Unicode', () => {
    for (const text of ['\ud800', 'a/\udc00b', '\udc00\ud800']) {
      assert.throws(() => storageKey(text), { code: 'invalid_path', message: 'a path must be valid Unicode' })
    }
  })

  it('has segments of at most 512 bytes, counted in UTF-8', () => {
    const longest = ['a'.repeat(512), 'é'.repeat(256), '€'.repeat(170), '\u{10ffff}'.repeat(128)]
    for (const text of longest) {
      assert.equal(storageKey(text), text)
      assert.equal(storageKey(`x/${text}/y`), `x/${text}/y`)
      assert.throws(() => storageKey(`x/${text}€/y`), { code: 'invalid_path', message: /512 bytes/ })
    }
  })

  it('has at most 2048 bytes, counted in UTF-8', () => {
    const part = 'é'.repeat(255)
    const most = `${[part, part, part, part].join('/')}/aaaa`
    assert.equal(Buffer.byteLength(most), maxKeyBytes)
    assert.equal(storageKey(most), most)
    assert.throws(() => storageKey(`${most}a`), { code: 'invalid_path', message: /2048 bytes/ })
  })

  it('never shows in the error', () => {
    const secret = 'hunter2'
    for (const text of [`/${secret}`, `${secret}\0`, `${secret}\ud800`, secret.repeat(100)]) {
      assert.throws(
        () => storageKey(text),
        (error: Error) => !error.message.includes(secret),
      )
    }
  })
})

describe('the order of keys', () => {
  it('is that of their UTF-8 bytes, which differs from that of JavaScript', () => {
    assert.ok('\u{10000}' < '\u{ffff}')
    assert.ok(compareKeys('\u{10000}', '\u{ffff}') > 0)
    fc.assert(
      fc.property(key, key, (a, b) => {
        assert.equal(Math.sign(compareKeys(a, b)), Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))))
      }),
    )
  })

  it('has all keys below a prefix between the prefix and its end, and no others', () => {
    fc.assert(
      fc.property(prefix, key, key, (folder, inside, other) => {
        const within = (text: string) =>
          compareKeys(text, folder) >= 0 && compareKeys(text, endOfPrefix(folder)) < 0
        assert.ok(within(folder + inside))
        assert.equal(within(other), other.startsWith(folder))
      }),
    )
    const greatest = '\u{10ffff}'.repeat(maxSegmentBytes / 4)
    assert.ok(compareKeys(`${greatest}/${greatest}`, endOfPrefix('')) < 0)
  })
})

describe('a page', () => {
  const nameOf = (folder: string, text: string) => {
    const rest = text.slice(folder.length)
    return rest.includes('/') ? rest.slice(0, rest.indexOf('/') + 1) : rest
  }

  it('of a list begins at the first key whose name is greater', () => {
    const cursor = fc.oneof(
      key,
      key.map((text) => `${text}/`),
    )
    fc.assert(
      fc.property(prefix, cursor, key, (folder, after, inside) => {
        const included = compareKeys(folder + inside, startOfList(folder, after)) >= 0
        assert.equal(included, compareKeys(nameOf(folder, folder + inside), after) > 0)
      }),
    )
    assert.equal(startOfList('a/', undefined), 'a/')
    assert.equal(startOfList('a/', ''), 'a/')
  })

  it('of a scan begins at the first greater key below the prefix', () => {
    fc.assert(
      fc.property(prefix, key, key, (folder, after, inside) => {
        const included = compareKeys(folder + inside, startOfScan(folder, after)) >= 0
        assert.equal(included, compareKeys(folder + inside, after) > 0)
      }),
    )
    assert.equal(startOfScan('a/', undefined), 'a/')
  })
})

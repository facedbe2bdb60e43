import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { hasEscapedName } from './escaped-names.ts'
import { parseJson, parseOwnJson, parseRecord } from './json.ts'

/** Every reader of JSON that holds names from outside. */
const readers = { parseJson, parseOwnJson, parseRecord }

/** As other programs write it: some escape markup, some everything outside of ASCII. */
const escaped = (json: string) =>
  json.replace(/[<>&\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

describe('names with escapes', () => {
  for (const [reader, read] of Object.entries(readers)) {
    test(`are read by ${reader} as they are, whatever was read before`, () => {
      for (const [before, name] of [
        ['\\', '&'],
        ['\\', '"'],
        ['\\', '\n'],
        ['\\u00', 'über'],
      ] as const) {
        read(JSON.stringify({ [`${reader} ${name}`]: 0, [before]: 0 }))
        const json = escaped(JSON.stringify({ [`${reader} ${name}`]: 0, [name]: 1 }))
        assert.deepEqual(Object.keys(read(json) as object), [`${reader} ${name}`, name])
      }
    })
  }

  test('are found, and only they', () => {
    for (const text of [
      '{"\\"":1}',
      '{"a":1,"\\u0061" \t\r\n: 1}',
      '{"a":"\\\\","b\\\\":""}',
      '["\\"",{"\\n":{}}]',
    ]) {
      assert.equal(hasEscapedName(text), true, text)
    }
    for (const text of [
      '{}',
      '"\\""',
      '{"a":"\\":"}',
      '{"a":"\\\\","b":"c\\n"}',
      '["\\":",":"]',
      '{"a:":":\\\\"}',
    ]) {
      assert.equal(hasEscapedName(text), false, text)
    }
  })

  test('are found wherever they are', () => {
    const name = fc.string({ unit: fc.constantFrom('a', '\\', '"', ':', ' ', 'ü', '\n') })
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        name,
        fc.constantFrom(0, null, true),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(name, tie('tree'), { maxKeys: 3 }),
      ),
    }))
    fc.assert(
      fc.property(tree, fc.constantFrom(0, 1, '\t'), (value, space) => {
        const json = escaped(JSON.stringify(value, null, space))
        assert.equal(
          hasEscapedName(json),
          namesOf(value).some((one) => escaped(JSON.stringify(one)) !== `"${one}"`),
        )
        for (const read of Object.values(readers)) assert.deepEqual(read(json), plain(value))
      }),
    )
  })

  test('are found in time that grows with the text', () => {
    // With a search that began anew at every backslash, this would not end.
    const text = JSON.stringify(['\\'.repeat(2_000_000), ...Array.from({ length: 100_000 }, () => '\n')])
    assert.equal(hasEscapedName(text), false)
  })
})

function namesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const own = Array.isArray(value) ? [] : Object.keys(value)
  return [...own, ...Object.values(value).flatMap(namesOf)]
}

/** With prototypes as parsing makes them. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]))
}

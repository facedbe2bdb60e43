import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { growsLinearly } from '../../../test/support/growth.ts'
import { CofferError } from '../errors.ts'
import { parseRecord } from '../json/json.ts'
import { blocksOf, type HclValue, parseHcl, type Source } from './hcl.ts'

const source: Source = { code: 'invalid_request' }
const limits = { bytes: 10_000, depth: 8, nodes: 200 }
const parse = (text: string) => parseHcl(text, source, limits)
const refuses = (text: string, message: string) =>
  assert.throws(() => parse(text), { code: 'invalid_request', message }, text)

/** The values alone, without their places. */
function plain(value: HclValue): unknown {
  if (value.kind === 'null') return null
  if (value.kind === 'list') return value.items.map(plain)
  if (value.kind !== 'object') return value.value
  return value.entries.map(({ key, labels, value: inner }) => [
    key,
    ...labels.map((l) => l.value),
    plain(inner),
  ])
}
const read = (text: string) => plain(parse(text))

describe('HCL', () => {
  it('has strings, numbers, booleans, lists and objects', () => {
    assert.deepEqual(read('a = "x"\nb = 12\nc = true\nd = ["x", 1, [false], ]\ne = { f = 1, g = {} }'), [
      ['a', 'x'],
      ['b', 12],
      ['c', true],
      ['d', ['x', 1, [false]]],
      [
        'e',
        [
          ['f', 1],
          ['g', []],
        ],
      ],
    ])
  })

  it('has blocks with labels, on one line or several', () => {
    assert.deepEqual(read('path "a/*" { policy = "read" comment = "x" } audit "file" "main" {}\nui {\n}'), [
      [
        'path',
        'a/*',
        [
          ['policy', 'read'],
          ['comment', 'x'],
        ],
      ],
      ['audit', 'file', 'main', []],
      ['ui', []],
    ])
  })

  it('keeps keys that come again, and takes them quoted', () => {
    assert.deepEqual(read('"a" = 1\na = 2'), [
      ['a', 1],
      ['a', 2],
    ])
  })

  it('skips comments', () => {
    assert.deepEqual(read('# one\na = 1 // two\n/* three\n four */ b = 2 #'), [
      ['a', 1],
      ['b', 2],
    ])
    assert.deepEqual(read('/**/# nothing'), [])
    assert.deepEqual(read('\uFEFFa = "#//"'), [['a', '#//']])
  })

  it('reads escapes', () => {
    assert.deepEqual(read(String.raw`a = "\"\\\n\t\r\u00e9\U0001f600\x41\101"`), [
      ['a', '"\\\n\t\r\u00e9\u{1f600}AA'],
    ])
  })

  it('reads numbers in every notation', () => {
    assert.deepEqual(read('a = [0, -1, 1.5, 1e3, 2.5E-1, 0x1F, 0755]'), [
      ['a', [0, -1, 1.5, 1000, 0.25, 31, 493]],
    ])
  })

  it('reads texts of several lines, whose indentation <<- takes away', () => {
    assert.deepEqual(read('a = <<EOF\n  one\n two "x" # no comment\nEOF\nb = 1'), [
      ['a', '  one\n two "x" # no comment\n'],
      ['b', 1],
    ])
    assert.deepEqual(read('a = <<-EOF\n    one\n      two\n    EOF\n'), [['a', 'one\n  two\n']])
    assert.deepEqual(read('a = <<-EOF\n  one\n      two\n    EOF\n'), [['a', '  one\n      two\n']])
    assert.deepEqual(read('a = <<EOF\r\none\r\nEOF\r\nb = <<X\nX'), [
      ['a', 'one\n'],
      ['b', ''],
    ])
  })

  it('knows the line and column of every node', () => {
    const { entries } = parse('\n  path "a" {\n    x = [1,\n 2]\n  }')
    const entry = entries[0]
    assert.deepEqual(
      [entry?.at, entry?.labels[0]?.at, entry?.value.at],
      [
        { line: 2, column: 3 },
        { line: 2, column: 8 },
        { line: 2, column: 12 },
      ],
    )
    const list = entry?.value.kind === 'object' ? entry.value.entries[0]?.value : undefined
    assert.deepEqual(list?.kind === 'list' && list.items.map(({ at }) => at), [
      { line: 3, column: 10 },
      { line: 4, column: 2 },
    ])
  })

  it('says what is wrong and where', () => {
    refuses('nonsense', 'expected = or { after "nonsense", found the end of the text on line 1, column 9')
    refuses(
      'path "x" {\n  a = ["read" ',
      'expected , or ] in the list, found the end of the text on line 2, column 15',
    )
    refuses('a = [1 2]', 'expected , or ] in the list, found 2 on line 1, column 8')
    refuses('a "b" = 1', 'expected { after "a", found = on line 1, column 7')
    refuses('a {', 'expected a key or }, found the end of the text on line 1, column 4')
    refuses('}', 'expected a key, found } on line 1, column 1')
    refuses('a = b', 'expected a value, found "b" on line 1, column 5')
    refuses('a = $', 'unexpected "$" on line 1, column 5')
    refuses('a = "x\n"', 'string is not closed on its line; it starts on line 1, column 5')
    refuses('a = "\\q"', 'unknown escape in a string on line 1, column 6')
    refuses('a = "\\ud800"', 'unknown escape in a string on line 1, column 6')
    refuses('a = 1 /* x', 'comment is not closed; it starts on line 1, column 7')
    refuses('a = <<EOF\nx', 'text is not closed by a line EOF; it starts on line 1, column 5')
    refuses('a = << x', 'expected a marker and a new line after << on line 1, column 5')
  })

  it('raises the code and prefix of its source', () => {
    const config: Source = { code: 'invalid_config', prefix: 'server.hcl: ' }
    assert.throws(() => parseHcl('}', config, limits), {
      code: 'invalid_config',
      message: 'server.hcl: expected a key, found } on line 1, column 1',
    })
  })

  it('is bounded in length, nesting and number of values', () => {
    refuses(`a = "${'é'.repeat(5000)}"`, 'text is longer than 10000 bytes')
    refuses(`a = ${'['.repeat(9)}`, 'nested more than 8 levels deep on line 1, column 13')
    refuses(`${'a {'.repeat(9)}`, 'nested more than 8 levels deep on line 1, column 27')
    refuses(`${'{"a":'.repeat(10)}`, 'nested more than 8 levels deep on line 1, column 46')
    refuses('a = 1\n'.repeat(101), 'more than 200 keys and values on line 101, column 1')
    refuses(`{"a": [${'1,'.repeat(300)}1]}`, 'more than 200 keys and values on line 1, column 406')
  })
})

describe('HCL in its JSON form', () => {
  it('reads as the same entries', () => {
    assert.deepEqual(
      read(' {"path": {"a": {"capabilities": ["read"], "n": -1.5e2, "t": true, "x": null}}}'),
      [
        [
          'path',
          [
            [
              'a',
              [
                ['capabilities', ['read']],
                ['n', -150],
                ['t', true],
                ['x', null],
              ],
            ],
          ],
        ],
      ],
    )
    assert.deepEqual(read('{"a": 1, "a": "\\u00e9\\/"}'), [
      ['a', 1],
      ['a', 'é/'],
    ])
  })

  it('knows the line and column of every node', () => {
    const entry = parse('{\n  "a":\n    1}').entries[0]
    assert.deepEqual(
      [entry?.at, entry?.value.at],
      [
        { line: 2, column: 3 },
        { line: 3, column: 5 },
      ],
    )
  })

  it('says what is wrong and where', () => {
    refuses('{"a":1,}', 'expected a key in quotes, found "}" on line 1, column 8')
    refuses('{"a" 1}', 'expected : after the key, found "1" on line 1, column 6')
    refuses('{"a":[1 2]}', 'expected , or ] in the list, found "2" on line 1, column 9')
    refuses('{"a":1', 'expected , or } in the object, found the end of the text on line 1, column 7')
    refuses('{"a":nil}', 'expected a value, found "n" on line 1, column 6')
    refuses('{} {}', 'expected the end of the text, found "{" on line 1, column 4')
    refuses('{"a":"\u0001"}', 'expected a value, found "\\"" on line 1, column 6')
  })

  it('agrees with other readers on what is JSON', () => {
    const wide = { bytes: 1e6, depth: 100, nodes: 1e5 }
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (object) => {
        const text = JSON.stringify(object)
        assert.deepEqual(plain(parseHcl(text, source, wide)), listed(parseRecord(text)))
      }),
    )
    function listed(value: unknown): unknown {
      if (Array.isArray(value)) return value.map(listed)
      if (typeof value !== 'object' || value === null) return value
      return Object.entries(value).map(([key, inner]) => [key, listed(inner)])
    }
  })
})

describe('blocks', () => {
  const blocks = (text: string, labels: number) =>
    parse(text).entries.flatMap((entry) =>
      blocksOf(entry, labels, entry.key, source).map((block) => [...block.labels, plain(block.body)]),
    )

  it('are the same from every way of writing them', () => {
    const same = [
      ['x', [['a', 1]]],
      ['y', []],
    ]
    assert.deepEqual(blocks('p "x" { a = 1 }\np "y" {}', 1), same)
    assert.deepEqual(blocks('p = { "x" = { a = 1 } "y" = {} }', 1), same)
    assert.deepEqual(blocks('{"p": {"x": {"a": 1}, "y": {}}}', 1), same)
    assert.deepEqual(blocks('{"p": [{"x": {"a": 1}}, {"y": {}}]}', 1), same)
    assert.deepEqual(blocks('{"p": {"x": [{"a": 1}], "y": {}}}', 1), same)
    assert.deepEqual(blocks('p "x" "z" {}', 2), [['x', 'z', []]])
    assert.deepEqual(blocks('{"p": {"x": {"z": {}}}}', 2), [['x', 'z', []]])
    assert.deepEqual(blocks('p { a = 1 }', 0), [[[['a', 1]]]])
  })

  it('are refused with too many labels, or where a value stands', () => {
    assert.throws(() => blocks('p "x" "y" {}', 1), {
      message: 'p takes one label, found 2 on line 1, column 1',
    })
    assert.throws(() => blocks('p "x" {}', 0), { message: 'p takes 0 labels, found 1 on line 1, column 1' })
    assert.throws(() => blocks('p = 1', 1), { message: 'p must be a block on line 1, column 5' })
    assert.throws(() => blocks('p { x = 1 }', 1), { message: 'p must be a block on line 1, column 9' })
  })
})

describe('the parser of HCL', () => {
  const fragments = [
    'path',
    '"a/*"',
    '{',
    '}',
    '[',
    ']',
    ',',
    '=',
    '<<EOF\n',
    '<<-X\n',
    'EOF',
    'X',
    '\n',
    '/*',
    '*/',
    '#',
    '//',
    '"',
    '\\',
    '\\u12',
    '0x',
    '1e',
    '-',
    '.',
    'true',
    'null',
    ':',
    '\u0000',
    '\ud800',
    'é',
    ' ',
    '\r\n',
    '{"a":',
  ]

  it('answers or refuses, and never breaks', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...fragments)).map((all) => all.join('')),
    )
    fc.assert(
      fc.property(hostile, (text) => {
        try {
          parse(text)
        } catch (error) {
          assert.ok(error instanceof CofferError)
          assert.match(error.message, / on line [1-9]\d*, column [1-9]\d*$/)
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('takes time in proportion to the text, also when all is on one line', () => {
    const wide = { bytes: 10_000_000, depth: 8, nodes: 10_000_000 }
    const read = (text: string) => {
      try {
        parseHcl(text, source, wide)
      } catch (error) {
        assert.ok(error instanceof CofferError)
      }
    }
    for (const part of ['/**/', 'a=1 ', 'a {} ', '\\n\\"', '1,', '"",', '<<A\n', '\n', '# ']) {
      for (const start of ['', 'a = "', 'a = [', '{"a": [', '{"a": "']) {
        const make = (size: number) => start + part.repeat(size / part.length)
        assert.ok(growsLinearly(make, read, 32_768), start + part)
      }
    }
  })

  it('gives back what was written', () => {
    const scalar = fc.oneof(fc.string({ unit: 'grapheme' }), fc.boolean(), fc.integer())
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, scalar, fc.array(tie('value'), { maxLength: 4 })),
    }))
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,8}$/), value), (object) => {
        const text = Object.entries(object)
          .map(([key, item]) => `${key} = ${written(item)}`)
          .join('\n')
        assert.deepEqual(
          plain(parseHcl(text, source, { bytes: 1e6, depth: 8, nodes: 1e5 })),
          Object.entries(object),
        )
      }),
    )
    function written(item: unknown): string {
      if (Array.isArray(item)) return `[${item.map(written).join(', ')}]`
      if (typeof item !== 'string') return String(item)
      // Everything but letters and digits as an escape of eight digits.
      return `"${item.replace(/[^a-z0-9]/gu, (char) => `\\U${char.codePointAt(0)?.toString(16).padStart(8, '0')}`)}"`
    }
  })
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isRawNumber, type Json, parseOwnJson } from './json.ts'
import { readKeeping } from './json-numbers.ts'

const keep = (source: string) =>
  // TypeScript's library does not know it yet.
  (JSON as unknown as { rawJSON(text: string): { rawJSON: string } }).rawJSON(source)

/** The plainest way: a function that looks at every value. */
function plainly(text: string): Json {
  const read = (_name: string, value: unknown, context?: { source?: string }) =>
    typeof value !== 'number' || context?.source === undefined || String(value) === context.source
      ? value
      : keep(context.source)
  return JSON.parse(text, read) as Json
}

const spelling = fc.oneof(
  fc.stringMatching(/^-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,6})?([eE][+-]?[0-9]{1,3})?$/),
  fc.constantFrom('-0', '0.10', '1E400', '12345678901234567890', '1'),
)
const blank = fc.stringMatching(/^[ \t\r\n]{0,2}$/)
/** None with escapes, which the plainest way may misread: see hasEscapedName. */
const name = fc.oneof(
  fc.string().filter((text) => !JSON.stringify(text).includes('\\')),
  fc.constantFrom('__proto__', 'constructor', '1', '0', 'a', 'a long name, of many letters'),
)

const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    spelling,
    fc.oneof(fc.string(), fc.string({ unit: 'grapheme' })).map((text) => JSON.stringify(text)),
    fc.constantFrom('true', 'false', 'null', '"\\u0041\\n\\"\\\\"'),
    fc
      .tuple(fc.array(tie('json'), { maxLength: 4 }), blank)
      .map(([all, gap]) => `[${gap}${all.join(`${gap},${gap}`)}${gap}]`),
    fc
      .tuple(fc.array(fc.tuple(name, tie('json')), { maxLength: 4 }), blank)
      .map(
        ([all, gap]) =>
          `{${gap}${all.map(([key, one]) => `${JSON.stringify(key)}${gap}:${gap}${one}`).join(`${gap},${gap}`)}${gap}}`,
      ),
  ),
}))

describe('JSON whose numbers keep their spelling', () => {
  test('is read as by a function that looks at every value', () => {
    fc.assert(
      fc.property(json, blank, (text, gap) => {
        const whole = gap + text + gap
        const read = readKeeping(whole, keep)
        assert.deepEqual(read, plainly(whole), whole)
        assert.equal(JSON.stringify(read), JSON.stringify(plainly(whole)))
        assert.equal(JSON.stringify(parseOwnJson(whole)), JSON.stringify(read))
      }),
      { numRuns: 3000 },
    )
  })

  test('has mere data under names that JavaScript knows', () => {
    const read = parseOwnJson('{"__proto__":{"polluted":0.10},"__proto__":{"b":1.0}}') as {
      polluted?: unknown
    }
    assert.deepEqual(Object.keys(read), ['__proto__'])
    assert.equal(Object.getPrototypeOf(read), Object.prototype)
    assert.equal(read.polluted, undefined)
  })

  test('is refused when it is none', () => {
    for (const text of ['', '0.10.1', '{"a":1.0', '[1.0,]', '{"a" 1.0}', '1.0 1.0']) {
      assert.throws(() => parseOwnJson(text), SyntaxError, text)
    }
  })

  test('takes less time than with such a function', () => {
    const text = `{"a":[${Array(100_000).fill('0.10').join()}]}`
    const cost = (read: (text: string) => Json) => {
      let least = Number.POSITIVE_INFINITY
      for (let i = 0; i < 5; i++) {
        const before = process.cpuUsage()
        read(text)
        least = Math.min(least, process.cpuUsage(before).user)
      }
      return least
    }
    const [list] = Object.values(parseOwnJson(text) as Record<string, Json[]>)
    assert.ok(list?.every(isRawNumber))
    assert.ok(cost(parseOwnJson) < cost(plainly))
  })
})

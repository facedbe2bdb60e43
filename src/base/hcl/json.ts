import { failAt, type HclEntry, type HclObject, type HclValue, type Position, type Source } from './ast.ts'
import type { Budget } from './budget.ts'

const blank = /[ \t\r\n]+/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings hold none of them (RFC 8259 §7)
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const word = /true|false|null/y

/** Parses the JSON form of HCL: one object. Keys keep their order, doubled ones and their places. */
export function parseJsonForm(text: string, source: Source, budget: Budget): HclObject {
  let index = 0
  let line = 1
  let lineStart = 0

  const here = (): Position => ({ line, column: index - lineStart + 1 })

  function eat(pattern: RegExp): string | undefined {
    pattern.lastIndex = index
    const found = pattern.exec(text)?.[0]
    if (found === undefined) return undefined
    index += found.length
    return found
  }

  function skip(): void {
    const start = index
    const found = eat(blank) ?? ''
    for (let at = found.indexOf('\n'); at >= 0; at = found.indexOf('\n', at + 1)) {
      line++
      lineStart = start + at + 1
    }
  }

  function take(char: string): boolean {
    skip()
    if (text[index] !== char) return false
    index++
    return true
  }

  function expected(what: string): never {
    const char = text.codePointAt(index)
    const found = char === undefined ? 'the end of the text' : JSON.stringify(String.fromCodePoint(char))
    return failAt(source, here(), `expected ${what}, found ${found}`)
  }

  function readValue(depth: number): HclValue {
    skip()
    const at = here()
    budget.spend(at)
    if (text[index] === '{') return readObject(depth)
    if (take('[')) return { kind: 'list', items: readItems(at, depth), at }
    const quoted = eat(string)
    if (quoted !== undefined) return { kind: 'string', value: JSON.parse(quoted) as string, at }
    const digits = eat(number)
    if (digits !== undefined) return { kind: 'number', value: Number(digits), text: digits, at }
    const literal = eat(word)
    if (literal === undefined) expected('a value')
    return literal === 'null' ? { kind: 'null', at } : { kind: 'bool', value: literal === 'true', at }
  }

  /** Where something is that `take` finds next. */
  function next(): Position {
    skip()
    return here()
  }

  function readItems(at: Position, depth: number): HclValue[] {
    budget.enter(at, depth)
    const items: HclValue[] = []
    if (take(']')) return items
    for (;;) {
      items.push(readValue(depth + 1))
      if (take(']')) return items
      if (!take(',')) expected(', or ] in the list')
    }
  }

  function readObject(depth: number): HclObject {
    const at = here()
    if (!take('{')) expected('{')
    budget.enter(at, depth)
    const entries: HclEntry[] = []
    let end = next()
    if (take('}')) return { kind: 'object', entries, at, end }
    for (;;) {
      const keyAt = next()
      const quoted = eat(string)
      if (quoted === undefined) expected('a key in quotes')
      if (!take(':')) expected(': after the key')
      entries.push({ key: JSON.parse(quoted) as string, at: keyAt, labels: [], value: readValue(depth + 1) })
      end = next()
      if (take('}')) return { kind: 'object', entries, at, end }
      if (!take(',')) expected(', or } in the object')
    }
  }

  skip()
  const top = readObject(0)
  skip()
  if (index < text.length) expected('the end of the text')
  return top
}

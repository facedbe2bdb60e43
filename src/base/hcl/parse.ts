import { fail } from '../errors.ts'
import { isJsonObject, isRawNumber, type Json, parseJson } from '../json.ts'
import { type Place, refuse, type Token, tokenize } from './lexer.ts'

/**
 * HCL, version 1, as Vault's policies and configuration files use it: assignments, blocks with labels,
 * lists, strings, numbers, booleans. Its JSON form reads into the same shape.
 */
export type Value =
  | {
      readonly kind: 'string' | 'number' | 'bool'
      readonly value: string | number | boolean
      readonly place: Place
    }
  | { readonly kind: 'list'; readonly items: readonly Value[]; readonly place: Place }
  | { readonly kind: 'object'; readonly body: Body; readonly place: Place }

/** `key = value`, or `key "label" … { … }`, whose value is an object. */
export type Item = {
  readonly key: string
  readonly labels: readonly string[]
  readonly value: Value
  readonly place: Place
}
export type Body = readonly Item[]

export type ParseLimits = { readonly bytes: number; readonly depth: number }
export const defaultLimits: ParseLimits = { bytes: 1024 * 1024, depth: 32 }

/**
 * Parses HCL or its JSON form.
 *
 * @throws invalid_request with line and column (HCL) when the text is malformed, too long or too deep
 */
export function parseHcl(text: string, limits: ParseLimits = defaultLimits): Body {
  if (Buffer.byteLength(text) > limits.bytes) {
    fail('invalid_request', `text is longer than ${limits.bytes} bytes`)
  }
  return text.trimStart().startsWith('{') ? fromJson(text, limits) : new Parser(tokenize(text), limits).file()
}

class Parser {
  private at = 0
  private depth = 0
  private readonly tokens: readonly Token[]
  private readonly limits: ParseLimits

  constructor(tokens: readonly Token[], limits: ParseLimits) {
    this.tokens = tokens
    this.limits = limits
  }

  file(): Body {
    return this.body('end')
  }

  private peek(): Token {
    // The last token is `end`, and nothing moves past it.
    return this.tokens[this.at] as Token
  }

  private take(): Token {
    const token = this.peek()
    if (token.kind !== 'end') this.at++
    return token
  }

  private body(close: 'end' | '}'): Body {
    const items: Item[] = []
    while (this.peek().kind !== close) {
      items.push(this.item())
      if (this.peek().kind === ',') this.take()
    }
    this.take()
    return items
  }

  private item(): Item {
    const place = this.peek()
    const key = this.word('a key')
    const labels: string[] = []
    while (this.peek().kind === 'string' || this.peek().kind === 'name') labels.push(this.take().text)
    const next = this.peek()
    if (next.kind === '{') return { key, labels, value: this.value(), place: spot(place) }
    if (next.kind !== '=' && next.kind !== ':')
      refuse(next, `expected "=" or "{" after ${JSON.stringify(key)}`)
    if (labels.length > 0) refuse(next, 'expected "{" after a label')
    this.take()
    return { key, labels, value: this.value(), place: spot(place) }
  }

  private word(what: string): string {
    const token = this.take()
    if (token.kind !== 'name' && token.kind !== 'string') refuse(token, `expected ${what}`)
    return token.text
  }

  private value(): Value {
    const token = this.take()
    const place = spot(token)
    switch (token.kind) {
      case 'string':
        return { kind: 'string', value: token.text, place }
      case 'number':
        return { kind: 'number', value: Number(token.text), place }
      case 'name':
        if (token.text === 'true' || token.text === 'false') {
          return { kind: 'bool', value: token.text === 'true', place }
        }
        return refuse(token, `unknown word ${JSON.stringify(token.text)}`)
      case '[':
        return this.deeper(token, () => ({ kind: 'list', items: this.list(), place }))
      case '{':
        return this.deeper(token, () => ({ kind: 'object', body: this.body('}'), place }))
      default:
        return refuse(token, 'expected a value')
    }
  }

  private list(): Value[] {
    const items: Value[] = []
    while (this.peek().kind !== ']') {
      items.push(this.value())
      if (this.peek().kind === ',') this.take()
      else if (this.peek().kind !== ']') refuse(this.peek(), 'expected "," or "]"')
    }
    this.take()
    return items
  }

  private deeper<T>(place: Place, read: () => T): T {
    if (++this.depth > this.limits.depth) refuse(place, 'nesting is too deep')
    const result = read()
    this.depth--
    return result
  }
}

const spot = ({ line, column }: Place): Place => ({ line, column })
const nowhere: Place = { line: 1, column: 1 }

/** In JSON, a block with a label is an object in an object: `{"path": {"a/*": {…}}}`. */
function fromJson(text: string, limits: ParseLimits): Body {
  const json = parseJson(text)
  if (!isJsonObject(json)) fail('invalid_request', 'expected a JSON object')
  return jsonBody(json, limits.depth)
}

function jsonBody(object: Json, depth: number): Body {
  if (depth === 0) fail('invalid_request', 'nesting is too deep')
  if (!isJsonObject(object)) fail('invalid_request', 'expected a JSON object')
  return Object.entries(object).map(([key, value]) => ({
    key,
    labels: [],
    value: jsonValue(value, depth - 1),
    place: nowhere,
  }))
}

function jsonValue(value: Json, depth: number): Value {
  if (typeof value === 'string') return { kind: 'string', value, place: nowhere }
  if (typeof value === 'boolean') return { kind: 'bool', value, place: nowhere }
  if (typeof value === 'number') return { kind: 'number', value, place: nowhere }
  if (isRawNumber(value)) return { kind: 'number', value: Number(value.rawJSON), place: nowhere }
  if (Array.isArray(value)) {
    if (depth === 0) fail('invalid_request', 'nesting is too deep')
    return { kind: 'list', items: value.map((item) => jsonValue(item, depth - 1)), place: nowhere }
  }
  if (value === null) fail('invalid_request', 'null has no meaning here')
  return { kind: 'object', body: jsonBody(value, depth), place: nowhere }
}

/**
 * The blocks of one name with their labels, whichever way they are written: `path "a" { … }`,
 * `path = { "a" = { … } }`, or the JSON forms, lists of objects included.
 */
export function blocks(item: Item): { readonly label: string; readonly body: Body; readonly place: Place }[] {
  const { value } = item
  if (value.kind === 'list') return value.items.flatMap((inner) => blocks({ ...item, value: inner }))
  if (value.kind !== 'object') refuse(item.place, `${JSON.stringify(item.key)} must be a block`)
  const label = item.labels[0]
  if (label !== undefined) return [{ label, body: value.body, place: item.place }]
  return value.body.flatMap((inner) =>
    blocks({ key: item.key, labels: [inner.key], value: inner.value, place: inner.place }),
  )
}

import { failAt, type HclEntry, type HclObject, type HclString, type HclValue, type Source } from './ast.ts'
import type { Budget } from './budget.ts'
import { createLexer, type Lexer, type Token } from './lexer.ts'

type Parser = { readonly lexer: Lexer; readonly source: Source; readonly budget: Budget }

/** Parses the native form of HCL 1: entries until the end of the text. */
export function parseNative(text: string, source: Source, budget: Budget): HclObject {
  const lexer = createLexer(text, source)
  const { at } = lexer.peek()
  return { kind: 'object', ...parseEntries({ lexer, source, budget }, 'end', 1), at }
}

function parseEntries(parser: Parser, until: 'end' | '}', depth: number): Pick<HclObject, 'entries' | 'end'> {
  const { lexer, source } = parser
  const entries: HclEntry[] = []
  for (;;) {
    const token = lexer.take()
    if (token.kind === until) return { entries, end: token.at }
    if (token.kind !== 'name' && token.kind !== 'string') {
      failAt(source, token.at, `expected a key${until === '}' ? ' or }' : ''}, found ${shown(token)}`)
    }
    entries.push(parseEntry(parser, token, depth))
    if (lexer.peek().kind === ',') lexer.take()
  }
}

function parseEntry(parser: Parser, key: Token & { value: string }, depth: number): HclEntry {
  const { lexer, source, budget } = parser
  budget.spend(key.at)
  const labels: HclString[] = []
  for (;;) {
    const token = lexer.take()
    if (token.kind === 'string' || token.kind === 'name') {
      labels.push({ kind: 'string', value: token.value, at: token.at })
    } else if (token.kind === '{') {
      return { key: key.value, at: key.at, labels, value: parseObject(parser, token, depth) }
    } else if (token.kind === '=' && labels.length === 0) {
      return { key: key.value, at: key.at, labels, value: parseValue(parser, depth) }
    } else {
      failAt(
        source,
        token.at,
        `expected ${labels.length === 0 ? '= or ' : ''}{ after ${shown(key)}, found ${shown(token)}`,
      )
    }
  }
}

function parseObject(parser: Parser, { at }: Token, depth: number): HclObject {
  parser.budget.enter(at, depth)
  return { kind: 'object', ...parseEntries(parser, '}', depth + 1), at }
}

function parseValue(parser: Parser, depth: number): HclValue {
  const { lexer, source, budget } = parser
  const token = lexer.take()
  const { at } = token
  budget.spend(at)
  if (token.kind === 'string') return { kind: 'string', value: token.value, at }
  if (token.kind === 'number') return { kind: 'number', value: token.value, text: token.text, at }
  if (token.kind === 'name' && (token.value === 'true' || token.value === 'false')) {
    return { kind: 'bool', value: token.value === 'true', at }
  }
  if (token.kind === '{') return parseObject(parser, token, depth)
  if (token.kind === '[') return { kind: 'list', items: parseItems(parser, token, depth), at }
  return failAt(source, at, `expected a value, found ${shown(token)}`)
}

function parseItems(parser: Parser, { at }: Token, depth: number): HclValue[] {
  const { lexer, source, budget } = parser
  budget.enter(at, depth)
  const items: HclValue[] = []
  while (lexer.peek().kind !== ']') {
    items.push(parseValue(parser, depth + 1))
    const after = lexer.peek()
    if (after.kind === ',') lexer.take()
    else if (after.kind !== ']')
      failAt(source, after.at, `expected , or ] in the list, found ${shown(after)}`)
  }
  lexer.take()
  return items
}

function shown(token: Token): string {
  if (token.kind === 'end') return 'the end of the text'
  if (token.kind === 'number') return token.text
  return token.kind === 'name' || token.kind === 'string'
    ? JSON.stringify(token.value.slice(0, 40))
    : token.kind
}

import { fail } from '../../base/errors.ts'

/** A piece of HCL. Texts are as written; a heredoc ends before its last line's end. */
export type Token = {
  readonly kind: 'comment' | 'string' | 'heredoc' | 'word' | 'open' | 'close' | 'equals' | 'comma' | 'newline'
  readonly text: string
  readonly line: number
}

const simple: Readonly<Record<string, Token['kind']>> = {
  '{': 'open',
  '[': 'open',
  '}': 'close',
  ']': 'close',
  '=': 'equals',
  ',': 'comma',
  '\n': 'newline',
}

const heredocStart = /^<<-?([A-Za-z_][\w]*)[ \t]*\r?\n/
const word = /^[^\s{}[\]=,"#/<]+/

/**
 * Cuts HCL into its pieces, without the white space.
 *
 * @throws invalid_request naming the line of what is not closed or not known
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  let line = 1
  for (let at = 0; at < source.length; ) {
    const rest = source.slice(at, at + 4096)
    const blank = /^[ \t\r\ufeff]+/.exec(rest)
    if (blank) {
      at += blank[0].length
      continue
    }
    const token = nextToken(source, at, rest, line)
    tokens.push(token)
    at += token.text.length
    line += token.text.split('\n').length - 1
  }
  return tokens
}

function nextToken(source: string, at: number, rest: string, line: number): Token {
  const first = rest[0] ?? ''
  const kind = simple[first]
  if (kind !== undefined) return { kind, text: first, line }
  if (first === '#' || rest.startsWith('//')) {
    const end = source.indexOf('\n', at)
    return { kind: 'comment', text: source.slice(at, end < 0 ? undefined : end).trimEnd(), line }
  }
  if (rest.startsWith('/*')) {
    const end = source.indexOf('*/', at + 2)
    if (end < 0) fail('invalid_request', `line ${line}: the comment is not closed`)
    return { kind: 'comment', text: source.slice(at, end + 2), line }
  }
  if (first === '"') return { kind: 'string', text: stringAt(source, at, line), line }
  const heredoc = heredocStart.exec(rest)
  if (heredoc) return { kind: 'heredoc', text: heredocAt(source, at, heredoc[1] ?? '', line), line }
  const found = word.exec(rest)
  if (found === null) fail('invalid_request', `line ${line}: "${first}" is not expected here`)
  return { kind: 'word', text: found[0], line }
}

/** A string with escapes; inside `${…}` quotes may stand again. */
function stringAt(source: string, start: number, line: number): string {
  let depth = 0
  for (let at = start + 1; at < source.length; at++) {
    const character = source[at]
    if (character === '\\') at++
    else if (character === '\n') break
    else if (character === '$' && source[at + 1] === '{') depth++
    else if (character === '}' && depth > 0) depth--
    else if (character === '"' && depth === 0) return source.slice(start, at + 1)
  }
  return fail('invalid_request', `line ${line}: the string is not closed`)
}

function heredocAt(source: string, start: number, mark: string, line: number): string {
  const end = new RegExp(`\\n[ \\t]*${mark}(?=[ \\t]*\\r?(\\n|$))`, 'g')
  end.lastIndex = start
  const found = end.exec(source)
  if (found === null) fail('invalid_request', `line ${line}: the text that ends with ${mark} is not closed`)
  return source.slice(start, found.index + found[0].length)
}

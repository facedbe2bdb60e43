import { failAt, type Position, type Source } from './ast.ts'
import { readEscape } from './escape.ts'

export type Token =
  | { readonly kind: 'name' | 'string'; readonly value: string; readonly at: Position }
  | { readonly kind: 'number'; readonly value: number; readonly text: string; readonly at: Position }
  | { readonly kind: '{' | '}' | '[' | ']' | ',' | '=' | 'end'; readonly at: Position }

export type Lexer = {
  /** The token that `take` will return. */
  peek(): Token
  take(): Token
}

const blank = /[ \t\r\n\uFEFF]+/y
const lineComment = /(?:#|\/\/)[^\n]*/y
const name = /[\p{L}_][\p{L}\p{N}_.-]*/uy
const number = /-?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/y
const plainText = /[^"\\\n]+/y
const heredocStart = /<<(-?)([\p{L}\p{N}_]+)[ \t]*\r?\n/uy
const punctuation = new Set(['{', '}', '[', ']', ',', '='])

/** Splits HCL into tokens. A token that is none fails with its place. */
export function createLexer(text: string, source: Source): Lexer {
  let index = 0
  let line = 1
  let lineStart = 0

  const here = (): Position => ({ line, column: index - lineStart + 1 })

  /** Moves over what `pattern` matches here, counting lines. */
  function eat(pattern: RegExp): string | undefined {
    pattern.lastIndex = index
    const match = pattern.exec(text)
    if (match === null) return undefined
    moveTo(index + match[0].length)
    return match[0]
  }

  function moveTo(end: number): void {
    // A search for the next line would look at all of a text without lines again for each token.
    for (; index < end; index++) {
      if (text.charCodeAt(index) !== 0x0a) continue
      line++
      lineStart = index + 1
    }
  }

  function skip(): void {
    while (index < text.length) {
      if (eat(blank) !== undefined || eat(lineComment) !== undefined) continue
      if (!text.startsWith('/*', index)) return
      const end = text.indexOf('*/', index + 2)
      if (end < 0) failAt(source, here(), 'comment is not closed; it starts')
      moveTo(end + 2)
    }
  }

  function quoted(): string {
    const start = here()
    index++
    let value = ''
    for (;;) {
      value += eat(plainText) ?? ''
      const char = text[index]
      if (char === '"') {
        index++
        return value
      }
      if (char !== '\\') failAt(source, start, 'string is not closed on its line; it starts')
      const escaped = readEscape(text, index)
      if (escaped === undefined) failAt(source, here(), 'unknown escape in a string')
      value += escaped.value
      index += escaped.length
    }
  }

  /** The text up to the line that holds the marker alone; with `<<-` without the marker's indentation. */
  function heredoc(): string {
    const start = here()
    heredocStart.lastIndex = index
    const head = heredocStart.exec(text)
    if (head === null) failAt(source, start, 'expected a marker and a new line after <<')
    moveTo(index + head[0].length)
    const lines: string[] = []
    while (index < text.length) {
      const end = text.indexOf('\n', index)
      const whole = text.slice(index, end < 0 ? text.length : end)
      const content = whole.endsWith('\r') ? whole.slice(0, -1) : whole
      if (content.trim() === head[2]) {
        moveTo(index + content.trimEnd().length)
        const indent = content.slice(0, content.length - content.trimStart().length)
        return joined(lines, head[1] === '-' ? indent : '')
      }
      lines.push(content)
      moveTo(end < 0 ? text.length : end + 1)
    }
    return failAt(source, start, `text is not closed by a line ${head[2]}; it starts`)
  }

  function next(): Token {
    skip()
    const at = here()
    if (index >= text.length) return { kind: 'end', at }
    const char = text[index] as string
    if (punctuation.has(char)) {
      index++
      return { kind: char as '{', at }
    }
    if (char === '"') return { kind: 'string', value: quoted(), at }
    if (text.startsWith('<<', index)) return { kind: 'string', value: heredoc(), at }
    const word = eat(name)
    if (word !== undefined) return { kind: 'name', value: word, at }
    const digits = eat(number)
    if (digits !== undefined) return { kind: 'number', value: numberOf(digits), text: digits, at }
    return failAt(
      source,
      at,
      `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(index) ?? 0))}`,
    )
  }

  let token = next()
  return {
    peek: () => token,
    take() {
      const taken = token
      if (taken.kind !== 'end') token = next()
      return taken
    },
  }
}

function joined(lines: readonly string[], indent: string): string {
  const strip = lines.every((line) => line.startsWith(indent))
  return lines.map((line) => `${strip ? line.slice(indent.length) : line}\n`).join('')
}

/** A leading zero means octal, as in the original. */
function numberOf(text: string): number {
  const negative = text.startsWith('-')
  const digits = negative ? text.slice(1) : text
  const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits)
  return negative && value !== 0 ? -value : value
}

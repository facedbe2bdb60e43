import { fail } from '../../base/errors.ts'
import { parseJson } from '../../base/json/json.ts'
import { type Token, tokenize } from './tokens.ts'

type Line = {
  readonly depth: number
  readonly text: string
  /** Up to the equal sign, where the line is a whole attribute. */
  readonly name: string | undefined
}

/**
 * Lays out HCL: two spaces a level, aligned equal signs, one blank line at most. Nothing but white space
 * changes. JSON is laid out as JSON.
 *
 * @throws invalid_request naming the line of what is not closed
 */
export function formatHcl(source: string): string {
  if (/^\s*\{/.test(source)) return `${JSON.stringify(parseJson(source), null, 2)}\n`
  const lines = layOut(splitLines(tokenize(source)))
  return align(lines)
    .map((text, index) => (text === '' ? '' : '  '.repeat(lines[index]?.depth ?? 0) + text))
    .join('\n')
    .concat(lines.length > 0 ? '\n' : '')
}

/** The lines as they were written, without blank ones at the ends and without more than one between. */
function splitLines(tokens: readonly Token[]): Token[][] {
  const lines: Token[][] = [[]]
  for (const token of tokens) {
    if (token.kind === 'newline') lines.push([])
    else lines.at(-1)?.push(token)
  }
  const bounded = lines.filter(
    (line, index) => line.length > 0 || (index > 0 && lines[index - 1]?.length !== 0),
  )
  while (bounded[0]?.length === 0) bounded.shift()
  while (bounded.at(-1)?.length === 0) bounded.pop()
  return bounded
}

function layOut(lines: readonly Token[][]): Line[] {
  const open: Token[] = []
  const result = lines.map((tokens): Line => {
    const leading = tokens.findIndex(({ kind }) => kind !== 'close')
    const before = open.length
    for (const token of tokens) track(open, token)
    const closedFirst = leading < 0 ? tokens.length : leading
    const oneLine = open.length === before && !tokens.some(({ kind }) => kind === 'heredoc')
    const isAttribute = tokens[1]?.kind === 'equals' && oneLine
    return {
      depth: Math.max(0, before - closedFirst),
      text: join(tokens),
      name: isAttribute ? tokens[0]?.text : undefined,
    }
  })
  const last = open.at(-1)
  if (last !== undefined) fail('invalid_request', `line ${last.line}: "${last.text}" is not closed`)
  return result
}

function track(open: Token[], token: Token): void {
  if (token.kind === 'open') open.push(token)
  if (token.kind !== 'close') return
  const opener = open.pop()?.text
  if (opener !== (token.text === '}' ? '{' : '[')) {
    fail('invalid_request', `line ${token.line}: "${token.text}" closes nothing`)
  }
}

function join(tokens: readonly Token[]): string {
  return tokens.reduce((text, token, index) => {
    const before = tokens[index - 1]
    return before === undefined || !spaced(before, token) ? text + token.text : `${text} ${token.text}`
  }, '')
}

function spaced(before: Token, token: Token): boolean {
  if (token.kind === 'comma') return false
  if (token.kind === 'close') return token.text === '}' && before.text !== '{' && before.kind !== 'open'
  return before.text !== '['
}

/** Brings the equal signs of attributes on consecutive lines below each other. */
function align(lines: readonly Line[]): string[] {
  const texts = lines.map(({ text }) => text)
  for (let start = 0; start < lines.length; ) {
    let end = start
    while (isAligned(lines, start, end)) end++
    const width = Math.max(0, ...lines.slice(start, end).map(({ name }) => name?.length ?? 0))
    for (let index = start; index < end; index++) {
      const { name = '', text = '' } = lines[index] ?? {}
      texts[index] = name.padEnd(width) + text.slice(name.length)
    }
    start = Math.max(end, start + 1)
  }
  return texts
}

const isAligned = (lines: readonly Line[], start: number, index: number): boolean => {
  const line = lines[index]
  return line?.name !== undefined && line.depth === lines[start]?.depth
}

import { fail } from '../base/errors.ts'

/**
 * The path of a rule: text, templates, and wildcards. A `*` at the very end stands for any continuation, a
 * segment that is just `+` for one segment. What a template fills in is always literal.
 */
export type PathPattern = {
  readonly source: string
  readonly parts: readonly Part[]
  readonly prefix: boolean
}
type Part = { readonly text: string } | { readonly template: string }

/** A segment of a pattern whose templates are filled in. */
export type Segment = { readonly text: string } | 'any'

/** A pattern without templates. With `prefix`, the last segment is the beginning of one. */
export type FilledPattern = { readonly segments: readonly Segment[]; readonly prefix: boolean }

/** The values of a template such as `identity.entity.name`; none when it has no value for the caller. */
export type TemplateValues = (name: string) => readonly string[]

/** Rules that one pattern may become when its templates have several values. */
const maxFilled = 2_000

/** @throws invalid_request for a template that is not closed and for wildcards that make no sense */
export function parsePattern(source: string): PathPattern {
  const where = `path ${JSON.stringify(source)}: `
  const path = source.startsWith('/') ? source.slice(1) : source
  if (path.length > 2048) fail('invalid_request', `${where}longer than 2048 characters`)
  if (path.includes('+*')) fail('invalid_request', `${where}invalid use of wildcards ('+*' is forbidden)`)
  const prefix = path.endsWith('*')
  const parts: Part[] = []
  let rest = prefix ? path.slice(0, -1) : path
  while (rest !== '') {
    const open = rest.indexOf('{{')
    const text = open < 0 ? rest : rest.slice(0, open)
    if (text.includes('}}')) fail('invalid_request', `${where}template is not opened`)
    if (text !== '') parts.push({ text })
    if (open < 0) break
    const close = rest.indexOf('}}', open)
    if (close < 0) fail('invalid_request', `${where}template is not closed`)
    const template = rest.slice(open + 2, close).trim()
    if (template === '' || template.includes('{{')) fail('invalid_request', `${where}malformed template`)
    parts.push({ template })
    rest = rest.slice(close + 2)
  }
  return { source, parts, prefix }
}

/** What a path may hold in place of a template: nothing that would change the path's shape. */
function isPlain(value: string): boolean {
  return value !== '' && value !== '.' && value !== '..' && !/[/\p{Cc}]/u.test(value)
}

/**
 * Fills the templates in. Several values make several patterns; a template without a value, or with one
 * that would change the shape of the path, makes none.
 */
export function fillPattern(pattern: PathPattern, values: TemplateValues): FilledPattern[] {
  let filled: (readonly Piece[])[] = [[]]
  for (const part of pattern.parts) {
    const pieces: Piece[] =
      'text' in part
        ? [{ text: part.text, literal: false }]
        : values(part.template)
            .filter(isPlain)
            .map((text) => ({ text, literal: true }))
    filled = filled.flatMap((before) => pieces.map((piece) => [...before, piece])).slice(0, maxFilled)
  }
  return filled.map((pieces) => ({ segments: segmentsOf(pieces), prefix: pattern.prefix })).filter(isSafe)
}

type Piece = { readonly text: string; readonly literal: boolean }

function segmentsOf(pieces: readonly Piece[]): Segment[] {
  const segments: { text: string; literal: boolean }[] = [{ text: '', literal: false }]
  for (const { text, literal } of pieces) {
    const [first = '', ...others] = literal ? [text] : text.split('/')
    const last = segments[segments.length - 1] as { text: string; literal: boolean }
    last.text += first
    last.literal ||= literal
    for (const other of others) segments.push({ text: other, literal: false })
  }
  return segments.map(({ text, literal }) => (text === '+' && !literal ? 'any' : { text }))
}

/** Two values that meet in one segment must not make a dot segment either. */
const isSafe = ({ segments }: FilledPattern) =>
  segments.every((segment) => segment === 'any' || (segment.text !== '.' && segment.text !== '..'))

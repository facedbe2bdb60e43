/**
 * The path of a rule: text, templates and wildcards. A `*` at the very end stands for any continuation, a
 * segment that is just `+` for one segment. Both are found in the rule's own text only: what a template
 * fills in is literal, whatever it holds.
 */
export type PathPattern = {
  /** One list of pieces a segment, or `+`. With `prefix`, the last segment is the beginning of one. */
  readonly segments: readonly (readonly Piece[] | '+')[]
  readonly prefix: boolean
  /** What the pattern is for everyone, when it holds no template. */
  readonly fixed: FilledPattern | undefined
}
type Piece = string | { readonly template: string }

/** A pattern whose templates are filled in. `undefined` among segments stands for `+`. */
export type FilledPattern =
  | { readonly kind: 'exact' | 'prefix'; readonly text: string }
  | { readonly kind: 'wild'; readonly segments: readonly (string | undefined)[]; readonly prefix: boolean }

/**
 * The values of a template such as `identity.entity.name`; none when it has no value for the caller. Only
 * the names that stand for several (see {@link isSeveral}) are asked for more than the first.
 */
export type TemplateValues = (name: string) => readonly string[]

const maxLength = 2048
const control = /\p{Cc}/u
const templateAt = /\{\{((?:(?!\{\{|\}\}).)*)\}\}/gs

/** @returns the pattern, or the text of what is wrong with it */
export function parsePattern(source: string): PathPattern | string {
  const path = source.startsWith('/') ? source.slice(1) : source
  if (path.length > maxLength) return `longer than ${maxLength} characters`
  if (control.test(path) || !path.isWellFormed()) return 'holds a control character or half a character'
  const templates = [...path.matchAll(templateAt)].map((match) => (match[1] ?? '').trim())
  const plain = path.replaceAll(templateAt, 'x')
  if (plain.includes('{{') || plain.includes('}}'))
    return 'template is not closed, or closed without being opened'
  if (plain.includes('+*')) return "invalid use of wildcards ('+*' is forbidden)"
  if (templates.some((name) => name === '')) return 'template is empty'
  if (templates.filter(isSeveral).length > 1) return 'only one template may stand for several values'
  const prefix = path.endsWith('*')
  const segments = splitSegments(prefix ? path.slice(0, -1) : path)
  const pattern = { segments, prefix, fixed: undefined }
  return templates.length > 0 ? pattern : { ...pattern, fixed: fill(pattern, () => undefined) }
}

/** Whether a template stands for one value a group, so that its rule becomes one a value. */
export function isSeveral(template: string): boolean {
  return /^identity\.groups\.(?:names|ids|metadata\..+)$/s.test(template)
}

/** Slashes and `+` count outside of templates only: the names in these may hold both. */
function splitSegments(path: string): PathPattern['segments'] {
  const segments: Piece[][] = [[]]
  const addText = (text: string) => {
    const [first = '', ...others] = text.split('/')
    if (first !== '') segments.at(-1)?.push(first)
    for (const other of others) segments.push(other === '' ? [] : [other])
  }
  let end = 0
  for (const match of path.matchAll(templateAt)) {
    addText(path.slice(end, match.index))
    segments.at(-1)?.push({ template: (match[1] ?? '').trim() })
    end = match.index + match[0].length
  }
  addText(path.slice(end))
  return segments.map((pieces) => (pieces.length === 1 && pieces[0] === '+' ? '+' : pieces))
}

/**
 * Fills the templates in: one pattern, or one a value of the template that stands for several. A template
 * without a value, or with one that would change the shape of the path, makes none.
 */
export function fillPattern(pattern: PathPattern, values: TemplateValues): readonly FilledPattern[] {
  if (pattern.fixed !== undefined) return [pattern.fixed]
  const several = templatesOf(pattern).find(isSeveral)
  const chosen = several === undefined ? [undefined] : new Set(values(several))
  const filled: FilledPattern[] = []
  for (const value of chosen) {
    const found = fill(pattern, (name) => (name === several ? value : values(name)[0]))
    if (found !== undefined) filled.push(found)
  }
  return filled
}

/** The templates of a pattern, in their order. */
export const templatesOf = ({ segments }: PathPattern): string[] =>
  segments.flatMap((pieces) =>
    pieces === '+' ? [] : pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.template])),
  )

/** The same pattern with `+` for each segment that holds a template. */
export function withoutTemplates({ segments, prefix }: PathPattern): FilledPattern | undefined {
  const plain = segments.map((pieces) =>
    pieces === '+' || pieces.some((piece) => typeof piece !== 'string') ? '+' : pieces,
  )
  return fill({ segments: plain, prefix, fixed: undefined }, () => undefined)
}

function fill(
  { segments, prefix }: PathPattern,
  valueFor: (template: string) => string | undefined,
): FilledPattern | undefined {
  const filled: (string | undefined)[] = []
  for (const pieces of segments) {
    if (pieces === '+') {
      filled.push(undefined)
      continue
    }
    let text = ''
    for (const piece of pieces) {
      const value = typeof piece === 'string' ? piece : valueFor(piece.template)
      if (value === undefined || (typeof piece !== 'string' && !isPlain(value))) return undefined
      text += value
    }
    const hasTemplate = pieces.some((piece) => typeof piece !== 'string')
    if (hasTemplate && (text === '.' || text === '..')) return undefined
    filled.push(text)
  }
  if (filled.includes(undefined)) return { kind: 'wild', segments: filled, prefix }
  return { kind: prefix ? 'prefix' : 'exact', text: filled.join('/') }
}

/** What a path may hold in place of a template: a piece of one segment that a request can name. */
const isPlain = (value: string) =>
  value !== '' && !value.includes('/') && !control.test(value) && value.isWellFormed()

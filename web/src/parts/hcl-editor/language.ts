import { HighlightStyle, StreamLanguage, type StringStream, syntaxHighlighting } from '@codemirror/language'
import { tags } from '@lezer/highlight'

type State = {
  /** What is not closed on its line. */
  readonly open: { in: 'nothing' | 'comment' | 'string' | 'text' }
  /** What closes a text of several lines. */
  readonly marker: { text: string }
}

const capability = /^(?:create|read|update|patch|delete|list|scan|sudo|deny)(?=")/
const template = /^\{\{[^{}"]*\}\}/

/** The colours of HCL 1 and of its JSON form. */
export const hcl = StreamLanguage.define<State>({
  name: 'hcl',
  startState: () => ({ open: { in: 'nothing' }, marker: { text: '' } }),
  copyState: ({ open, marker }) => ({ open: { ...open }, marker: { ...marker } }),
  token(stream, { open, marker }) {
    if (open.in === 'comment') return inComment(stream, open)
    if (open.in === 'text') return inText(stream, open, marker.text)
    if (open.in === 'string') return inString(stream, open)
    if (stream.eatSpace()) return null
    if (stream.match('#') || stream.match('//')) {
      stream.skipToEnd()
      return 'comment'
    }
    if (stream.match('/*')) {
      open.in = 'comment'
      return inComment(stream, open)
    }
    const heredoc = stream.match(/^<<-?([\p{L}\p{N}_]+)/u)
    if (Array.isArray(heredoc)) {
      open.in = 'text'
      marker.text = heredoc[1] ?? ''
      return 'string'
    }
    if (stream.match('"')) {
      open.in = 'string'
      return 'string'
    }
    if (stream.match(/^-?\d[\w.]*/)) return 'number'
    if (stream.match(/^(?:true|false|null)\b/)) return 'bool'
    if (stream.match(/^[\p{L}_][\p{L}\p{N}_.-]*/u))
      return stream.current() === 'path' ? 'keyword' : 'propertyName'
    if (stream.match(/^[{}[\]]/)) return 'bracket'
    stream.next()
    return 'punctuation'
  },
  languageData: {
    commentTokens: { line: '#', block: { open: '/*', close: '*/' } },
    closeBrackets: { brackets: ['{', '[', '"'] },
  },
})

function inComment(stream: StringStream, open: State['open']): string {
  if (stream.skipTo('*/')) {
    stream.match('*/')
    open.in = 'nothing'
  } else stream.skipToEnd()
  return 'comment'
}

function inText(stream: StringStream, open: State['open'], marker: string): string {
  if (stream.string.trim() === marker) open.in = 'nothing'
  stream.skipToEnd()
  return 'string'
}

function inString(stream: StringStream, open: State['open']): string {
  if (stream.match('"')) {
    open.in = 'nothing'
    return 'string'
  }
  if (stream.match(template)) return 'variableName'
  if (stream.string[stream.pos - 1] === '"') {
    const word = stream.match(capability)
    if (Array.isArray(word)) return word[0] === 'deny' ? 'invalid' : 'atom'
  }
  if (stream.match(/^\\./) === null) stream.next()
  stream.match(/^[^"\\{]+/)
  // A text in quotes ends with its line, closed or not.
  if (stream.eol() && stream.string.at(-1) !== '"') open.in = 'nothing'
  return 'string'
}

/** By Mantine's variables, so that they follow light and dark. */
const colours = HighlightStyle.define([
  { tag: tags.comment, class: 'hcl-comment' },
  { tag: tags.keyword, class: 'hcl-keyword' },
  { tag: tags.propertyName, class: 'hcl-name' },
  { tag: tags.string, class: 'hcl-string' },
  { tag: tags.atom, class: 'hcl-atom' },
  { tag: tags.invalid, class: 'hcl-deny' },
  { tag: tags.variableName, class: 'hcl-template' },
  { tag: [tags.number, tags.bool], class: 'hcl-atom' },
])

export const hclColours = syntaxHighlighting(colours)

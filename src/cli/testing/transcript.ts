/**
 * Transcripts of sessions, which read as documentation and run as tests:
 *
 *     # a comment
 *     + NAME text              a line of a file in the home directory
 *     $ NAME=value coffer …    a command line, with quotes as in a shell; `$$` gives it a terminal
 *     0< text                  a line of its standard input; 0~ without a line end
 *     -> GET /v1/… {body}      a request that it must make, followed by headers that it must have:
 *        x-vault-token: t
 *     <- 200 {body}            what is answered
 *     1> text                  a line of its standard output; 1~ without a line end
 *     2> text                  of its standard error
 *     ? 2                      its exit code, if not 0
 */
import type { Exchange } from '../../client/testing/scripted-server.ts'

export type Step = {
  readonly env: Readonly<Record<string, string>>
  /** As written, for rendering. */
  readonly commandLine: string
  readonly argv: readonly string[]
  readonly tty: boolean
  readonly stdin: string
  readonly exchanges: readonly Exchange[]
  readonly result: Result
}

export type Result = { readonly stdout: string; readonly stderr: string; readonly exit: number }

export type Block =
  | { readonly kind: 'text'; readonly line: string }
  | { readonly kind: 'file'; readonly name: string; readonly line: string }
  | { readonly kind: 'step'; readonly step: Step }

type Draft = {
  env: Record<string, string>
  commandLine: string
  argv: string[]
  tty: boolean
  stdin: string
  exchanges: (Exchange & { headers: Record<string, string> })[]
  result: { stdout: string; stderr: string; exit: number }
}

export function parseTranscript(text: string): Block[] {
  const blocks: Block[] = []
  let draft: Draft | undefined
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const command = /^\$(\$?) (.*)$/.exec(line)
    const file = /^\+ (\S+) ?(.*)$/.exec(line)
    if (command) {
      draft = newDraft(command[2] ?? '', command[1] === '$')
      blocks.push({ kind: 'step', step: draft })
    } else if (file) blocks.push({ kind: 'file', name: file[1] ?? '', line: file[2] ?? '' })
    else if (line === '' || line.startsWith('#')) blocks.push({ kind: 'text', line })
    else if (draft === undefined) throw new Error(`no command stands before: ${line}`)
    else readLine(draft, line)
  }
  return blocks
}

function readLine(draft: Draft, line: string): void {
  const stream = /^([012])([<>~])(?: (.*))?$/.exec(line)
  const request = /^-> (\S+) (\S+)(?: (.*))?$/.exec(line)
  const answer = /^<- (\d+)(?: (.*))?$/.exec(line)
  const header = /^ {3}([a-z-]+): ?(.*)$/.exec(line)
  const exit = /^\? (\d+)$/.exec(line)
  if (stream) {
    const text = (stream[3] ?? '') + (stream[2] === '~' ? '' : '\n')
    if (stream[1] === '0') draft.stdin += text
    else if (stream[1] === '1') draft.result.stdout += text
    else draft.result.stderr += text
  } else if (request) {
    const [, method = '', path = '', body] = request
    draft.exchanges.push({ method, path, headers: {}, ...(body && { body }), answer: { status: 204 } })
  } else if (answer) {
    const last = draft.exchanges.pop()
    if (last === undefined) throw new Error(`no request stands before: ${line}`)
    draft.exchanges.push({
      ...last,
      answer: { status: Number(answer[1]), ...(answer[2] && { body: answer[2] }) },
    })
  } else if (header) {
    const last = draft.exchanges.at(-1)
    if (last !== undefined) last.headers[header[1] ?? ''] = header[2] ?? ''
  } else if (exit) draft.result.exit = Number(exit[1])
  else throw new Error(`not understood: ${line}`)
}

function newDraft(commandLine: string, tty: boolean): Draft {
  const words = splitWords(commandLine)
  const start = words.indexOf('coffer')
  if (start < 0) throw new Error(`not a coffer command: ${commandLine}`)
  const env = words.slice(0, start).map((word): [string, string] => {
    const at = word.indexOf('=')
    return [word.slice(0, at), word.slice(at + 1)]
  })
  return {
    env: Object.fromEntries(env),
    commandLine,
    argv: words.slice(start + 1),
    tty,
    stdin: '',
    exchanges: [],
    result: { stdout: '', stderr: '', exit: 0 },
  }
}

/** Words as a shell splits them; in single quotes nothing is special, in double quotes the backslash is. */
export function splitWords(line: string): string[] {
  const words: string[] = []
  for (const match of line.matchAll(/(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/g)) {
    words.push(
      match[0].replace(
        /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g,
        (_, single, double, escaped) => single ?? double?.replace(/\\(.)/g, '$1') ?? escaped,
      ),
    )
  }
  return words
}

export const renderTranscript = (blocks: readonly Block[]): string =>
  `${blocks
    .flatMap((block) => {
      if (block.kind === 'text') return [block.line]
      return block.kind === 'file' ? [`+ ${block.name} ${block.line}`.trimEnd()] : renderStep(block.step)
    })
    .join('\n')}\n`

function renderStep(step: Step): string[] {
  const body = (text: string | undefined) => (text === undefined ? '' : ` ${text}`)
  return [
    `${step.tty ? '$$' : '$'} ${step.commandLine}`,
    ...streamLines('0<', step.stdin),
    ...step.exchanges.flatMap(({ method, path, headers, body: sent, answer }) => [
      `-> ${method} ${path}${body(sent)}`,
      ...Object.entries(headers ?? {}).map(([name, value]) => `   ${name}: ${value}`.trimEnd()),
      `<- ${answer.status}${body(answer.body)}`,
    ]),
    ...renderResult(step.result),
  ]
}

export const renderResult = ({ stdout, stderr, exit }: Result): string[] => [
  ...streamLines('1>', stdout),
  ...streamLines('2>', stderr),
  ...(exit === 0 ? [] : [`? ${exit}`]),
]

function streamLines(mark: string, text: string): string[] {
  const lines = text.split('\n')
  const last = lines.pop() ?? ''
  return [
    ...lines.map((line) => `${mark} ${line}`.trimEnd()),
    ...(last === '' ? [] : [`${mark.slice(0, 1)}~ ${last}`]),
  ]
}

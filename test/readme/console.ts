/**
 * A block of a document that is tried: fenced as `console`, with commands after `$ ` (continued after `> `) and
 * between them what they print.
 */
export type ConsoleBlock = {
  /** The line of the document on which its fence stands. */
  readonly line: number
  /** `run` waits for the end of each command; `start` leaves its one command running. */
  readonly mode: 'run' | 'start'
  readonly commands: readonly ConsoleCommand[]
}

export type ConsoleCommand = { readonly text: string; readonly expected: readonly string[] }

const fence = /^```console$/
const mark = /^<!-- readme-test: (start|skip because .+) -->$/

/**
 * Finds the blocks in order. A comment on the line above a fence, `<!-- readme-test: start -->`, says that the
 * command goes on running; `<!-- readme-test: skip because REASON -->` leaves the block out.
 *
 * @throws Error for a block without commands, and for a comment that is not understood
 */
export function consoleBlocks(markdown: string): ConsoleBlock[] {
  const lines = markdown.split('\n')
  const blocks: ConsoleBlock[] = []
  for (const [index, line] of lines.entries()) {
    if (!fence.test(line)) continue
    const above = lines[index - 1] ?? ''
    const [, word] = mark.exec(above) ?? []
    if (above.includes('readme-test') && word === undefined) {
      throw new Error(`line ${index}: the comment ${above} is not understood`)
    }
    if (word !== undefined && word !== 'start') continue
    const end = lines.indexOf('```', index + 1)
    const commands = parseCommands(lines.slice(index + 1, end < 0 ? undefined : end), index + 1)
    const mode = word === 'start' ? 'start' : 'run'
    if (mode === 'start' && commands.length !== 1) {
      throw new Error(`line ${index + 1}: a block that goes on running has one command`)
    }
    blocks.push({ line: index + 1, mode, commands })
  }
  return blocks
}

function parseCommands(lines: readonly string[], at: number): ConsoleCommand[] {
  const commands: { text: string; expected: string[] }[] = []
  for (const line of lines) {
    const last = commands.at(-1)
    if (line.startsWith('$ ')) commands.push({ text: line.slice(2), expected: [] })
    else if (last === undefined)
      throw new Error(`line ${at}: the block begins with something else than a command`)
    else if (line.startsWith('> ') && last.expected.length === 0) last.text += `\n${line.slice(2)}`
    else last.expected.push(line)
  }
  if (commands.length === 0) throw new Error(`line ${at}: the block has no command`)
  return commands
}

/**
 * The pattern for what a command is shown to print. `…` stands for anything within a line, and alone on a line
 * for any number of lines.
 */
export function expectedPattern(expected: readonly string[]): string {
  return expected
    .map((line) => {
      if (line.trim() === '…') return '(?:.*\\n)*?'
      return `${line.trimEnd().split('…').map(RegExp.escape).join('.*')} *\\n`
    })
    .join('')
}

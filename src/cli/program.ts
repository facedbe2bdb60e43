import { CommanderError } from 'commander'
import { catalogue as commands } from './catalogue.ts'
import { absentCommands, absentFlags } from './command/absent.ts'
import { sortArguments } from './command/argv.ts'
import { type Catalogue, isFamily, loadCatalogue, type OpenCatalogue } from './command/command.ts'
import { buildParser, type Parsed } from './command/parser.ts'
import type { Io } from './io.ts'
import { explainFailure } from './output/failure.ts'
import { type Formatted, formatOf } from './output/format.ts'
import { note } from './output/say.ts'
import { printable } from './output/terminal.ts'
import { connectionFlags } from './session/connect.ts'

/**
 * Runs one command line.
 *
 * @returns the exit code: 0, 1 for what is wrong on this side (usage, a local file), 2 for what is wrong on
 * the server's (an error, a sealed server, no connection)
 */
export async function run(argv: readonly string[], io: Io, open: OpenCatalogue = commands): Promise<number> {
  const words = rewritten(argv)
  const catalogue = await loadCatalogue(open, (name) => words.includes(name))
  const line = sortArguments(words, catalogue, connectionFlags)
  const unknown = unknownWords(line.words, catalogue)
  const reason = absence(unknown, line.flags)
  if (reason !== undefined) {
    note(io, `Error: ${reason}`)
    return 1
  }
  let parsed: Parsed | undefined
  const parser = buildParser(
    catalogue,
    {
      out: (text) => io.stdout.write(text),
      error: (text) => io.stderr.write(printable(text, io.stderr)),
      width: Math.min(Math.max(io.stdout.columns ?? 80, 40), 100),
    },
    (found) => {
      parsed = found
    },
  )
  try {
    const rest = line.rest.length > 0 ? ['--', ...line.rest] : []
    // Of a command that is not there no help could be shown, and no flag could be wrong.
    const given = unknown === undefined ? [...line.words, ...line.flags, ...rest] : line.words
    parser.parse([...given], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    throw error
  }
  if (parsed === undefined) return 1
  const { command } = parsed
  const values = { ...parsed.values, io }
  try {
    // Before anything is done that could then not be shown. The values hold the flag that is declared.
    if (command.flags.format !== undefined) formatOf(values as unknown as Formatted)
    return await command.run(values)
  } catch (error) {
    return explainFailure(error, { io, doing: command.doing(values), failure: command.failure ?? 2 })
  }
}

/** The words of a command line as far as they name no command. */
function unknownWords(words: readonly string[], catalogue: Catalogue): string | undefined {
  let level = catalogue
  for (const [at, word] of words.entries()) {
    const entry = level.find(({ name }) => name === word)
    if (entry === undefined) return words.slice(0, at + 1).join(' ')
    level = isFamily(entry) ? entry.commands : []
  }
  return undefined
}

/** Why something is not there that other clients have, where that is known. */
function absence(unknown: string | undefined, flags: readonly string[]): string | undefined {
  if (unknown !== undefined) {
    const reason = Object.hasOwn(absentCommands, unknown) ? absentCommands[unknown] : undefined
    return reason && `there is no command '${unknown}': ${reason}`
  }
  // One that the command has stands there with its value.
  const name = flags.map((flag) => flag.slice(2)).find((flag) => Object.hasOwn(absentFlags, flag))
  return name && `there is no flag -${name}: ${absentFlags[name]}`
}

/** `coffer -version` and `coffer help …` are other words for what there is. */
function rewritten(argv: readonly string[]): readonly string[] {
  const [first = '', ...others] = argv
  if (/^(--?version|-v)$/.test(first)) return ['version']
  return first === 'help' ? [...others, '--help'] : argv
}

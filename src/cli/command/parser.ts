import { Argument as CommanderArgument, Option, Command as Parser } from 'commander'
import { type Catalogue, type Command, type Family, isFamily, type Values } from './command.ts'
import { type Flag, flagName } from './flag.ts'
import { commandHelp, familyHelp, programHelp } from './help.ts'

export type Parsed = { readonly command: Command; readonly values: Omit<Values, 'io'> }

type Report = {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
  /** Columns for help texts. */
  readonly width: number
}

/** Builds the parser of all commands; `found` is told which one was asked for. */
export function buildParser(catalogue: Catalogue, report: Report, found: (parsed: Parsed) => void): Parser {
  const root = configure(new Parser('coffer'), report, () => programHelp(catalogue, report.width))
  for (const entry of catalogue) root.addCommand(entryParser('coffer', entry, report, found))
  return root
}

function entryParser(
  parent: string,
  entry: Command | Family,
  report: Report,
  found: (parsed: Parsed) => void,
): Parser {
  const words = `${parent} ${entry.name}`
  if (!isFamily(entry)) return commandParser(words, entry, report, found)
  const parser = configure(new Parser(entry.name), report, () => familyHelp(words, entry, report.width))
  for (const inner of entry.commands) parser.addCommand(entryParser(words, inner, report, found))
  return parser
}

function commandParser(
  words: string,
  command: Command,
  report: Report,
  found: (parsed: Parsed) => void,
): Parser {
  const parser = configure(new Parser(command.name), report, () => commandHelp(words, command, report.width))
  parser.summary(command.summary)
  parser.showHelpAfterError(`Run "${words} -help" for the flags and an example.`)
  for (const [key, { count }] of Object.entries(command.args)) {
    const form = { one: `<${flagName(key)}>`, maybe: `[${flagName(key)}]`, any: `[${flagName(key)}...]` }
    parser.addArgument(new CommanderArgument(form[count]))
  }
  for (const [key, flag] of Object.entries(command.flags)) parser.addOption(optionOf(key, flag))
  parser.action((...given: unknown[]) => {
    const args = Object.fromEntries(Object.keys(command.args).map((key, index) => [key, given[index]]))
    const options = parser.opts()
    const flags = Object.fromEntries(Object.keys(command.flags).map((key) => [key, options[optionKey(key)]]))
    found({ command, values: { args, flags } })
  })
  return parser
}

function optionOf(key: string, flag: Flag<unknown>): Option {
  const option = new Option(`--${flagName(key)} <${flag.placeholder ?? 'true|false'}>`, flag.help)
  // Commander reads --no-store as the opposite of --store; here it is a name like any other.
  option.negate = false
  return option.argParser(flag.parse)
}

/** The key under which commander keeps an option: its name in camel case, which is how ours is declared. */
const optionKey = (key: string): string =>
  new Option(`--${flagName(key)}`).name().replace(/-./g, (part) => part.slice(1).toUpperCase())

function configure(parser: Parser, report: Report, help: () => string): Parser {
  return parser
    .helpOption('--help', 'shows this help')
    .helpCommand(false)
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ formatHelp: help })
    .configureOutput({
      writeOut: report.out,
      writeErr: report.error,
      outputError: (text, write) => write(text.replace(/^error: /, 'Error: ')),
    })
}

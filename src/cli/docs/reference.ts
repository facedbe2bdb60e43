import { catalogue } from '../catalogue.ts'
import { absentCommands, absentFlags } from '../command/absent.ts'
import { type Catalogue, type Command, isFamily, loadCatalogue } from '../command/command.ts'
import { type Flag, flagName } from '../command/flag.ts'
import { flagForms, flagGroups, usage } from '../command/help.ts'
import { fieldFlag, formatFlag } from '../output/format.ts'
import { connectionFlags } from '../session/connect.ts'
import { developmentVariables, serverVariables, variables } from '../session/environment.ts'

/** The reference of all commands, in Markdown. */
export async function commandReference(): Promise<string> {
  const all = await loadCatalogue(catalogue, () => true)
  const lines = [...introduction(all), ...all.flatMap((entry) => sections('coffer', entry))]
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`
}

const shared = { ...formatFlag, ...fieldFlag, ...connectionFlags }

const introduction = (all: Catalogue): string[] => [
  '# The command line',
  '',
  '`coffer` talks to a Coffer server, or to any other that speaks the Vault HTTP API.',
  '',
  '<!-- Made by scripts/docs-cli.ts from the declarations in src/cli. Do not edit. -->',
  '',
  '- Flags are written `-format=json`, `-format json`, `--format=json` or `--format json`, before or after the arguments. What follows `--` is an argument.',
  '- `name=value` is a field; `name=@file` takes the text of a file, `name=-` standard input (on a terminal it asks, unseen). `@file.json` and `-` alone are a JSON object of fields. `\\@` and `\\-` take the character literally. Binary files must be encoded first.',
  '- A token or key share can always be typed unseen, or come from `-` or `@file`; it need never stand on a command line.',
  '- `login` keeps the token in `~/.vault-token` (mode 0600), where other Vault clients find it too. `COFFER_TOKEN` or `VAULT_TOKEN` come before it.',
  '- With `-format=json` or `yaml` standard output is one JSON or YAML text, or empty where the server answers nothing; what is only said goes to standard error. Numbers keep their spelling.',
  '- Exit codes: 0 done; 1 something is wrong on this side, such as a flag or a file; 2 the server refused, is sealed, cannot be reached, or has nothing there. `status` and `operator init -status` differ as they say.',
  '',
  '## Environment',
  '',
  'Each can be written with `COFFER_` or `VAULT_` before it; the first wins. A flag comes before both.',
  '',
  ...markdownTable(
    ['variable', 'sets'],
    Object.entries({ ...variables, ...developmentVariables }).map(([name, help]) => [`\`${name}\``, help]),
  ),
  '',
  'These are read by `coffer server` without a configuration file, and by `npm start`:',
  '',
  ...markdownTable(
    ['variable', 'sets'],
    Object.entries(serverVariables).map(([name, help]) => [`\`${name}\``, help]),
  ),
  '',
  'Colours are for terminals, and go with `NO_COLOR`.',
  '',
  '## Flags of many commands',
  '',
  ...flagTable(Object.entries(shared)),
  '',
  '## Commands',
  '',
  ...all.flatMap((entry) => listEntries('', entry)),
  '',
  '## What is not there',
  '',
  'These are commands and flags of other clients of the Vault HTTP API. Who types one is told the same.',
  '',
  ...markdownTable(
    ['command', ''],
    Object.entries(absentCommands).map(([words, reason]) => [`\`${words}\``, reason]),
  ),
  '',
  ...markdownTable(
    ['flag', ''],
    Object.entries(absentFlags).map(([name, reason]) => [`\`-${name}\``, reason]),
  ),
  '',
]

const listEntries = (parent: string, entry: Catalogue[number]): string[] =>
  isFamily(entry)
    ? entry.commands.flatMap((inner) => listEntries(`${parent}${entry.name} `, inner))
    : [listEntry(parent + entry.name, entry.summary)]

const listEntry = (words: string, summary: string): string =>
  `- [\`coffer ${words}\`](#coffer-${words.replaceAll(' ', '-')}): ${summary}`

function sections(parent: string, entry: Catalogue[number]): string[] {
  const words = `${parent} ${entry.name}`
  return isFamily(entry)
    ? entry.commands.flatMap((command) => sections(words, command))
    : section(words, entry)
}

function section(words: string, command: Command): string[] {
  const own = flagGroups(command.flags).flatMap(([heading, flags]) => (heading === 'Flags' ? flags : []))
  const common = Object.keys(command.flags).filter((key) => Object.hasOwn(shared, key))
  const args = Object.entries(command.args).map(([key, { help }]) => [
    `\`${flagName(key).toUpperCase()}\``,
    help,
  ])
  return [
    `### ${words}`,
    '',
    '```',
    usage(words, command),
    '```',
    '',
    `${command.summary}.`,
    '',
    ...(command.details === undefined ? [] : [command.details, '']),
    ...(args.length > 0 ? [...markdownTable(['argument', ''], args), ''] : []),
    ...(own.length > 0 ? [...flagTable(own), ''] : []),
    ...command.examples.flatMap(([what, line]) => [`${what}:`, '', '```sh', line, '```', '']),
    ...(common.length > 0 ? [`Also: ${common.map((key) => `\`-${flagName(key)}\``).join(', ')}.`, ''] : []),
  ]
}

const flagTable = (flags: readonly [string, Flag<unknown>][]): string[] =>
  markdownTable(
    ['flag', ''],
    flags.map(([key, flag]) => [`\`${flagForms(key, flag)}\``, flag.help]),
  )

function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)]
}

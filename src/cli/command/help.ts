import { wrap } from '../output/wrap.ts'
import { type Arguments, type Catalogue, type Command, type Family, isFamily } from './command.ts'
import { type Flag, type Flags, flagName } from './flag.ts'

export const programSummary = 'Keep secrets, and hand them out under policy.'

/** `coffer kv get [flags] PATH` */
export function usage(words: string, command: Command): string {
  const flags = Object.keys(command.flags).length > 0 ? ' [flags]' : ''
  return `${words}${flags}${command.usage === undefined ? argumentText(command.args) : ` ${command.usage}`}`
}

function argumentText(args: Arguments): string {
  return Object.entries(args)
    .map(([key, { count }]) => {
      const name = flagName(key).toUpperCase()
      return count === 'one' ? ` ${name}` : count === 'maybe' ? ` [${name}]` : ` [${name}...]`
    })
    .join('')
}

/** `-field=<name>`, `-force`; with its other names. */
export function flagForms(key: string, flag: Flag<unknown>): string {
  const value = flag.placeholder === undefined ? '' : `=<${flag.placeholder}>`
  return [flagName(key), ...(flag.aliases ?? [])].map((name) => `-${name}${value}`).join(', ')
}

/** The flags under their headings, the command's own first. */
export function flagGroups(flags: Flags): [string, [string, Flag<unknown>][]][] {
  const groups = new Map<string, [string, Flag<unknown>][]>()
  for (const entry of Object.entries(flags)) {
    const heading = entry[1].group ?? 'Flags'
    groups.set(heading, [...(groups.get(heading) ?? []), entry])
  }
  return [...groups].sort(([a], [b]) => Number(b === 'Flags') - Number(a === 'Flags'))
}

export function commandHelp(words: string, command: Command, width: number): string {
  const lines = [`Usage: ${usage(words, command)}`, '', ...wrap(`${command.summary}.`, width)]
  if (command.details !== undefined) lines.push('', ...wrap(command.details, width))
  const args = Object.entries(command.args).map(([key, { help }]) => [flagName(key).toUpperCase(), help])
  if (args.length > 0) lines.push('', 'Arguments:', ...definitions(args, width))
  lines.push('', command.examples.length === 1 ? 'Example:' : 'Examples:')
  for (const [what, line] of command.examples) {
    lines.push(...wrap(`${what}:`, width - 2).map(indent), ...line.split('\n').map((part) => `    $ ${part}`))
  }
  for (const [heading, flags] of flagGroups(command.flags)) {
    const entries = flags.map(([key, flag]) => [flagForms(key, flag), flag.help])
    lines.push('', `${heading}:`, ...definitions(entries, width))
  }
  return `${lines.join('\n')}\n`
}

export function familyHelp(words: string, family: Family, width: number): string {
  const commands = family.commands.map(({ name, summary }) => [name, summary])
  const lines = [`Usage: ${words} COMMAND`, '', ...wrap(`${family.summary}.`, width)]
  lines.push('', 'Commands:', ...columns(commands, width))
  if (family.standard !== undefined) lines.push('', `Without COMMAND, ${family.standard} is meant.`)
  lines.push('', `Run "${words} COMMAND -help" for the flags of a command.`)
  return `${lines.join('\n')}\n`
}

export function programHelp(catalogue: Catalogue, width: number): string {
  const rows = (entries: Catalogue) =>
    columns(
      entries.map(({ name, summary }) => [name, summary]),
      width,
    )
  const single = catalogue.filter((entry) => !isFamily(entry))
  const lines = ['Usage: coffer COMMAND', '', ...wrap(programSummary, width)]
  lines.push('', 'Commands:', ...rows(single))
  lines.push('', 'Families of commands:', ...rows(catalogue.filter(isFamily)))
  lines.push('', 'Run "coffer COMMAND -help" for more about one.')
  return `${lines.join('\n')}\n`
}

const indent = (line: string): string => `  ${line}`.trimEnd()

/** Names with their explanation below them. */
const definitions = (entries: readonly (readonly string[])[], width: number): string[] =>
  entries.flatMap(([name = '', help = '']) => [
    `  ${name}`,
    ...wrap(help, width - 6).map((line) => `      ${line}`),
  ])

/** Names with a short explanation beside them. */
function columns(entries: readonly (readonly string[])[], width: number): string[] {
  const left = Math.max(...entries.map(([name = '']) => name.length)) + 4
  return entries.flatMap(([name = '', help = '']) =>
    wrap(help, width - left).map((line, row) => `  ${(row === 0 ? name : '').padEnd(left - 2)}${line}`),
  )
}

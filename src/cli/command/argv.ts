import { type Catalogue, type Command, type Family, isFamily } from './command.ts'
import { type Flags, flagName } from './flag.ts'

/** A command line sorted out: the command's words, its flags as `--name=value`, then everything else. */
export type CommandLine = {
  readonly words: readonly string[]
  readonly flags: readonly string[]
  readonly rest: readonly string[]
}

/**
 * Brings both forms of flags (`-format=json`, `--format json`) into one, wherever they stand before `--`.
 * Flags that nothing declares are kept as they are, for the parser to refuse.
 *
 * @param shared flags that are known before the command is
 */
export function sortArguments(argv: readonly string[], catalogue: Catalogue, shared: Flags): CommandLine {
  const flags: string[] = []
  const rest: string[] = []
  const { written: given, command, implied, values } = findWords(argv, catalogue, shared)
  const words = implied === undefined ? given : [...given, implied]
  const known = namesOf(command?.flags ?? shared)
  let skipWords = given.length
  // It was no value after all, but stands where a command should.
  for (const [at, name] of values) {
    if (known.get(name)?.isSwitch === true) return { words: argv.slice(at, at + 1), flags: [], rest: [] }
  }

  for (let i = 0; i < argv.length; i++) {
    const token = argv[i] ?? ''
    if (token === '--') {
      rest.push(...argv.slice(i + 1))
      break
    }
    const written = readFlag(token)
    if (written === undefined) {
      if (values.has(i)) continue
      if (skipWords > 0) skipWords--
      else rest.push(token)
      continue
    }
    const flag = known.get(written.name)
    // Without its value, which the parser's error text would repeat.
    if (flag === undefined) flags.push(isHelp(written.name) ? '--help' : `--${written.name}`)
    else if (written.value !== undefined) flags.push(`--${flag.name}=${written.value}`)
    else if (flag.isSwitch) flags.push(`--${flag.name}=true`)
    else if (i + 1 < argv.length) flags.push(`--${flag.name}=${argv[++i]}`)
    // The parser says that the value is missing, provided that nothing follows.
    else return { words, flags: [...flags, `--${flag.name}`], rest: [] }
  }
  return { words, flags, rest }
}

type Found = {
  readonly written: readonly string[]
  readonly command: Command | undefined
  /** The word of a command that is meant though it is not written. */
  readonly implied?: string
  /** Where values of flags stand that nothing declares so far, and the names of these. No error repeats them. */
  readonly values: ReadonlyMap<number, string>
}

/** The words that name the command, skipping flags and their values that stand before them. */
function findWords(argv: readonly string[], catalogue: Catalogue, shared: Flags): Found {
  const written: string[] = []
  const values = new Map<number, string>()
  let known = namesOf(shared)
  let level: Catalogue = catalogue
  let standard: Command | undefined
  let asksHelp = false
  for (let i = 0; i < argv.length; i++) {
    const token = argv[i] ?? ''
    if (token === '--') break
    const given = readFlag(token)
    if (given !== undefined) {
      const flag = known.get(given.name)
      if (flag === undefined && isHelp(given.name)) asksHelp = true
      else if (given.value === undefined) {
        if (flag === undefined && isValue(argv[i + 1], level)) values.set(++i, given.name)
        else if (flag?.isSwitch === false) i++
      }
      continue
    }
    written.push(token)
    const entry = level.find(({ name }) => name === token)
    if (entry === undefined) return { written, command: undefined, values }
    if (!isFamily(entry)) return { written, command: entry, values }
    level = entry.commands
    standard = standardOf(entry)
    known = namesOf(standard?.flags ?? shared)
  }
  // Help is then for the family as a whole.
  if (standard === undefined || asksHelp) return { written, command: undefined, values }
  return { written, command: standard, implied: standard.name, values }
}

/** Whether what stands behind a flag can be its value alone: a word that begins no command. */
const isValue = (next: string | undefined, level: Catalogue): boolean =>
  next !== undefined &&
  next !== '--' &&
  readFlag(next) === undefined &&
  !level.some(({ name }) => name === next)

function standardOf({ commands, standard }: Family): Command | undefined {
  const found = commands.find(({ name }) => name === standard)
  return found === undefined || isFamily(found) ? undefined : found
}

const isHelp = (name: string): boolean => name === 'h' || name === 'help'

function readFlag(token: string): { name: string; value: string | undefined } | undefined {
  const match = /^--?([A-Za-z0-9][^=]*)(?:=([\s\S]*))?$/.exec(token)
  return match === null ? undefined : { name: match[1] ?? '', value: match[2] }
}

function namesOf(flags: Flags): Map<string, { name: string; isSwitch: boolean }> {
  const names = new Map<string, { name: string; isSwitch: boolean }>()
  for (const [key, flag] of Object.entries(flags)) {
    const entry = { name: flagName(key), isSwitch: flag.placeholder === undefined }
    for (const name of [entry.name, ...(flag.aliases ?? [])]) names.set(name, entry)
  }
  return names
}

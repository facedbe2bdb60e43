import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { catalogue } from '../catalogue.ts'
import { absentCommands, absentFlags } from '../command/absent.ts'
import { sortArguments } from '../command/argv.ts'
import { type Command, type Family, isFamily, loadCatalogue } from '../command/command.ts'
import { flagName } from '../command/flag.ts'
import { buildParser } from '../command/parser.ts'
import { connectionFlags } from '../session/connect.ts'
import { splitWords } from '../testing/transcript.ts'
import { commandReference } from './reference.ts'

const all = await loadCatalogue(catalogue, () => true)
const commandsOf = (entry: Command | Family): [string, Command][] =>
  isFamily(entry)
    ? entry.commands.flatMap(commandsOf).map(([words, command]) => [`${entry.name} ${words}`, command])
    : [[entry.name, entry]]
const commands = all.flatMap(commandsOf)

describe('the reference of the commands', () => {
  it('is current (renew it with: node scripts/docs-cli.ts)', async () => {
    const written = await readFile(new URL('../../../docs/cli.md', import.meta.url), 'utf8')
    assert.equal(written, await commandReference())
  })
})

describe('what is not there', () => {
  const flags = new Set(
    commands.flatMap(([, { flags }]) =>
      Object.entries(flags).flatMap(([key, flag]) => [flagName(key), ...(flag.aliases ?? [])]),
    ),
  )
  const words = new Set(commands.flatMap(([name]) => [name, name.split(' ')[0] ?? '']))
  it('is listed for other clients’ commands and flags alone', () => {
    assert.deepEqual(
      Object.keys(absentCommands).filter((name) => words.has(name)),
      [],
    )
    assert.deepEqual(
      Object.keys(absentFlags).filter((name) => flags.has(name)),
      [],
    )
  })
  it('is listed below families that there are', () => {
    const families = Object.keys(absentCommands).flatMap((name) =>
      name.includes(' ') ? name.split(' ')[0] : [],
    )
    assert.deepEqual(
      families.filter((name) => !words.has(name ?? '')),
      [],
    )
  })
  it('names commands that there are', () => {
    const named = [...Object.values(absentCommands), ...Object.values(absentFlags)].flatMap((reason) =>
      [...reason.matchAll(/coffer ([a-z][a-z-]*(?: [a-z][a-z-]*)?)/g)].map(([, name = '']) => name),
    )
    assert.ok(named.length > 5)
    for (const name of named) assert.ok(words.has(name) || words.has(name.split(' ')[0] ?? ''), name)
  })
})

describe('every command', () => {
  it('is loaded under the name and the summary that the list of commands has', () => {
    assert.deepEqual(
      all.map(({ name, summary }) => [name, summary]),
      catalogue.map(({ name, summary }) => [name, summary]),
    )
    assert.deepEqual(
      all.map((entry) => isFamily(entry)),
      catalogue.map((entry) => 'commands' in entry || ('isFamily' in entry && entry.isFamily === true)),
    )
  })
  for (const [words, command] of commands) {
    it(`${words} has a summary and examples that parse`, () => {
      assert.match(command.summary, /^[A-Z].*[^.]$/)
      assert.ok(command.examples.length > 0)
      const lines = command.examples.flatMap(([, line]) => line.split('\n')).flatMap(cofferParts)
      assert.ok(lines.length > 0, 'an example calls coffer')
      for (const line of lines) assert.doesNotThrow(() => parses(splitWords(line)), line)
    })
  }
})

/** The calls of coffer in a line of shell. */
const cofferParts = (line: string): string[] =>
  [...line.matchAll(/(?:^|[\s(;|])coffer ([^|;<>)]*)/g)].map(([, part = '']) => part)

function parses(argv: string[]): void {
  const { words, flags, rest } = sortArguments(argv, all, connectionFlags)
  const report = { out: () => {}, error: () => {}, width: 80 }
  let found = false
  const parser = buildParser(all, report, () => {
    found = true
  })
  parser.parse([...words, ...flags, ...(rest.length > 0 ? ['--', ...rest] : [])], { from: 'user' })
  assert.ok(found)
}

import { fail } from '../../base/errors.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../base/json/json.ts'
import type { Io } from '../io.ts'
import { readTextFile } from './file.ts'
import { prompt } from './prompt.ts'
import { readStdin } from './stdin.ts'

/** What help says of arguments that {@link readFields} reads. */
export const fieldsHelp =
  'Fields: name=value, name=@file, name=-, @file.json or -. A \\ before @ or - takes it literally.'

/**
 * Reads the fields that a command line gives: `name=value`, `name=@file`, `name=-` (standard input, or typed
 * unseen on a terminal), `@file.json` and `-` (a JSON object). A backslash before the first `@`, or before a
 * sole `-`, takes it literally. A name that comes twice becomes a list.
 *
 * @throws invalid_request
 */
export async function readFields(io: Io, args: readonly string[]): Promise<JsonObject> {
  const fields = new Map<string, Json>()
  for (const arg of args) {
    for (const [name, value] of await fieldsOf(io, arg)) fields.set(name, joined(fields.get(name), value))
  }
  return Object.fromEntries(fields)
}

/** The same where only texts have a meaning; a list is joined by commas. */
export async function readTexts(io: Io, args: readonly string[]): Promise<Record<string, string>> {
  const entries = Object.entries(await readFields(io, args))
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value : textOfJson(value)]),
  )
}

const textOfJson = (value: Json): string => (Array.isArray(value) ? value.join(',') : JSON.stringify(value))

async function fieldsOf(io: Io, arg: string): Promise<[string, Json][]> {
  const at = arg.indexOf('=')
  if (at > 0) return [[arg.slice(0, at), await readValue(io, arg.slice(0, at), arg.slice(at + 1))]]
  if (arg === '-') return objectFields(await readStdin(io), 'standard input')
  if (arg.startsWith('@') && at < 0)
    return objectFields(await readTextFile(arg.slice(1), io.home), arg.slice(1))
  // The argument itself may be a secret, so the text does not repeat it.
  return fail(
    'invalid_request',
    'data must have the form name=value, name=@file, name=-, @file.json or -; quote a value that has spaces',
  )
}

async function readValue(io: Io, name: string, value: string): Promise<string> {
  if (value === '-') return io.stdin.isTTY === true ? prompt(io, `${name} (will be hidden): `) : readStdin(io)
  if (value.startsWith('@')) return readTextFile(value.slice(1), io.home)
  return value === '\\-' || value.startsWith('\\@') ? value.slice(1) : value
}

function objectFields(text: string, source: string): [string, Json][] {
  let parsed: Json
  try {
    parsed = parseJson(text)
  } catch {
    return fail('invalid_request', `${source} is not JSON; to store its text, write name=@file`)
  }
  if (!isJsonObject(parsed)) fail('invalid_request', `${source} must hold a JSON object`)
  return Object.entries(parsed)
}

const joined = (before: Json | undefined, value: Json): Json =>
  before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]

/**
 * A secret that may stand on the command line, but better does not: `-` is standard input, `@file` a file,
 * a text is itself. Surrounding white space goes.
 *
 * @throws invalid_request
 */
export async function readSecretArgument(io: Io, argument: string): Promise<string> {
  const text =
    argument === '-'
      ? await readStdin(io)
      : argument.startsWith('@')
        ? await readTextFile(argument.slice(1), io.home)
        : argument
  return text.trim() || fail('invalid_request', 'what should be secret is empty')
}

import { fail } from '../../base/errors.ts'
import { isRawNumber, type Json } from '../../base/json/json.ts'
import { choice, type FlagValues, text } from '../command/flag.ts'
import type { Io } from '../io.ts'
import { fromEnvironment } from '../session/environment.ts'
import { note, say } from './say.ts'
import { neutraliseJson, printable } from './terminal.ts'

export const formats = ['table', 'json', 'yaml'] as const
export type Format = (typeof formats)[number]

const group = 'Output'

export const formatFlag = {
  format: choice('How to show the result, instead of VAULT_FORMAT.', [...formats, 'yml'], {
    group,
    placeholder: formats.join('|'),
  }),
}

export const fieldFlag = {
  field: text('Show the value of this field alone. Piped, it comes without a line end.', 'name', { group }),
}

export type Formatted = { readonly io: Io; readonly flags: FlagValues<typeof formatFlag> }
export type Fielded = { readonly io: Io; readonly flags: FlagValues<typeof formatFlag & typeof fieldFlag> }

/** @throws invalid_config when the environment names no format */
export function formatOf({ io, flags }: Formatted): Format {
  const found = flags.format ?? environmentFormat(io)
  return found === 'yml' ? 'yaml' : found
}

function environmentFormat(io: Io): Format | 'yml' {
  const found = fromEnvironment(io, 'FORMAT')
  if (found === undefined) return 'table'
  const value = found.value.toLowerCase()
  const known = [...formats, 'yml' as const].find((format) => format === value)
  return known ?? fail('invalid_config', `${found.name} must be one of ${formats.join(', ')}`)
}

/** Shows `data` in the format that was asked for; `asTable` makes the table. */
export async function show(call: Formatted, data: Json, asTable: () => string): Promise<void> {
  const format = formatOf(call)
  if (format === 'table') return showTable(call.io, asTable())
  const text = await encoded(format, data)
  if (format === 'json' && call.io.stdout.isTTY === true) call.io.stdout.write(`${neutraliseJson(text)}\n`)
  else say(call.io, text)
}

/** `data` as text in a format for machines, without a line end. */
export const encoded = async (format: Exclude<Format, 'table'>, data: Json): Promise<string> =>
  format === 'json' ? JSON.stringify(data, null, 2) : (await yamlOf(data)).trimEnd()

function showTable(io: Io, text: string): void {
  if (text !== '') say(io, text)
}

/** Says that something was done. Where a machine reads the output, this goes to standard error. */
export function done(call: Formatted, text: string): void {
  if (formatOf(call) === 'table') say(call.io, text)
  else note(call.io, text)
}

/**
 * Shows one field: as it is, or encoded where a format is asked for.
 *
 * @returns the exit code; 1 when there is no such field
 */
export async function showField(
  call: Fielded,
  field: string,
  fields: Readonly<Record<string, Json>>,
): Promise<number> {
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined
  if (value === undefined || value === null) {
    return fail('invalid_request', `there is no field "${field}" in the answer`)
  }
  const format = formatOf(call)
  const text =
    format === 'table'
      ? plain(value)
      : format === 'json'
        ? JSON.stringify(value)
        : (await yamlOf(value)).trimEnd()
  const { stdout } = call.io
  const shown = printable(text, stdout)
  stdout.write(stdout.isTTY === true && !shown.endsWith('\n') ? `${shown}\n` : shown)
  return 0
}

const plain = (value: Json): string => {
  if (typeof value === 'string') return value
  return isRawNumber(value) ? value.rawJSON : JSON.stringify(value)
}

/** YAML that readers of YAML 1.1 and 1.2 take alike, with numbers as they came. */
async function yamlOf(data: Json): Promise<string> {
  const { stringify } = await import('yaml')
  const exactNumber = {
    tag: 'tag:yaml.org,2002:float',
    default: true,
    identify: isRawNumber,
    resolve: (text: string) => text,
    stringify: ({ value }: { value: unknown }) => (isRawNumber(value) ? value.rawJSON : String(value)),
  }
  return stringify(data, {
    compat: 'yaml-1.1',
    customTags: [exactNumber],
    lineWidth: 0,
    aliasDuplicateObjects: false,
  })
}

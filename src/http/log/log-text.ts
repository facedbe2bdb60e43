import { isJsonObject, parseRecord } from '../../base/json/json.ts'

/** The numbers of pino's levels. */
const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

/** Line ends, and what a terminal would obey. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g
const escaped = (text: string) =>
  text.replace(control, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/**
 * A line of the log for people: when (RFC 3339), how bad, what, and the rest as `name=value`. One line stays
 * one, whatever is in it.
 *
 * @param json a line of JSON as pino makes it
 */
export function logText(json: string): string {
  const line: unknown = parseRecord(json)
  if (!isJsonObject(line)) return json
  const { level, time, msg, ...rest } = line
  const fields = Object.entries(rest).map(
    ([name, value]) =>
      `${name}=${typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)}`,
  )
  const parts = [
    new Date(Number(time)).toISOString(),
    (levels[Number(level)] ?? 'info').padEnd(5),
    ...(typeof msg === 'string' ? [msg] : []),
    ...fields,
  ]
  return `${escaped(parts.join(' '))}\n`
}

import { fail } from './errors.ts'

const units: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
}
const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d)/gy
/** Longer spans are no spans: 292 years is what the Vault API's own type holds. */
const maxSeconds = 9_223_372_036

/**
 * Reads a span: plain seconds (`"90"`, `90`), or a Go duration such as `"1h30m"`, also with days.
 *
 * @returns whole seconds, as every span on the wire is; a part of a second counts as one, so that a short span
 * does not become 0, which means that none was asked for
 * @param name of the field that it stands in, for the error
 * @throws invalid_request when it is neither
 */
export function parseDuration(value: string | number, name?: string): number {
  const text = String(value).trim()
  if (text === '') return 0
  const seconds = /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : parseUnits(text)
  const place = name === undefined ? '' : ` (in ${name})`
  if (seconds === undefined)
    fail('invalid_request', `time: invalid duration ${JSON.stringify(shorten(text))}${place}`)
  if (Math.abs(seconds) > maxSeconds)
    fail('invalid_request', `time: duration ${JSON.stringify(shorten(text))} is too long${place}`)
  return wholeSeconds(seconds)
}

/** Away from zero. What the sum of binary fractions is off by makes no second more. */
function wholeSeconds(seconds: number): number {
  const size = Math.ceil(Math.abs(seconds) - 1e-10) || 0
  return seconds < 0 && size > 0 ? -size : size
}

function parseUnits(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1
  const body = text.replace(/^[+-]/, '')
  let seconds = 0
  part.lastIndex = 0
  while (part.lastIndex < body.length) {
    const match = part.exec(body)
    if (match === null) return undefined
    seconds += Number(match[1]) * (units[match[2] as string] as number)
  }
  return body === '' ? undefined : sign * seconds
}

const shorten = (text: string) => (text.length > 32 ? `${text.slice(0, 32)}…` : text)

/** A span in Go's form without days: `1h30m0s`, `48h0m0s`, `0s`. */
export function formatGoDuration(seconds: number): string {
  const sign = seconds < 0 ? '-' : ''
  const rest = Math.abs(seconds)
  const h = Math.floor(rest / 3600)
  const m = Math.floor((rest % 3600) / 60)
  const s = Number((rest % 60).toFixed(9))
  if (h > 0) return `${sign}${h}h${m}m${s}s`
  return m > 0 ? `${sign}${m}m${s}s` : `${sign}${s}s`
}

/**
 * How lines hold together. Every line ends in a field `chain`:
 *
 *     {"time":…,…,"chain":{"seq":7,"prev":"<sha256 of line 6>"}}
 *     {"time":…,…,"chain":{"seq":8,"prev":"<sha256 of line 7>","mac":"<hmac>"}}      the last of one write
 *     {"time":…,"type":"checkpoint","chain":{"segment":…,"seq":9,"prev":…,"key":…,"sig":"<ed25519>"}}
 *     {"time":…,"type":"segment","chain":{"segment":…,"seq":0,"prev":…,"key":…,…,"sig":"<ed25519>"}}
 *
 * A line's hash is over its bytes without the line feed, so `sha256sum` can follow the chain. `mac` and
 * `sig` are over the line's bytes up to the comma before them. A line that starts a segment says what it
 * found before it: see {@link Start}.
 */
export type Link = {
  readonly seq: number
  /** Hash of the line before, hexadecimal. */
  readonly prev: string
  readonly mac?: string
  /** Of signed lines: a UUID that names the chain of one process since it opened the file. */
  readonly segment?: string
  readonly key?: string
  readonly sig?: string
  /** Of signed lines: it is the first line of its file. */
  readonly opens?: true
  readonly start?: Start
}

/** What a line that starts a segment says about what came before it. */
export type Start = {
  readonly device: string
  readonly node: string
  readonly process: string
  /** The line whose hash is `prev`: the last of the file, or of an empty file the last recorded one. */
  readonly after?: { readonly segment: string; readonly seq: number }
  /** Bytes of each unfinished line at the end; after the last one a line feed was added. */
  readonly torn?: readonly number[]
  /** Lines at the end of an interrupted write: linked, but not confirmed by a `mac`. Nobody was answered. */
  readonly unconfirmed?: number
  /** The lines since the last signed one did not hold together when the file was opened. */
  readonly changed?: true
  /** The recorded head that the file should have reached and did not: its end is missing. */
  readonly lost?: { readonly segment: string; readonly seq: number }
}

/** In place of the hash of a line where there is none. */
export const noHash = '0'.repeat(64)

const lineBegin = '{"time":"'

/** Whether this is the beginning of a line that was not written to its end. */
export function isFragment(text: string): boolean {
  if (!text.startsWith(lineBegin.slice(0, text.length))) return false
  try {
    JSON.parse(text)
    return false
  } catch {
    return true
  }
}

/** When a line was written, as it says itself: RFC 3339, or `''`. */
export const lineTime = (line: string): string => /^\{"time":"([^"]*)"/.exec(line)?.[1] ?? ''

/** Reads the `chain` field at a line's end; undefined when there is none of the right shape. */
export function parseLink(line: string): Link | undefined {
  const at = line.lastIndexOf(',"chain":{')
  if (at < 0 || !line.endsWith('}}')) return undefined
  let chain: unknown
  try {
    chain = JSON.parse(line.slice(at + 9, -1))
  } catch {
    return undefined
  }
  return isLink(chain) ? chain : undefined
}

function isLink(value: unknown): value is Link {
  if (!isObject(value)) return false
  const { seq, prev, mac, segment, key, sig, opens, start } = value
  if (!isCount(seq) || typeof prev !== 'string' || !/^[0-9a-f]{64}$/.test(prev)) return false
  if (![mac, segment, key, sig].every((field) => field === undefined || typeof field === 'string'))
    return false
  if (sig !== undefined && segment === undefined) return false
  if (opens !== undefined && (opens !== true || sig === undefined)) return false
  return start === undefined || (sig !== undefined && isStart(start))
}

function isStart(value: unknown): boolean {
  if (!isObject(value)) return false
  const { device, node, process, after, torn, unconfirmed, changed, lost } = value
  return (
    [device, node, process].every((field) => typeof field === 'string') &&
    (torn === undefined || (Array.isArray(torn) && torn.every(isCount))) &&
    (unconfirmed === undefined || isCount(unconfirmed)) &&
    (changed === undefined || changed === true) &&
    [after, lost].every((field) => field === undefined || isPlace(field))
  )
}

const isPlace = (value: unknown) => isObject(value) && typeof value.segment === 'string' && isCount(value.seq)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

/** The part of a line that its last field protects; undefined when that field is not its last. */
export function partBefore(line: string, field: 'mac' | 'sig', value: string): string | undefined {
  const end = `,"${field}":"${value}"}}`
  return line.endsWith(end) ? line.slice(0, -end.length) : undefined
}

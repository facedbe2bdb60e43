import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { parseDuration } from '../../base/duration.ts'
import { fail, isFailure } from '../../base/errors.ts'
import type { HclValue } from '../../base/hcl/hcl.ts'

/** Refuses a value at its place; `text` goes on from the key's name, as in `must be a number`. */
export type Wrong = (text: string) => never

/**
 * One key of the configuration: how its value is read, and what the reference says about it. `F` is the type
 * of what it counts as when it is not set.
 */
export type Key<T = unknown, F = unknown> = {
  /** How the reference names the kind of value. */
  readonly kind: string
  readonly description: string
  readonly needed: boolean
  readonly fallback: F
  /** The fallback as it would be written; empty for none. */
  readonly shownFallback: string
  readonly read: (value: HclValue, wrong: Wrong) => T
}

export type Keys = Readonly<Record<string, Key>>
export type Values<K extends Keys> = {
  readonly [N in keyof K]: K[N] extends Key<infer T, infer F> ? T | F : never
}

/** A key together with what it is when it is not set, as it would be written in the file. */
export function or<T>(written: string | number | boolean | readonly [], key: Key<T>): Key<T, T> {
  const at = { line: 1, column: 1 }
  const value: HclValue =
    typeof written === 'string'
      ? { kind: 'string', value: written, at }
      : typeof written === 'number'
        ? { kind: 'number', value: written, text: String(written), at }
        : typeof written === 'boolean'
          ? { kind: 'bool', value: written, at }
          : { kind: 'list', items: [], at }
  const fallback = key.read(value, (text) => fail('internal', `a default ${text}`))
  return { ...key, fallback, shownFallback: JSON.stringify(written) }
}

/** A key that must be set. */
export function needed<T>(key: Key<T>): Key<T, never> {
  // It is never used: reading a section refuses it before.
  return { ...key, needed: true, fallback: undefined as never }
}

const declare = <T>(kind: string, description: string, read: Key<T>['read']): Key<T, undefined> => ({
  kind,
  description,
  needed: false,
  fallback: undefined,
  shownFallback: '',
  read,
})

const maxText = 4096

function readText(value: HclValue, wrong: Wrong): string {
  if (value.kind !== 'string') return wrong('must be a text in quotes')
  if (value.value === '') wrong('must not be empty')
  if (value.value.length > maxText) wrong(`must not be longer than ${maxText} characters`)
  if (/\p{Cc}/u.test(value.value)) wrong('must not hold control characters')
  return value.value
}

function readList<T>(value: HclValue, wrong: Wrong, item: (value: HclValue, wrong: Wrong) => T): T[] {
  if (value.kind === 'list') return value.items.map((one) => item(one, wrong))
  if (value.kind !== 'string') return wrong('must be a list')
  return value.value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => item({ kind: 'string', value: part, at: value.at }, wrong))
}

export const key = {
  text: (description: string) => declare('text', description, readText),
  /** A text that says one of several things, in any case; each word, in lower case, stands for a value. */
  choice: <const T>(description: string, words: Readonly<Record<string, T>>) =>
    declare(
      Object.keys(words)
        .map((word) => `\`"${word}"\``)
        .join(', '),
      description,
      (value, wrong): T => {
        const word = readText(value, wrong).toLowerCase()
        if (!Object.hasOwn(words, word)) return wrong(`must be ${spoken(Object.keys(words))}`)
        // hasOwn proved that the text is one of the words.
        return words[word] as T
      },
    ),
  flag: (description: string) => declare('`true` or `false`', description, readFlag),
  count: (description: string, bounds: { readonly min?: number; readonly max?: number } = {}) =>
    declare('number', description, (value, wrong) => readCount(value, wrong, bounds)),
  /** How many, or `auto` for one a processor. */
  workers: (description: string, { max }: { readonly max: number }) =>
    declare('number, or `"auto"`', description, (value, wrong) =>
      value.kind === 'string' && value.value.toLowerCase() === 'auto'
        ? Math.min(max, availableParallelism())
        : readCount(value, wrong, { min: 1, max }),
    ),
  /** Seconds. */
  duration: (description: string) => declare('duration', description, readDuration),
  list: (description: string) =>
    declare('list of texts', description, (value, wrong) => readList(value, wrong, readText)),
  /** Addresses and networks, as `10.0.0.1` and `10.0.0.0/8`. */
  networks: (description: string) =>
    declare('list of networks', description, (value, wrong) => readList(value, wrong, readNetwork)),
  /** Texts by name. Numbers and truth values are taken as they are written. */
  map: (description: string) => declare('block of texts', description, readMap),
  /** A web address: https, or plain http for a host that only this machine reaches. */
  url: (description: string, { plain = 'loopback' }: { readonly plain?: 'loopback' | 'anywhere' } = {}) =>
    declare('URL', description, (value, wrong) => readUrl(readText(value, wrong), wrong, plain)),
}

function readFlag(value: HclValue, wrong: Wrong): boolean {
  if (value.kind === 'bool') return value.value
  const text = value.kind === 'string' ? value.value : value.kind === 'number' ? value.text : ''
  if (text === 'true' || text === '1') return true
  return text === 'false' || text === '0' ? false : wrong('must be true or false')
}

function readCount(
  value: HclValue,
  wrong: Wrong,
  { min = 0, max = Number.MAX_SAFE_INTEGER }: { min?: number; max?: number },
): number {
  const text = value.kind === 'string' && /^-?\d+$/.test(value.value) ? value.value : undefined
  const count = value.kind === 'number' ? value.value : text === undefined ? Number.NaN : Number(text)
  if (!Number.isSafeInteger(count)) return wrong('must be a whole number')
  if (count < min) return wrong(`must be at least ${min}`)
  return count > max ? wrong(`must be at most ${max}`) : count
}

function readDuration(value: HclValue, wrong: Wrong): number {
  if (value.kind !== 'string' && value.kind !== 'number') return wrong('must be a duration such as "1h"')
  const seconds = secondsOf(value.kind === 'string' ? value.value : value.text, wrong)
  return seconds < 0 ? wrong('must not be negative') : seconds
}

function secondsOf(text: string, wrong: Wrong): number {
  if (text.trim() === '') wrong('must not be empty')
  try {
    return parseDuration(text)
  } catch (error) {
    if (!isFailure(error)) throw error
    return wrong('must be a duration such as "90", "30s" or "1h30m"')
  }
}

function readNetwork(value: HclValue, wrong: Wrong): string {
  const text = readText(value, wrong)
  const [address = '', bits, ...more] = text.split('/')
  const width = isIP(address) === 6 ? 128 : 32
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= width)
  if (isIP(address) === 0 || address.includes('%') || !fits || more.length > 0)
    wrong(`holds ${JSON.stringify(text)}, which is no network`)
  return text
}

function readMap(value: HclValue, wrong: Wrong): Readonly<Record<string, string>> {
  if (value.kind !== 'object') return wrong('must be a block')
  const texts = new Map<string, string>()
  for (const { key: name, value: inner } of value.entries) {
    if (texts.has(name)) wrong(`sets ${JSON.stringify(name)} twice`)
    if (inner.kind === 'string') texts.set(name, inner.value)
    else if (inner.kind === 'number') texts.set(name, inner.text)
    else if (inner.kind === 'bool') texts.set(name, String(inner.value))
    else wrong(`must hold texts only, and ${JSON.stringify(name)} is none`)
  }
  return Object.fromEntries(texts)
}

function readUrl(text: string, wrong: Wrong, plain: 'loopback' | 'anywhere'): string {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return wrong('must be a URL that begins with https://')
  if (url.username !== '' || url.password !== '') wrong('must not hold a user name or password')
  const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)
  if (url.protocol === 'http:' && plain === 'loopback' && !loopback) {
    wrong('must begin with https:// (plain http is for addresses of this machine only)')
  }
  return text
}

/** `"a"`, `"a" or "b"`, `"a", "b" or "c"`. */
export function spoken(words: readonly string[]): string {
  const quoted = words.map((word) => JSON.stringify(word))
  const last = quoted.pop() ?? ''
  return quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`
}

import {
  blocksOf,
  failAt,
  type HclBlock,
  type HclEntry,
  type HclObject,
  parseHcl,
  type Source,
} from '../../base/hcl/hcl.ts'

/** What a generated password looks like. */
export type PasswordPolicy = {
  /** Characters. */
  readonly length: number
  /** Every character that may occur, once each. */
  readonly alphabet: readonly string[]
  readonly rules: readonly CharsetRule[]
}

/** At least so many characters of a set. */
export type CharsetRule = { readonly characters: ReadonlySet<string>; readonly atLeast: number }

const source: Source = { code: 'invalid_request', prefix: 'failed to parse password policy: ' }
const limits = { bytes: 64 * 1024, depth: 4, nodes: 1_000 }
const shortest = 4
const longest = 100
const maxCharacters = 256
const maxRules = 64

/** Letters, marks, digits, punctuation, symbols and the blank of ASCII: what can be shown and typed. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u

/**
 * Parses a password policy in HCL or JSON: a `length` of 4 to 100 and `rule "charset"` blocks with a `charset`
 * and, where so many of its characters must occur, `min-chars`.
 *
 * @throws invalid_request with what is wrong, its line and column
 */
export function parsePasswordPolicy(text: string): PasswordPolicy {
  const top = parseHcl(text, source, limits)
  const entries = keysOf(top, ['length', 'rule'], ['rule'])
  const lengthEntry = entries.find(({ key }) => key === 'length')
  if (lengthEntry === undefined) failAt(source, top.at, 'length is missing')
  const length = wholeNumber(lengthEntry)
  if (length < shortest || length > longest) {
    failAt(source, lengthEntry.at, `length must be from ${shortest} to ${longest}`)
  }
  const rules = entries
    .filter(({ key }) => key === 'rule')
    .flatMap((entry) => blocksOf(entry, 1, '"rule"', source))
    .map(ruleOf)
  if (rules.length === 0) failAt(source, top.at, 'there must be a rule "charset"')
  if (rules.length > maxRules) failAt(source, top.at, `more than ${maxRules} rules`)
  const alphabet = [...new Set(rules.flatMap(({ characters }) => [...characters]))]
  if (alphabet.length > maxCharacters) failAt(source, top.at, `more than ${maxCharacters} characters in all`)
  if (leastLength(rules) > length) failAt(source, lengthEntry.at, 'length is less than the rules ask for')
  return { length, alphabet, rules }
}

/** No password with fewer characters meets all rules; those of rules that share characters may be the same. */
function leastLength(rules: readonly CharsetRule[]): number {
  const apart: CharsetRule[] = []
  for (const rule of rules.toSorted((a, b) => b.atLeast - a.atLeast)) {
    if (apart.every(({ characters }) => characters.isDisjointFrom(rule.characters))) apart.push(rule)
  }
  return apart.reduce((sum, { atLeast }) => sum + atLeast, 0)
}

function ruleOf({ labels, at, body }: HclBlock): CharsetRule {
  if (labels[0] !== 'charset')
    failAt(source, at, `unknown rule ${JSON.stringify((labels[0] ?? '').slice(0, 40))}`)
  const entries = keysOf(body, ['charset', 'min-chars'])
  const charset = entries.find(({ key }) => key === 'charset')
  if (charset?.value.kind !== 'string' || charset.value.value === '') {
    failAt(source, charset?.at ?? at, 'charset must be a text with at least one character')
  }
  if (!printable.test(charset.value.value)) {
    failAt(source, charset.at, 'charset may only have characters that can be printed')
  }
  const least = entries.find(({ key }) => key === 'min-chars')
  return { characters: new Set(charset.value.value), atLeast: least === undefined ? 0 : wholeNumber(least) }
}

/** The entries of a block, each of a known key, which occurs once unless said otherwise. */
function keysOf(
  { entries }: HclObject,
  known: readonly string[],
  repeated: readonly string[] = [],
): readonly HclEntry[] {
  const seen = new Set<string>()
  for (const { key, at, labels } of entries) {
    const name = JSON.stringify(key.slice(0, 40))
    if (!known.includes(key)) failAt(source, at, `unknown key ${name}`)
    if (repeated.includes(key)) continue
    if (seen.has(key)) failAt(source, at, `${name} is set twice`)
    if (labels.length > 0) failAt(source, at, `${name} takes no label`)
    seen.add(key)
  }
  return entries
}

function wholeNumber({ key, value, at }: HclEntry): number {
  const number =
    value.kind === 'number'
      ? value.value
      : value.kind === 'string' && /^\d{1,9}$/.test(value.value)
        ? Number(value.value)
        : Number.NaN
  return Number.isSafeInteger(number) && number >= 0
    ? number
    : failAt(source, at, `${key} must be a whole number`)
}

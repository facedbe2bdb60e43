import { parseDuration } from '../base/duration.ts'
import { CofferError, fail, isFailure } from '../base/errors.ts'
import { blocks, type Body, type Item, parseHcl, type Value } from '../base/hcl/parse.ts'
import { type PathPattern, parsePattern } from './pattern.ts'

/** What a rule can allow; bits of a number, so that rules are joined with `|`. */
export const capabilityBits = {
  create: 1,
  read: 2,
  update: 4,
  delete: 8,
  list: 16,
  sudo: 32,
  patch: 64,
  scan: 128,
  deny: 256,
} as const
export type Capability = keyof typeof capabilityBits

/** A value that a parameter rule names. Numbers are compared by their text. */
export type ParameterValue = string | boolean | readonly ParameterValue[]
/** Names in lower case; an empty list stands for any value. */
export type ParameterRules = ReadonlyMap<string, readonly ParameterValue[]>

export type Rule = {
  readonly pattern: PathPattern
  readonly capabilities: number
  readonly allowed: ParameterRules | undefined
  readonly denied: ParameterRules | undefined
  readonly required: readonly string[]
  /** Seconds; 0 for unset. */
  readonly minWrappingTtl: number
  readonly maxWrappingTtl: number
  /** Milliseconds since 1970; the rule counts as absent from then on. */
  readonly expires: number | undefined
}

export type Policy = { readonly rules: readonly Rule[] }

const limits = { bytes: 512 * 1024, depth: 16 }
const maxRules = 5_000

/** What the older `policy = "…"` stands for. */
const oldForms: Readonly<Record<string, readonly Capability[]>> = {
  deny: ['deny'],
  read: ['read', 'list'],
  write: ['create', 'read', 'update', 'delete', 'list'],
  sudo: ['create', 'read', 'update', 'delete', 'list', 'sudo'],
}

/**
 * Parses a policy in HCL or JSON.
 *
 * @throws invalid_request with what is wrong and where
 */
export function parsePolicy(text: string): Policy {
  try {
    const rules = parseHcl(text, limits).flatMap(rulesOf)
    if (rules.length > maxRules) fail('invalid_request', `a policy may have at most ${maxRules} rules`)
    return { rules }
  } catch (error) {
    if (!isFailure(error, 'invalid_request')) throw error
    throw new CofferError('invalid_request', `failed to parse policy: ${error.message}`)
  }
}

function rulesOf(item: Item): Rule[] {
  if (item.key === 'name' && item.value.kind === 'string') return []
  if (item.key !== 'path') unknownKey(item)
  return blocks(item).map(({ label, body }) => rule(label, body))
}

function unknownKey({ key, place }: Item): never {
  fail('invalid_request', `invalid key ${JSON.stringify(key)} on line ${place.line}, column ${place.column}`)
}

function rule(path: string, body: Body): Rule {
  const where = `path ${JSON.stringify(path)}: `
  const refuse = (what: string): never => fail('invalid_request', where + what)
  let capabilities = 0
  let allowed: ParameterRules | undefined
  let denied: ParameterRules | undefined
  let required: readonly string[] = []
  let minWrappingTtl = 0
  let maxWrappingTtl = 0
  let expires: number | undefined
  for (const item of body) {
    switch (item.key) {
      case 'capabilities':
        capabilities |= bits(texts(item.value, refuse, 'capabilities'), refuse)
        break
      case 'policy':
        capabilities |= bits(oldForms[text(item.value)] ?? refuse('invalid policy; use read, write, sudo or deny'), refuse)
        break
      case 'allowed_parameters':
        allowed = parameters(item, refuse)
        break
      case 'denied_parameters':
        denied = parameters(item, refuse)
        break
      case 'required_parameters':
        required = texts(item.value, refuse, 'required_parameters')
        break
      case 'min_wrapping_ttl':
        minWrappingTtl = parseDuration(text(item.value))
        break
      case 'max_wrapping_ttl':
        maxWrappingTtl = parseDuration(text(item.value))
        break
      case 'expiration':
        expires = Date.parse(text(item.value))
        if (Number.isNaN(expires)) refuse('expiration must be a time in RFC 3339')
        break
      case 'comment':
        break
      default:
        unknownKey(item)
    }
  }
  if (maxWrappingTtl > 0 && maxWrappingTtl < minWrappingTtl) {
    refuse('max_wrapping_ttl cannot be less than min_wrapping_ttl')
  }
  if ((capabilities & capabilityBits.deny) !== 0) capabilities = capabilityBits.deny
  const pattern = parsePattern(path)
  return { pattern, capabilities, allowed, denied, required, minWrappingTtl, maxWrappingTtl, expires }
}

const text = (value: Value): string =>
  value.kind === 'string' || value.kind === 'number' ? String(value.value) : ''

function texts(value: Value, refuse: (what: string) => never, name: string): string[] {
  if (value.kind !== 'list') return refuse(`${name} must be a list of strings`)
  return value.items.map((item) =>
    item.kind === 'string' ? String(item.value) : refuse(`${name} must be a list of strings`),
  )
}

function bits(names: readonly string[], refuse: (what: string) => never): number {
  return names.reduce((sum, name) => {
    if (!Object.hasOwn(capabilityBits, name)) refuse(`invalid capability ${JSON.stringify(name)}`)
    // hasOwn proved that the name is one of the keys.
    return sum | capabilityBits[name as Capability]
  }, 0)
}

function parameters(item: Item, refuse: (what: string) => never): ParameterRules {
  if (item.value.kind !== 'object') return refuse(`${item.key} must be a block of lists`)
  return new Map(
    item.value.body.map(({ key, value }) => [
      key.toLowerCase(),
      value.kind === 'list' ? value.items.map(parameterValue) : refuse(`${item.key} must be a block of lists`),
    ]),
  )
}

function parameterValue(value: Value): ParameterValue {
  switch (value.kind) {
    case 'string':
    case 'number':
      return String(value.value)
    case 'bool':
      return value.value === true
    case 'list':
      return value.items.map(parameterValue)
    case 'object':
      fail('invalid_request', 'a parameter value must be a string, a number, a boolean or a list')
  }
}

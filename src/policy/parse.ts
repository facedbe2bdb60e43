import { parseDuration } from '../base/duration.ts'
import { isFailure } from '../base/errors.ts'
import {
  blocksOf,
  failAt,
  type HclBlock,
  type HclEntry,
  type HclList,
  type HclObject,
  type HclValue,
  type Position,
  parseHcl,
  type Source,
} from '../base/hcl/hcl.ts'
import type { ParameterRules, ParameterValue } from './parameters.ts'
import { parsePattern } from './pattern.ts'
import { type Capability, capabilityBits, type Policy, type Rule } from './rule.ts'

const source: Source = { code: 'invalid_request', prefix: 'failed to parse policy: ' }
const limits = { bytes: 512 * 1024, depth: 16, nodes: 200_000 }
const maxRules = 10_000

/** What the older `policy = "…"` stands for. */
const oldForms: ReadonlyMap<string, readonly Capability[]> = new Map<string, readonly Capability[]>([
  ['deny', ['deny']],
  ['read', ['read', 'list']],
  ['write', ['create', 'read', 'update', 'delete', 'list']],
  ['sudo', ['create', 'read', 'update', 'delete', 'list', 'sudo']],
])

/**
 * Keys of the original that narrow a rule in ways that are not offered here. Ignoring one would grant more
 * than its author meant.
 */
const refusedKeys = new Set([
  'control_group',
  'mfa_methods',
  'pagination_limit',
  'expiration',
  'list_scan_response_keys_filter_path',
  'subscribe_event_types',
])

/**
 * Parses a policy in HCL or JSON.
 *
 * @throws invalid_request with what is wrong, its line and column
 */
export function parsePolicy(text: string): Policy {
  const top = parseHcl(text, source, limits)
  const rules: Rule[] = []
  for (const entry of top.entries) {
    if (entry.key === 'path') {
      for (const block of blocksOf(entry, 1, '"path"', source)) rules.push(ruleOf(block))
    } else if (entry.key !== 'name' || entry.value.kind !== 'string') {
      refuse(entry.at, `invalid key ${quoted(entry.key)}`)
    }
    if (rules.length > maxRules) refuse(entry.at, `more than ${maxRules} rules`)
  }
  return { rules }
}

const refuse = (at: Position, text: string): never => failAt(source, at, text)
const quoted = (text: string) => JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text)

type Refuse = (at: Position, text: string) => never

function ruleOf({ labels, at, body }: HclBlock): Rule {
  const path = labels[0] ?? ''
  const here: Refuse = (place, text) => refuse(place, `path ${quoted(path)}: ${text}`)
  const pattern = parsePattern(path)
  if (typeof pattern === 'string') return here(at, pattern)
  const keys = keysOf(body, here)
  const minWrappingTtl = wrappingTtl(keys.get('min_wrapping_ttl'), here)
  const maxWrappingTtl = wrappingTtl(keys.get('max_wrapping_ttl'), here)
  if (maxWrappingTtl > 0 && maxWrappingTtl < minWrappingTtl) {
    here(at, 'max_wrapping_ttl cannot be less than min_wrapping_ttl')
  }
  return {
    path,
    at,
    end: body.end,
    pattern,
    capabilities: capabilitiesOf(keys, here),
    allowed: parametersOf(keys.get('allowed_parameters'), here),
    denied: parametersOf(keys.get('denied_parameters'), here),
    required: textsOf(keys.get('required_parameters'), here).map(({ value }) => value.toLowerCase()),
    minWrappingTtl,
    maxWrappingTtl,
  }
}

const knownKeys = new Set([
  'capabilities',
  'policy',
  'allowed_parameters',
  'denied_parameters',
  'required_parameters',
  'min_wrapping_ttl',
  'max_wrapping_ttl',
  'comment',
])

function keysOf({ entries }: HclObject, here: Refuse): ReadonlyMap<string, HclEntry> {
  const keys = new Map<string, HclEntry>()
  for (const entry of entries) {
    const name = quoted(entry.key)
    if (refusedKeys.has(entry.key)) here(entry.at, `key ${name} is not supported`)
    if (!knownKeys.has(entry.key)) here(entry.at, `invalid key ${name}`)
    if (keys.has(entry.key)) here(entry.at, `key ${name} is set twice`)
    if (entry.labels.length > 0) here(entry.at, `key ${name} takes no label`)
    keys.set(entry.key, entry)
  }
  return keys
}

function capabilitiesOf(keys: ReadonlyMap<string, HclEntry>, here: Refuse): number {
  let bits = 0
  for (const { value, at } of textsOf(keys.get('capabilities'), here)) {
    if (!Object.hasOwn(capabilityBits, value)) here(at, `invalid capability ${quoted(value)}`)
    // hasOwn proved that the text is one of the keys.
    bits |= capabilityBits[value as Capability]
  }
  const old = keys.get('policy')?.value
  if (old !== undefined) {
    if (old.kind !== 'string') return here(old.at, 'policy must be a string')
    const names = oldForms.get(old.value) ?? here(old.at, `invalid policy ${quoted(old.value)}`)
    for (const name of names) bits |= capabilityBits[name]
  }
  return (bits & capabilityBits.deny) === 0 ? bits : capabilityBits.deny
}

function textsOf(entry: HclEntry | undefined, here: Refuse): { value: string; at: Position }[] {
  if (entry === undefined) return []
  return listOf(entry, here).items.map((item) =>
    item.kind === 'string' ? item : here(item.at, `${entry.key} must be a list of strings`),
  )
}

function listOf({ key, value }: HclEntry, here: Refuse): HclList {
  return value.kind === 'list' ? value : here(value.at, `${key} must be a list`)
}

function wrappingTtl(entry: HclEntry | undefined, here: Refuse): number {
  if (entry === undefined) return 0
  const { key, value } = entry
  if (value.kind !== 'string' && value.kind !== 'number') return here(value.at, `${key} must be a duration`)
  const seconds = secondsOf(value.kind === 'number' ? value.text : value.value, (text) =>
    here(value.at, `error parsing ${key}: ${text}`),
  )
  return seconds >= 0 ? seconds : here(value.at, `${key} must not be negative`)
}

function secondsOf(text: string, wrong: (text: string) => never): number {
  try {
    return parseDuration(text)
  } catch (error) {
    if (!isFailure(error)) throw error
    return wrong(error.message)
  }
}

function parametersOf(entry: HclEntry | undefined, here: Refuse): ParameterRules | undefined {
  if (entry === undefined) return undefined
  const { key, value } = entry
  if (value.kind !== 'object') return here(value.at, `${key} must be a block of lists`)
  const rules = new Map<string, readonly ParameterValue[]>()
  for (const parameter of value.entries) {
    const name = parameter.key.toLowerCase()
    if (rules.has(name)) here(parameter.at, `parameter ${quoted(name)} is set twice in ${key}`)
    rules.set(
      name,
      listOf(parameter, here).items.map((item) => parameterValue(item, here)),
    )
  }
  return rules
}

function parameterValue(value: HclValue, here: Refuse): ParameterValue {
  switch (value.kind) {
    case 'string':
    case 'bool':
      return value.value
    case 'number':
      return { number: value.text }
    case 'null':
      return null
    case 'list':
      return value.items.map((item) => parameterValue(item, here))
    case 'object':
      return here(value.at, 'a parameter value must be a string, a number, a boolean or a list')
  }
}

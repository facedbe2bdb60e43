import { shape } from '../../../backend/answers/shape.ts'
import type { Json, JsonObject } from '../../../base/json/json.ts'
import type { Source } from '../../../policy/acl.ts'
import type { ParameterRules, ParameterValue } from '../../../policy/parameters.ts'
import { templatesOf } from '../../../policy/pattern.ts'
import { capabilityNames } from '../../../policy/rule.ts'
import type { Way } from './subject.ts'

export const wayShape = shape.object(
  { kind: shape.oneOf(['token', 'entity', 'group', 'asked', 'draft'] as const) },
  {
    id: shape.string(),
    name: shape.string(),
    direct: shape.boolean('False for a group that holds one of theirs.'),
    path: shape.string('What made the token.'),
    role: shape.string(),
  },
)

export const ruleShape = shape.object({
  policy: shape.string(),
  path: shape.string('As it is written, with its wildcards and templates.'),
  line: shape.integer('Where it begins in the text of its policy.'),
  last_line: shape.integer(),
  capabilities: shape.strings(),
  limits: shape.orNull(shape.anyObject('What requests may carry, and how long wrapped answers may live.')),
  templates: shape.strings('Their names.'),
  via: shape.list(wayShape),
})

export const reasons = [
  'granted',
  'no_rule',
  'denied',
  'capability',
  'sudo',
  'wrapping',
  'parameters',
  'owner',
  'configuration',
  'open',
] as const
export type ToldReason = (typeof reasons)[number]

export const explanationShape = shape.object({
  path: shape.string(),
  operation: shape.string(),
  allowed: shape.boolean(),
  reason: shape.oneOf(reasons),
  capabilities: shape.strings('All that holds at the path, as sys/capabilities tells it.'),
  needs_sudo: shape.boolean(),
  has_mount: shape.boolean(),
  space: shape.oneOf(['none', 'entered', 'closed'] as const),
  rules: shape.list(ruleShape),
  overruled: shape.list(ruleShape),
  unfilled: shape.list(ruleShape),
  is_partial: shape.boolean(),
  missing_policies: shape.strings(),
})

export function ruleData({ policy, rule }: Source, ways: ReadonlyMap<string, readonly Way[]>): JsonObject {
  const { path, at, end, capabilities, pattern } = rule
  return {
    policy,
    path,
    line: at.line,
    last_line: end.line,
    capabilities: capabilityNames(capabilities),
    limits: limitsData(rule),
    templates: templatesOf(pattern),
    via: (ways.get(policy) ?? []).map((way) => ({ ...way })),
  }
}

function limitsData({ allowed, denied, required, minWrappingTtl, maxWrappingTtl }: Source['rule']) {
  const limits: JsonObject = {
    ...(allowed !== undefined && { allowed_parameters: parametersData(allowed) }),
    ...(denied !== undefined && { denied_parameters: parametersData(denied) }),
    ...(required.length > 0 && { required_parameters: [...required] }),
    ...(minWrappingTtl > 0 && { min_wrapping_ttl: minWrappingTtl }),
    ...(maxWrappingTtl > 0 && { max_wrapping_ttl: maxWrappingTtl }),
  }
  return Object.keys(limits).length === 0 ? null : limits
}

const parametersData = (rules: ParameterRules): JsonObject =>
  Object.fromEntries([...rules].map(([name, values]) => [name, values.map(valueData)]))

function valueData(value: ParameterValue): Json {
  if (value === null || typeof value !== 'object') return value
  // Not isArray, which forgets that the list is read only.
  return 'number' in value ? value.number : value.map(valueData)
}

import { answer } from '../../backend/answers/answer.ts'
import { shape } from '../../backend/answers/shape.ts'
import { callerOf } from '../../backend/context.ts'
import type { Reply } from '../../backend/message.ts'
import { systemRoute } from '../../backend/routes/route.ts'
import { type Json, type JsonObject, parseJson } from '../../base/json/json.ts'
import type { Acl, ListedRule } from '../../policy/acl.ts'
import type { ParameterRules, ParameterValue } from '../../policy/parameters.ts'
import { capabilityNames } from '../../policy/rule.ts'

/** Rules that are shown at most; nobody can make use of more. */
const maxShown = 10_000

/** What the caller's policies say together, so that a page shows what they can do. It decides nothing. */
const rulesShape = shape.map(
  shape.object(
    { capabilities: shape.strings() },
    {
      min_wrapping_ttl: shape.seconds(),
      max_wrapping_ttl: shape.seconds(),
      allowed_parameters: shape.map(shape.list(shape.any())),
      denied_parameters: shape.map(shape.list(shape.any())),
      required_parameters: shape.strings(),
    },
  ),
)
const resultantShape = shape.object(
  { root: shape.boolean() },
  { exact_paths: rulesShape, glob_paths: rulesShape },
)

export const resultantAclRoute = systemRoute({
  path: 'internal/ui/resultant-acl',
  summary: 'The rules that the caller’s policies make together.',
  answers: { read: answer.data(resultantShape) },
  operations: { read: (context) => resultantAcl(callerOf(context).acl, context.warn) },
})

function resultantAcl(acl: Acl, warn: (text: string) => void): Reply {
  if (acl.isRoot) return { data: { root: true } }
  const exact: [string, JsonObject][] = []
  const glob: [string, JsonObject][] = []
  for (const rule of acl.rules()) {
    if (exact.length + glob.length === maxShown) {
      warn(`only the first ${maxShown} rules are shown`)
      break
    }
    const shown = rule.kind === 'exact' ? exact : glob
    shown.push([rule.pattern, permissions(rule)])
  }
  return {
    data: { root: false, exact_paths: Object.fromEntries(exact), glob_paths: Object.fromEntries(glob) },
  }
}

function permissions({ grant: { capabilities, limits } }: ListedRule): JsonObject {
  const names = capabilityNames(capabilities)
  return {
    capabilities: names.length === 0 ? ['deny'] : names,
    ...(limits === undefined
      ? {}
      : {
          ...(limits.minWrappingTtl > 0 ? { min_wrapping_ttl: limits.minWrappingTtl } : {}),
          ...(limits.maxWrappingTtl > 0 ? { max_wrapping_ttl: limits.maxWrappingTtl } : {}),
          ...(limits.allowed === undefined ? {} : { allowed_parameters: parameters(limits.allowed) }),
          ...(limits.denied === undefined ? {} : { denied_parameters: parameters(limits.denied) }),
          ...(limits.required.length > 0 ? { required_parameters: [...limits.required] } : {}),
        }),
  }
}

const parameters = (rules: ParameterRules): JsonObject =>
  Object.fromEntries([...rules].map(([name, values]) => [name, values.map(jsonOf)]))

function jsonOf(value: ParameterValue): Json {
  if (typeof value !== 'object' || value === null) return value
  return 'number' in value ? parseJson(value.number) : value.map(jsonOf)
}

import { fail } from '../base/errors.ts'
import type { JsonObject } from '../base/json/json.ts'
import {
  type Grant,
  grantOf,
  type Limits,
  type Reason,
  reaches,
  type Source,
  type Verdict,
  verdictsOf,
} from './compiled/grant.ts'
import { createReach, type Reach } from './compiled/reach.ts'
import { buildRuleIndex, type RuleIndex } from './compiled/rule-index.ts'
import { type ListedRule, listRules } from './compiled/rule-list.ts'
import { parametersPass } from './parameters.ts'
import { fillPattern, type TemplateValues } from './pattern.ts'
import { capabilityBits, capabilityNames, type Policy } from './rule.ts'

export type { Reason, Source, Verdict } from './compiled/grant.ts'
export type { ListedRule } from './compiled/rule-list.ts'
export type { TemplateValues } from './pattern.ts'

export type Question = {
  readonly operation: 'create' | 'read' | 'update' | 'patch' | 'delete' | 'list' | 'scan'
  /** The whole path; of a folder, for lists, with its slash. */
  readonly path: string
  readonly fields: JsonObject
  /** Seconds; absent when the answer is not to be wrapped. */
  readonly wrapTtl: number | undefined
  /** The path needs `sudo` besides the operation's own capability. */
  readonly sudo: boolean
}

/** The rules of one caller, compiled once from all their policies. */
export type Acl = {
  readonly isRoot: boolean
  check(question: Question): Verdict
  /**
   * The rules that decide about a question: all that are for the one pattern which fits the path best. None where no
   * rule fits, and for root.
   */
  deciding(question: Pick<Question, 'operation' | 'path'>): readonly Source[]
  /** What the caller may do at a path: sorted names, `["deny"]` or `["root"]`. */
  capabilities(path: string): string[]
  /** Whether the caller has `sudo` at a path. */
  sudo(path: string): boolean
  /**
   * Whether a list may show a name: the caller may do something at the path, or it is a folder (ends in a
   * slash) that leads to such a path, or an exact `list` grant on its folder shows all names in it.
   */
  mayReach(path: string): boolean
  /** Whether it is certain, without looking at names, that {@link mayReach} holds for all of a folder. */
  reachesAll(folder: string): boolean
  /**
   * Where the rules allow only a few names in a folder (empty, or ending in a slash), these, sorted and
   * without slashes; else `any`. Each still has to be asked about with `mayReach`.
   */
  nextSegments(folder: string): 'any' | readonly string[]
  /** All rules; none of root's, which needs none. */
  rules(): Iterable<ListedRule>
}

/** What a token with the policy `root` may do. */
export const rootAcl: Acl = {
  isRoot: true,
  check: () => rootVerdict,
  deciding: () => [],
  capabilities: () => ['root'],
  sudo: () => true,
  mayReach: () => true,
  reachesAll: () => true,
  nextSegments: () => 'any',
  rules: () => [],
}
const rootVerdict: Verdict = { allowed: true, granting: ['root'], reason: 'granted' }

/** Patterns that the policies of one caller may make together, templates filled in. */
const maxPatterns = 200_000
const noValues: TemplateValues = () => []

/**
 * Compiles policies into rules that answer at once. A policy named `root` has no special meaning here.
 *
 * @param values of the caller's identity; absent when the caller has none
 * @throws forbidden when the policies make more rules than can be held
 */
export function compileAcl(
  policies: readonly { readonly name: string; readonly policy: Policy }[],
  values: TemplateValues = noValues,
): Acl {
  const builder = buildRuleIndex()
  for (const { name, policy } of policies) {
    const verdicts = verdictsOf(name)
    for (const rule of policy.rules) {
      const grant = grantOf(rule, name, verdicts)
      for (const pattern of fillPattern(rule.pattern, values)) builder.add(pattern, grant)
    }
    if (builder.size > maxPatterns) {
      fail('forbidden', `the policies of the caller make more than ${maxPatterns} rules`)
    }
  }
  return aclOver(builder.build())
}

function aclOver(index: RuleIndex): Acl {
  let reach: Reach | undefined
  const reachOf = () => {
    reach ??= createReach(index)
    return reach
  }
  const grantFor = (question: Pick<Question, 'operation' | 'path'>) =>
    isList(question) ? index.findFolder(question.path) : index.find(question.path)
  return {
    isRoot: false,
    check: (question) => judge(question, grantFor(question)),
    deciding: (question) => grantFor(question)?.sources ?? [],
    capabilities(path) {
      const bits = index.findFolder(path)?.capabilities ?? 0
      return bits === 0 ? ['deny'] : capabilityNames(bits)
    },
    sudo: (path) => ((index.find(path)?.capabilities ?? 0) & capabilityBits.sudo) !== 0,
    mayReach: (path) => reachOf().mayReach(path),
    reachesAll: (folder) => reachOf().reachesAll(folder),
    nextSegments: (folder) => reachOf().nextSegments(folder),
    rules: () => listRules(index),
  }
}

const isList = ({ operation }: Pick<Question, 'operation'>) => operation === 'list' || operation === 'scan'

function judge(question: Question, grant: Grant | undefined): Verdict {
  if (grant === undefined) return refused.no_rule
  if ((grant.capabilities & capabilityBits.deny) !== 0) return refused.denied
  const bit = capabilityBits[question.operation]
  if (!reaches(grant) || (grant.capabilities & bit) === 0) return refused.capability
  if (question.sudo && (grant.capabilities & capabilityBits.sudo) === 0) return refused.sudo
  if (grant.limits !== undefined) {
    const { limits } = grant
    if (!wrappingPasses(limits, question.wrapTtl)) return refused.wrapping
    if (takesParameters(question) && !parametersPass(limits, question.fields)) return refused.parameters
  }
  return grant.verdicts[31 - Math.clz32(bit)] ?? refused.capability
}

const takesParameters = ({ operation }: Question) =>
  operation === 'read' || operation === 'create' || operation === 'update' || operation === 'patch'

function wrappingPasses({ minWrappingTtl, maxWrappingTtl }: Limits, ttl: number | undefined): boolean {
  if (minWrappingTtl > 0 && (ttl === undefined || ttl < minWrappingTtl)) return false
  return maxWrappingTtl === 0 || (ttl !== undefined && ttl <= maxWrappingTtl)
}

const refusal = (reason: Reason): Verdict => ({ allowed: false, granting: [], reason })
const refused = {
  no_rule: refusal('no_rule'),
  denied: refusal('denied'),
  capability: refusal('capability'),
  sudo: refusal('sudo'),
  wrapping: refusal('wrapping'),
  parameters: refusal('parameters'),
}

import type { JsonObject } from '../base/json.ts'
import { joinParameters, type Parameters, parametersPass } from './parameters.ts'
import { type Capability, capabilityBits, type Policy, type Rule } from './parse.ts'
import { fillPattern, type TemplateValues } from './pattern.ts'
import { createRuleIndex, type RuleIndex } from './rule-index.ts'

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

export type Verdict = { readonly allowed: boolean; readonly granting: readonly string[] }

/** The rules of one caller, compiled once from all their policies. */
export type Acl = {
  readonly isRoot: boolean
  check(question: Question): Verdict
  /** What the caller may do at a path: sorted names, `["deny"]` or `["root"]`. */
  capabilities(path: string): readonly string[]
  sudo(path: string): boolean
  /**
   * Whether a list may show a name: the caller may do something at the path, or it is a folder (ends in a
   * slash) that leads to such a path, or an exact `list` grant on its folder shows all names in it.
   */
  mayReach(path: string): boolean
  /** Where the rules allow only a few names below a folder, these; else `any`. */
  nextSegments(folder: string): 'any' | readonly string[]
}

/** All rules for one path, joined. */
export type JoinedRule = Parameters & {
  readonly capabilities: number
  readonly minWrappingTtl: number
  readonly maxWrappingTtl: number
  readonly verdict: Verdict
}

const denied: Verdict = { allowed: false, granting: [] }
const none: TemplateValues = () => []

export const rootAcl: Acl = {
  isRoot: true,
  check: () => rootVerdict,
  capabilities: () => ['root'],
  sudo: () => true,
  mayReach: () => true,
  nextSegments: () => 'any',
}
const rootVerdict: Verdict = { allowed: true, granting: ['root'] }

/** @param now milliseconds since 1970, for rules that expire */
export function compileAcl(
  policies: readonly { readonly name: string; readonly policy: Policy }[],
  values: TemplateValues = none,
  now: number = Date.now(),
): Acl {
  const index = createRuleIndex<JoinedRule>(join)
  for (const { name, policy } of policies) {
    for (const rule of policy.rules) {
      if (rule.expires !== undefined && rule.expires <= now) continue
      for (const pattern of fillPattern(rule.pattern, values)) index.add(pattern, single(rule, name))
    }
  }
  return aclOver(index)
}

function single(rule: Rule, policy: string): JoinedRule {
  const { capabilities, minWrappingTtl, maxWrappingTtl, allowed, denied: refused, required } = rule
  return {
    capabilities,
    minWrappingTtl,
    maxWrappingTtl,
    allowed,
    denied: refused,
    required,
    verdict: { allowed: true, granting: [policy] },
  }
}

/** Capabilities add up, a deny wins, parameter rules are joined, the shorter wrapping bounds hold. */
function join(a: JoinedRule, b: JoinedRule): JoinedRule {
  const sum = a.capabilities | b.capabilities
  const shorter = (x: number, y: number) => (x === 0 || y === 0 ? x + y : Math.min(x, y))
  return {
    ...joinParameters(a, b),
    capabilities: (sum & capabilityBits.deny) === 0 ? sum : capabilityBits.deny,
    minWrappingTtl: shorter(a.minWrappingTtl, b.minWrappingTtl),
    maxWrappingTtl: shorter(a.maxWrappingTtl, b.maxWrappingTtl),
    verdict: { allowed: true, granting: [...new Set([...a.verdict.granting, ...b.verdict.granting])] },
  }
}

const grants = (rule: JoinedRule | undefined): rule is JoinedRule =>
  rule !== undefined && rule.capabilities !== 0 && (rule.capabilities & capabilityBits.deny) === 0

function aclOver(index: RuleIndex<JoinedRule>): Acl {
  return {
    isRoot: false,
    check({ operation, path, fields, wrapTtl, sudo }) {
      const rule = index.find(path)
      if (!grants(rule)) return denied
      const needed = capabilityBits[operation] | (sudo ? capabilityBits.sudo : 0)
      if ((rule.capabilities & needed) !== needed) return denied
      if (rule.minWrappingTtl > 0 && (wrapTtl === undefined || wrapTtl < rule.minWrappingTtl)) return denied
      if (rule.maxWrappingTtl > 0 && (wrapTtl === undefined || wrapTtl > rule.maxWrappingTtl)) return denied
      if (operation === 'read' || operation === 'create' || operation === 'update' || operation === 'patch') {
        if (!parametersPass(rule, fields)) return denied
      }
      return rule.verdict
    },
    capabilities(path) {
      const rule = index.find(path)
      return grants(rule) ? namesOf(rule.capabilities) : ['deny']
    },
    sudo(path) {
      const rule = index.find(path)
      return grants(rule) && (rule.capabilities & capabilityBits.sudo) !== 0
    },
    mayReach(path) {
      if (grants(index.find(path))) return true
      if (path.endsWith('/') && index.anyBelow(path, grants)) return true
      return showsAll(index, folderOf(path))
    },
    nextSegments: (folder) => (showsAll(index, folder) ? 'any' : index.nextSegments(folder, grants)),
  }
}

const showsAll = (index: RuleIndex<JoinedRule>, folder: string) => {
  const rule = index.exact(folder)
  return grants(rule) && (rule.capabilities & (capabilityBits.list | capabilityBits.scan)) !== 0
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/', path.length - 2) + 1)

function namesOf(capabilities: number): string[] {
  return (Object.keys(capabilityBits) as Capability[])
    .filter((name) => (capabilities & capabilityBits[name]) !== 0)
    .sort()
}


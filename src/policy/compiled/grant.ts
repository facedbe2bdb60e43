import { joinParameters, type Parameters } from '../parameters.ts'
import { capabilityBits, type Rule } from '../rule.ts'

export type Reason = 'granted' | 'no_rule' | 'denied' | 'capability' | 'sudo' | 'wrapping' | 'parameters'

/** An answer to a question. Made once with the rules, so that answering costs no memory. */
export type Verdict = {
  readonly allowed: boolean
  /** Names of the policies that grant it. */
  readonly granting: readonly string[]
  readonly reason: Reason
}

/** Everything that all rules for one path say together. */
export type Grant = {
  readonly capabilities: number
  /** The rules that it comes from. */
  readonly sources: readonly Source[]
  readonly limits: Limits | undefined
  /** By the position of the capability's bit. */
  readonly verdicts: readonly Verdict[]
}

/** A rule, and the name of its policy. */
export type Source = { readonly policy: string; readonly rule: Rule }

export type Limits = Parameters & { readonly minWrappingTtl: number; readonly maxWrappingTtl: number }

/** What a policy says with rules that only one policy has: shared by all its grants. */
export function verdictsOf(policy: string): readonly Verdict[] {
  const verdict: Verdict = { allowed: true, granting: [policy], reason: 'granted' }
  return operationBits.map(() => verdict)
}

const operationBits = [
  capabilityBits.create,
  capabilityBits.read,
  capabilityBits.update,
  capabilityBits.delete,
  capabilityBits.list,
  capabilityBits.sudo,
  capabilityBits.patch,
  capabilityBits.scan,
]

export function grantOf(rule: Rule, policy: string, verdicts: readonly Verdict[]): Grant {
  const { capabilities, allowed, denied, required, minWrappingTtl, maxWrappingTtl } = rule
  const bounded = allowed ?? denied ?? (required.length > 0 || minWrappingTtl > 0 || maxWrappingTtl > 0)
  const limits = bounded === false ? undefined : { allowed, denied, required, minWrappingTtl, maxWrappingTtl }
  return { capabilities, sources: [{ policy, rule }], limits, verdicts }
}

const { deny } = capabilityBits

/**
 * Capabilities and parameter rules add up, a deny wins, the shorter wrapping bounds hold. Joined by halves, so that
 * very many for one path do not copy each other's rules again and again.
 *
 * @param grants at least one
 */
export function joinGrants(grants: readonly Grant[], from = 0, to = grants.length): Grant {
  if (to - from === 1) return grants[from] as Grant
  const middle = (from + to) >>> 1
  return joinTwo(joinGrants(grants, from, middle), joinGrants(grants, middle, to))
}

function joinTwo(a: Grant, b: Grant): Grant {
  const sources = [...a.sources, ...b.sources]
  if (((a.capabilities | b.capabilities) & deny) !== 0) {
    return { capabilities: deny, sources, limits: undefined, verdicts: [] }
  }
  return {
    capabilities: a.capabilities | b.capabilities,
    sources,
    limits: joinLimits(a.limits, b.limits),
    verdicts: operationBits.map((bit, at) => ({
      allowed: true,
      granting: [...new Set([...grantingOf(a, bit, at), ...grantingOf(b, bit, at)])],
      reason: 'granted',
    })),
  }
}

/** Of what comes from one rule alone, the verdicts name its policy for every capability. */
const grantingOf = ({ capabilities, verdicts }: Grant, bit: number, at: number): readonly string[] =>
  (capabilities & bit) === 0 ? [] : (verdicts[at]?.granting ?? [])

function joinLimits(a: Limits | undefined, b: Limits | undefined): Limits | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return {
    ...joinParameters(a, b),
    minWrappingTtl: shorter(a.minWrappingTtl, b.minWrappingTtl),
    maxWrappingTtl: shorter(a.maxWrappingTtl, b.maxWrappingTtl),
  }
}

/** Zero stands for no bound. */
const shorter = (a: number, b: number) => (a === 0 || b === 0 ? a + b : Math.min(a, b))

const { create, read, update, patch, delete: remove, list, scan } = capabilityBits
const reaching = create | read | update | patch | remove | list | scan

/** Whether it lets one do something; `sudo` alone does not. */
export const reaches = (grant: Grant | undefined): grant is Grant =>
  grant !== undefined && (grant.capabilities & reaching) !== 0

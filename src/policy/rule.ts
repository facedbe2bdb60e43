import type { Position } from '../base/hcl/ast.ts'
import type { ParameterRules } from './parameters.ts'
import type { PathPattern } from './pattern.ts'

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

/** One `path` of a policy. */
export type Rule = {
  /** As it was written. */
  readonly path: string
  /** Where it begins and ends in the text of its policy. */
  readonly at: Position
  readonly end: Position
  readonly pattern: PathPattern
  /** Of {@link capabilityBits}; with `deny` nothing else. */
  readonly capabilities: number
  readonly allowed: ParameterRules | undefined
  readonly denied: ParameterRules | undefined
  /** Lower case. */
  readonly required: readonly string[]
  /** Seconds; 0 for unset. */
  readonly minWrappingTtl: number
  readonly maxWrappingTtl: number
}

export type Policy = { readonly rules: readonly Rule[] }

/** The names of the bits, sorted. */
export function capabilityNames(bits: number): string[] {
  return sortedNames.filter((name) => (bits & capabilityBits[name]) !== 0)
}
// Object.keys forgets the type of the keys.
const sortedNames = (Object.keys(capabilityBits) as Capability[]).sort()

import { isRawNumber, type Json, type JsonObject } from '../base/json/json.ts'
import { globMatches } from './glob.ts'

/** A value that a parameter rule names. */
export type ParameterValue = string | boolean | null | { readonly number: string } | readonly ParameterValue[]
/** Names in lower case; an empty list stands for any value. */
export type ParameterRules = ReadonlyMap<string, readonly ParameterValue[]>

/** The parameter rules of one path, joined from all rules for it. */
export type Parameters = {
  readonly allowed: ParameterRules | undefined
  readonly denied: ParameterRules | undefined
  /** Lower case. */
  readonly required: readonly string[]
}

export function joinParameters(a: Parameters, b: Parameters): Parameters {
  return {
    allowed: joinRules(a.allowed, b.allowed),
    denied: joinRules(a.denied, b.denied),
    required: [...new Set([...a.required, ...b.required])],
  }
}

/** An empty list stands for any value, so it swallows the other's values. */
function joinRules(a: ParameterRules | undefined, b: ParameterRules | undefined): ParameterRules | undefined {
  if (a === undefined || b === undefined) return a ?? b
  const joined = new Map(a)
  for (const [name, values] of b) {
    const before = joined.get(name)
    const any = values.length === 0 || before?.length === 0
    joined.set(name, any ? [] : [...(before ?? []), ...values])
  }
  return joined
}

/**
 * Whether the fields of a request pass. Denied wins over allowed. Names are compared without case, except
 * that a required one must be there in lower case.
 */
export function parametersPass({ allowed, denied, required }: Parameters, fields: JsonObject): boolean {
  for (const name of required) if (!Object.hasOwn(fields, name)) return false
  const names = Object.keys(fields)
  if (names.length === 0) return true
  if (denied !== undefined && denied.size > 0) {
    if (denied.has('*')) return false
    for (const name of names) {
      const values = denied.get(name.toLowerCase())
      if (
        values !== undefined &&
        (values.length === 0 || values.some((value) => isDenied(value, fields[name])))
      ) {
        return false
      }
    }
  }
  if (allowed === undefined || allowed.size === 0) return true
  const others = allowed.has('*')
  return names.every((name) => {
    const values = allowed.get(name.toLowerCase())
    if (values === undefined) return others
    return values.length === 0 || values.some((value) => isAllowed(value, fields[name]))
  })
}

/**
 * Texts by globs, lists as a whole and without globs. A JSON number fits nothing, and a lone `*` itself alone, as in
 * the original: any value is what an empty list stands for.
 */
function isAllowed(rule: ParameterValue, value: Json | undefined): boolean {
  return typeof rule === 'string' && typeof value === 'string' && rule !== '*'
    ? globMatches(rule, value)
    : isSame(rule, value)
}

function isSame(rule: ParameterValue, value: Json | undefined): boolean {
  if (!isList(rule)) return rule === value
  return (
    Array.isArray(value) && value.length === rule.length && rule.every((item, i) => isSame(item, value[i]))
  )
}

/** Fields are read loosely (`2` for `"2"`), so a refused value is refused in every spelling of it. */
function isDenied(rule: ParameterValue, value: Json | undefined): boolean {
  if (isList(rule)) {
    return (
      Array.isArray(value) &&
      value.length === rule.length &&
      rule.every((item, i) => isDenied(item, value[i]))
    )
  }
  const text = scalarText(value)
  if (rule === null || text === undefined) return rule === value
  if (typeof rule === 'string') return globMatches(rule, text)
  if (typeof rule === 'boolean') return text === String(rule)
  // Both are read as numbers where they can be, so that 2, 2.0 and 2e0 are one.
  return text === rule.number || Number(text) === Number(rule.number)
}

function scalarText(value: Json | undefined): string | undefined {
  if (isRawNumber(value)) return value.rawJSON
  return typeof value === 'object' || value === undefined ? undefined : String(value)
}

const isList = (rule: ParameterValue): rule is readonly ParameterValue[] => Array.isArray(rule)

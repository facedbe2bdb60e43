import { isRawNumber, type Json, type JsonObject } from '../base/json.ts'
import { globMatches } from './glob.ts'
import type { ParameterRules, ParameterValue } from './parse.ts'

/** The parameter rules of one path, joined from all rules for it. */
export type Parameters = {
  readonly allowed: ParameterRules | undefined
  readonly denied: ParameterRules | undefined
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
    joined.set(name, before === undefined ? values : before.length && values.length ? [...before, ...values] : [])
  }
  return joined
}

/** Whether the fields of a request pass. Denied wins over allowed; names are compared without case. */
export function parametersPass({ allowed, denied, required }: Parameters, fields: JsonObject): boolean {
  const names = Object.keys(fields)
  if (required.some((name) => !Object.hasOwn(fields, name))) return false
  if (denied !== undefined) {
    if (denied.has('*') && names.length > 0) return false
    for (const name of names) {
      const values = denied.get(name.toLowerCase())
      if (values !== undefined && (values.length === 0 || fits(values, fields[name]))) return false
    }
  }
  if (allowed === undefined || allowed.size === 0) return true
  const others = allowed.has('*')
  return names.every((name) => {
    const values = allowed.get(name.toLowerCase())
    if (values === undefined) return others
    return values.length === 0 || fits(values, fields[name])
  })
}

const fits = (values: readonly ParameterValue[], value: Json | undefined) =>
  values.some((wanted) => matches(wanted, value))

function matches(wanted: ParameterValue, value: Json | undefined): boolean {
  if (typeof wanted === 'string') {
    if (typeof value === 'string') return globMatches(wanted, value)
    if (typeof value === 'number') return wanted === String(value)
    return isRawNumber(value) && wanted === value.rawJSON
  }
  if (typeof wanted === 'boolean') return wanted === value
  return (
    Array.isArray(value) &&
    value.length === wanted.length &&
    wanted.every((item, i) => matches(item, value[i]))
  )
}

import { formatGoDuration } from '../base/duration.ts'

/** What is asked for and what bounds it; all in seconds, 0 for unset. */
export type TtlRequest = {
  readonly ttl: number
  readonly period: number
  readonly explicitMaxTtl: number
  /** Of the role or the auth method. */
  readonly maxTtl?: number
}

/** The bounds of the mount or the system, seconds. */
export type TtlBounds = { readonly default: number; readonly max: number }

export type TtlDecision = { readonly ttl: number; readonly explicitMaxTtl: number; readonly period: number }

/**
 * How long a new or renewed token lives. A periodic token gets its period; another one what it asks for or
 * the default; no one gets more than the maximum of role, mount and system, nor lives past its explicit
 * maximum.
 *
 * @param age seconds since the token was made; 0 for a new one
 * @param warn told when something was cut
 */
export function decideTtl(
  request: TtlRequest,
  bounds: TtlBounds,
  age: number,
  warn: (text: string) => void,
): TtlDecision {
  const max = Math.min(bounds.max, request.maxTtl || bounds.max)
  const cap = (value: number, name: string): number => {
    if (value <= max) return value
    warn(
      `${name} of "${formatGoDuration(value)}" exceeded the effective max_ttl of "${formatGoDuration(max)}"; ` +
        `${name === 'TTL' ? 'TTL' : name} value is capped accordingly`,
    )
    return max
  }
  const explicitMaxTtl = cap(request.explicitMaxTtl, 'explicit_max_ttl')
  const period = cap(request.period, 'period')
  const remaining = (limit: number) => Math.max(0, limit - age)

  let ttl: number
  if (period > 0) ttl = period
  else {
    const wanted = request.ttl || Math.min(bounds.default, max)
    ttl = age === 0 ? cap(wanted, 'TTL') : wanted
    if (age > 0 && ttl > remaining(max)) {
      ttl = remaining(max)
      warn(
        `TTL of "${formatGoDuration(wanted)}" exceeded the effective max_ttl of ` +
          `"${formatGoDuration(Math.ceil(ttl))}"; TTL value is capped accordingly`,
      )
    }
  }
  if (explicitMaxTtl > 0 && ttl > remaining(explicitMaxTtl)) {
    warn(
      `TTL of "${formatGoDuration(Math.ceil(ttl))}" exceeded the effective max_ttl of ` +
        `"${formatGoDuration(Math.ceil(remaining(explicitMaxTtl)))}"; TTL value is capped accordingly`,
    )
    ttl = remaining(explicitMaxTtl)
  }
  return { ttl, explicitMaxTtl, period }
}

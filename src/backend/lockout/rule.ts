/** When a mount locks somebody out who fails to log in. Spans in seconds, 0 for the usual; see {@link ruleOf}. */
export type UserLockout = {
  readonly threshold: number
  readonly duration: number
  readonly counterReset: number
  readonly disabled: boolean
}

/** A locked user is free again, and a failure forgotten, after a quarter of an hour. */
const usual: UserLockout = { threshold: 5, duration: 900, counterReset: 900, disabled: false }

/** The rule that holds on a mount: its own where set. */
export function ruleOf(set: UserLockout | undefined): UserLockout {
  return {
    threshold: set?.threshold || usual.threshold,
    duration: set?.duration || usual.duration,
    counterReset: set?.counterReset || usual.counterReset,
    disabled: set?.disabled ?? usual.disabled,
  }
}

/** Failed logins in a row; `last` in milliseconds since 1970. */
export type Failures = { readonly count: number; readonly last: number }

/** Whether somebody is locked out now. */
export function isLocked(failures: Failures | undefined, rule: UserLockout, now: number): boolean {
  if (failures === undefined || rule.disabled) return false
  return failures.count >= rule.threshold && now < failures.last + rule.duration * 1000
}

/** Failures that still count now; a lockout that is over takes its failures with it. */
export function countOf(failures: Failures | undefined, rule: UserLockout, now: number): number {
  if (failures === undefined) return 0
  if (isLocked(failures, rule, now)) return failures.count
  const isForgotten = now >= failures.last + rule.counterReset * 1000
  return isForgotten || failures.count >= rule.threshold ? 0 : failures.count
}

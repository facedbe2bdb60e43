import type { Clock } from '../../../base/clock.ts'
import { fail } from '../../../base/errors.ts'

/** Spans in milliseconds. */
export type RenewalRules = {
  /** A value is used without asking again for so long. */
  readonly maxAge: number
  /** An older value is still used for so long when asking again fails. */
  readonly keepFor: number
  /** The least time from an attempt that succeeded to the next. */
  readonly cooldown: number
  /** The least time from an attempt that failed to the next. */
  readonly retryAfter: number
  /** The most callers that wait for one attempt; more are refused. */
  readonly maxWaiting: number
}

export const usualRules: RenewalRules = {
  maxAge: 10 * 60_000,
  keepFor: 60 * 60_000,
  cooldown: 30_000,
  retryAfter: 5_000,
  maxWaiting: 128,
}

/** A value that comes from afar and is kept for a while. At most one attempt to load it runs at a time. */
export type Renewing<T> = {
  /**
   * The value, loaded again when it has come of age.
   *
   * @throws what loading threw, when there is no value that may be used; rate_limited when too many wait
   */
  get(): Promise<T>
  /** A newer value than `seen`, or undefined when there is none or it is too early to ask again. */
  renew(seen: T): Promise<T | undefined>
}

/** @param load may throw; what it throws is what callers see until the next attempt */
export function renewing<T>(load: () => Promise<T>, clock: Clock, rules: RenewalRules): Renewing<T> {
  let value: { readonly loaded: T; readonly at: number } | undefined
  let attempted = Number.NEGATIVE_INFINITY
  let failure: unknown
  let pending: Promise<void> | undefined
  let waiting = 0

  async function attempt(): Promise<void> {
    if (waiting >= rules.maxWaiting) fail('rate_limited', 'too many logins wait for the identity provider')
    waiting++
    try {
      pending ??= start()
      await pending
    } finally {
      waiting--
    }
  }

  async function start(): Promise<void> {
    attempted = clock.monotonic()
    try {
      value = { loaded: await load(), at: clock.monotonic() }
      failure = undefined
    } catch (error) {
      failure = error
    } finally {
      pending = undefined
    }
  }

  const cooling = () => {
    const least = failure === undefined ? rules.cooldown : rules.retryAfter
    return pending === undefined && clock.monotonic() - attempted < least
  }
  const usable = () =>
    value !== undefined && clock.monotonic() - value.at < rules.keepFor ? value : undefined

  return {
    async get() {
      if (value !== undefined && clock.monotonic() - value.at < rules.maxAge) return value.loaded
      if (!cooling()) await attempt()
      const found = usable()
      if (found === undefined) throw failure
      return found.loaded
    },
    async renew(seen) {
      if (value !== undefined && value.loaded !== seen) return value.loaded
      if (cooling()) return undefined
      await attempt()
      return value !== undefined && value.loaded !== seen ? value.loaded : undefined
    },
  }
}

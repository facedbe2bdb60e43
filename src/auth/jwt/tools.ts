import { createSlots, createSlotsOfEach, type Slots, type SlotsOfEach } from '../../backend/logins/slots.ts'
import type { Clock } from '../../base/clock.ts'
import { createUserInfo, type UserInfo } from './groups/userinfo.ts'
import { type FetchJson, fetchJson } from './keys/fetch.ts'
import { createProviders, type Providers } from './keys/providers.ts'

/** What all mounts of a process share: what is known of providers, and the bounds on what logins may cost. */
export type Tools = {
  readonly clock: Clock
  readonly providers: Providers
  readonly userInfo: UserInfo
  readonly slots: Slots
  /** Questions to each provider by logins in a browser; logins beyond them are refused with rate_limited. */
  readonly questions: SlotsOfEach
  /** Milliseconds that each of these questions may take. */
  readonly questionTimeout: number
}

export type ToolsOptions = {
  readonly clock: Clock
  /** Tests may answer in a provider's stead. */
  readonly fetch?: FetchJson
  /** Signature checks at once; logins beyond them are refused with rate_limited. */
  readonly slots?: number
  /** Milliseconds that an answer of UserInfo may take. */
  readonly userInfoTimeout?: number
  /** Milliseconds that each other question of a login in a browser may take. */
  readonly questionTimeout?: number
}

/** Makes what all mounts of a process share; nothing is asked of any provider yet. */
export function createTools(options: ToolsOptions): Tools {
  const { clock, fetch = fetchJson, slots = 64, userInfoTimeout, questionTimeout = 5_000 } = options
  return {
    clock,
    providers: createProviders({ clock, fetch }),
    userInfo: createUserInfo({
      clock,
      fetch,
      ...(userInfoTimeout === undefined ? {} : { timeout: userInfoTimeout }),
    }),
    slots: createSlots(slots),
    questions: createSlotsOfEach(slots),
    questionTimeout,
  }
}

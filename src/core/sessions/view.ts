import type { Clock } from '../../base/clock.ts'
import { identityOfToken } from '../../identity/resolve.ts'
import { secondsLeft } from '../../lease/lease.ts'
import type { TokenView } from '../../token/view.ts'
import type { Transaction } from '../../transaction/transaction.ts'

/** What a page may know of its session: all that a lookup tells but the token. */
export type SessionView = {
  readonly display_name: string
  readonly entity_id: string
  /** Of the token and of its entity. */
  readonly policies: readonly string[]
  readonly accessor: string
  /** Seconds that are left. */
  readonly ttl: number
  readonly renewable: boolean
  readonly type: 'service' | 'batch'
  /** Where the token was made, such as `auth/userpass/login/alice`. */
  readonly path: string
  readonly meta: Readonly<Record<string, string>> | null
}

export async function viewSession(
  tx: Transaction,
  { record, lease, type }: TokenView,
  clock: Clock,
  /** When the session ends by itself, milliseconds since 1970. */
  ends: number | undefined,
): Promise<SessionView> {
  const identity = await identityOfToken(tx, record)
  return {
    display_name: record.displayName,
    entity_id: record.entityId,
    policies: [...new Set([...record.policies, ...(identity?.policies ?? [])])].sort(),
    accessor: record.accessor,
    // What is left of the last second is no zero, which would stand for ever.
    ttl: Math.max(1, lease === undefined ? secondsUntil(ends, clock) : secondsLeft(lease, clock.now())),
    renewable: record.renewable && lease !== undefined,
    type,
    path: record.path,
    meta: record.meta,
  }
}

const secondsUntil = (time: number | undefined, clock: Clock) =>
  time === undefined ? 0 : Math.floor((time - clock.now()) / 1000)

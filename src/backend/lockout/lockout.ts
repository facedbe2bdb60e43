import { createHash } from 'node:crypto'
import { jsonRecord } from '../../transaction/record.ts'
import type { Context } from '../context.ts'
import { digestOf, wantDigest } from '../mounts/mount-digest.ts'
import { countOf, type Failures, isLocked, ruleOf, type UserLockout } from './rule.ts'

/** The failures of somebody whom the mount knows, by the one spelling of their name. */
export const failureRows = jsonRecord<Failures & { readonly alias: string }>('failed logins')
export const failureFolder = 'lockout/'
/** The row with the failures of somebody whom the mount knows. @param alias the one spelling of their name */
export const failureRow = (alias: string) => failureFolder + createHash('sha256').update(alias).digest('hex')

/**
 * Failures of names that nobody has, so that answers do not tell these from others. What they take in the store
 * is bounded: so many rows, each with so many names, of which the oldest make room, and those that are locked out last.
 */
type Strangers = Readonly<Record<string, Failures>>
const strangerRows = jsonRecord<Strangers>('failed logins of unknown names')
const strangerFolder = 'lockout-unknown/'
const namesPerRow = 8
/** 1,024 rows: five bits of each of two characters. */
const rowOf = (digest: string) =>
  strangerFolder +
  [...Buffer.from(digest, 'base64url').subarray(0, 2)].map((byte) => (byte & 31).toString(32)).join('')

/** Who wants in: the one spelling of their name, and whether the mount knows it. */
export type Comer = { readonly alias: string; readonly known: boolean }

export type Lockout = {
  /** Whether the comer is locked out, whatever they bring. */
  readonly locked: boolean
  /** Counts a failure; it stands only if the transaction commits. */
  failed(): void
  /** Forgets the failures of a comer who got in. */
  succeeded(): void
}

/** Announces what {@link lockoutOf} reads. */
export function wantLockout(context: Pick<Context, 'storage'>, alias: string): void {
  wantDigest(context)
  context.storage.want(failureRows, failureRow(alias))
}

/**
 * What the mount knows of the failures of somebody who wants in. It is read in the login's transaction, so that
 * of many tries at once no more are looked at than the rule allows, whichever process serves them.
 */
export async function lockoutOf(context: Context, { alias, known }: Comer): Promise<Lockout> {
  const { storage, clock, mount } = context
  const rule = ruleOf(mount.config.userLockout)
  const now = clock.now()
  // Both are read for everybody, so that it takes the same time.
  const digest = (await digestOf(context, 'lockout'))(alias)
  const own = await storage.get(failureRows, failureRow(alias))
  const strangers = (await storage.get(strangerRows, rowOf(digest))) ?? {}
  const failures = known ? own : strangers[digest]
  return {
    locked: isLocked(failures, rule, now),
    failed() {
      if (rule.disabled) return
      const counted = { count: countOf(failures, rule, now) + 1, last: now }
      if (known) storage.put(failureRows, failureRow(alias), { alias, ...counted })
      else storage.put(strangerRows, rowOf(digest), withOne(strangers, digest, counted, rule, now))
    },
    succeeded() {
      if (own !== undefined) storage.delete(failureRow(alias))
    },
  }
}

function withOne(
  strangers: Strangers,
  digest: string,
  counted: Failures,
  rule: UserLockout,
  now: number,
): Strangers {
  const others = Object.entries(strangers)
    .filter(([name, failures]) => name !== digest && countOf(failures, rule, now) > 0)
    // Who is locked out stays so, as somebody who exists would: else many failures would tell the two apart.
    .sort(
      ([, a], [, b]) => Number(isLocked(b, rule, now)) - Number(isLocked(a, rule, now)) || b.last - a.last,
    )
    .slice(0, namesPerRow - 1)
  return Object.fromEntries([[digest, counted], ...others])
}

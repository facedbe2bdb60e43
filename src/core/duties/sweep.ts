import { mountPrefix } from '../../backend/mounts/mount.ts'
import { readMounts } from '../../backend/mounts/mount-table.ts'
import { dropOpening, openingPrefix, openings } from '../../backend/spaces/openings.ts'
import { wrappedKey } from '../../backend/wrapping.ts'
import type { Clock } from '../../base/clock.ts'
import { bucketOf, duePrefix, leaseKey, meetEntry } from '../../lease/lease.ts'
import type { StorageKey } from '../../storage/store.ts'
import { retiredPrefix, retiredRecords } from '../../sys/mounts/retire.ts'
import { childPrefix, type TokenHash, tokenKey, tokenRecords } from '../../token/record.ts'
import { remainsPrefix, remainsRecords, revokeToken } from '../../token/revoke.ts'
import type { Ground } from '../../transaction/transaction.ts'
import { endingOf, endingPrefix } from '../sessions/record.ts'
import { dropSession, dropSessionsOf } from '../sessions/rows.ts'
import type { Duty, Turn } from './duty.ts'
import { type Left, leftRows } from './left.ts'

/** Steps of one run. */
const maxSteps = 500
/** Revoked tokens that one step looks at, and entries of the expiry that it meets. */
const maxTokens = 20
const maxEntries = 200
/** Rows that one commit takes away, and children that it ends, as far as the store takes so much at once. */
const maxRows = 200
const maxChildren = 20
/** Sessions that one commit takes away. */
const maxSessions = 20
/** Rows that ending one child reads or writes, at most. */
const rowsOfChild = 16

type Parts = {
  readonly ground: () => Ground
  readonly clock: Clock
  /** Told of every lease that ended. */
  readonly expired?: (() => void) | undefined
}

/**
 * Clears away what time or a revocation has ended; all of it is refused already. Each step is a small
 * transaction, so that it never stands in the way of requests, and finds its work without looking at what
 * has not ended. A row that does not open stays where it is and keeps nothing else from being cleared away; a
 * run that met one, or a part of which failed otherwise, says so at its end.
 */
export function sweepDuty(parts: Parts): Duty {
  return {
    name: 'sweep',
    every: 20_000,
    async run(turn) {
      const { endedOpenings, dueLeases, revokedTokens, endedSessions, removedMounts } = stepsOf(parts, turn)
      const left = leftRows()
      let steps = maxSteps
      for (const step of [endedOpenings, dueLeases, revokedTokens, endedSessions, removedMounts]) {
        await left.apart(async () => {
          while (steps > 0 && !turn.signal.aborted && (await step(left))) steps--
        })
      }
      left.report()
      return steps === 0 ? 'more' : 'done'
    },
  }
}

function stepsOf({ ground, clock, expired }: Parts, turn: Turn) {
  async function dueLeases(left: Left): Promise<boolean> {
    const now = bucketOf(clock.now())
    const [bucket] = (await ground().store.list(duePrefix, { after: left.behind(duePrefix), limit: 1 })).names
    // A bucket ends with the minute that names it, so all in it is over only when that minute is.
    if (bucket === undefined || bucket.slice(0, -1) >= now) return false
    const folder = duePrefix + bucket
    const { names } = await ground().store.list(folder, { after: left.behind(folder), limit: maxEntries })
    for (const name of names) await left.past(folder, name, endLease)
    // What is still in a bucket then stays in it.
    if (names.length === 0) left.skip(duePrefix, bucket)
    return true
  }

  const endLease = (key: StorageKey) =>
    turn.transact(async (tx) => {
      const lease = await meetEntry(tx, key, clock.now())
      if (lease === undefined) return
      tx.afterCommit(() => expired?.())
      const hash = /\/h([0-9a-f]{64})$/.exec(lease)?.[1]
      if (hash !== undefined) await revokeToken(tx, hash as TokenHash)
      // A lease whose token is gone already must not stay behind.
      tx.delete(leaseKey(lease))
    })

  async function revokedTokens(left: Left): Promise<boolean> {
    const page = { after: left.behind(remainsPrefix), limit: maxTokens }
    const { names } = await ground().store.list(remainsPrefix, page)
    for (const name of names) await left.past(remainsPrefix, name, clearRemains)
    return names.length > 0
  }

  /** Takes a bounded part of what a token left away; the row that names it goes with the last. */
  const clearRemains = (key: StorageKey) =>
    turn.transact(async (tx) => {
      const remains = await tx.get(remainsRecords, key)
      if (remains === undefined) return
      const { find } = await readMounts(tx)
      const cubbyhole = find('cubbyhole/')
      const folder = cubbyhole === undefined ? undefined : `${mountPrefix(cubbyhole)}${remains.instance}/`
      const rows = folder === undefined ? [] : await keysBelow(folder)
      if (rows.length > 0) {
        for (const row of rows) tx.delete(row)
        return
      }
      if (await dropSessionsOf(tx, remains.instance, maxSessions)) return
      tx.delete(wrappedKey(remains.instance))
      const limit = Math.min(maxChildren, Math.floor(ground().store.limits.keysPerCommit / rowsOfChild))
      const children = (await tx.list(childPrefix(remains.instance), { limit })).names
      if (remains.children && children.length > 0) {
        for (const child of children) {
          await revokeToken(tx, child as TokenHash)
          tx.delete(`${childPrefix(remains.instance)}${child}` as StorageKey)
        }
        return
      }
      tx.delete(key)
      // Children of a token that was revoked alone live on, and the last that ends brings this row back.
      if (children.length > 0) return
      const row = await tx.get(tokenRecords, tokenKey(remains.hash))
      if (row !== undefined && 'orphaned' in row && row.instance === remains.instance)
        tx.delete(tokenKey(remains.hash))
    })

  const keysBelow = async (prefix: string) => {
    const { store } = ground()
    const limit = Math.min(maxRows, Math.floor(store.limits.keysPerCommit / 2))
    return (await store.scan(prefix, { limit })).rows.map(({ key }) => key)
  }

  async function removedMounts(left: Left): Promise<boolean> {
    const after = left.behind(retiredPrefix)
    const [name] = (await ground().store.list(retiredPrefix, { after, limit: 1 })).names
    if (name === undefined) return false
    await left.past(retiredPrefix, name, clearMount)
    return true
  }

  const clearMount = (key: StorageKey) =>
    turn.transact(async (tx) => {
      const retired = await tx.get(retiredRecords, key)
      if (retired === undefined) return
      const rows = await keysBelow(mountPrefix(retired))
      for (const row of rows) tx.delete(row)
      if (rows.length === 0) tx.delete(key)
    })

  /** Ids sort by the end of their opening. */
  async function endedOpenings(left: Left): Promise<boolean> {
    const { names } = await ground().store.list(openingPrefix, {
      after: left.behind(openingPrefix),
      limit: 20,
    })
    const now = clock.now()
    const over = names.filter((name) => Number(name.split('-')[0]) <= now)
    for (const name of over) await left.past(openingPrefix, name, endOpening)
    return over.length === 20
  }

  const endOpening = (key: StorageKey) =>
    turn.transact(async (tx) => {
      const opening = await tx.get(openings, key)
      if (opening !== undefined) await dropOpening(tx, opening)
    })

  /** That end by themselves; their names sort by their end. */
  async function endedSessions(left: Left): Promise<boolean> {
    const page = { after: left.behind(endingPrefix), limit: maxSessions }
    const { names } = await ground().store.list(endingPrefix, page)
    const over = names.filter((name) => endingOf(name).ends <= clock.now())
    for (const name of over) await left.past(endingPrefix, name, endSession)
    return over.length === maxSessions
  }

  const endSession = (key: StorageKey) =>
    turn.transact(async (tx) => {
      await dropSession(tx, endingOf(key.slice(endingPrefix.length)).hash)
      tx.delete(key)
    })

  return { endedOpenings, dueLeases, revokedTokens, endedSessions, removedMounts }
}

import { mountPrefix } from '../../backend/mount.ts'
import { readMounts } from '../../backend/mount-table.ts'
import { dropOpening, openingPrefix, openings } from '../../backend/spaces/openings.ts'
import { wrappedKey } from '../../backend/wrapping.ts'
import type { Clock } from '../../base/clock.ts'
import { bucketOf, duePrefix, leaseKey, meetEntry } from '../../lease/lease.ts'
import type { StorageKey } from '../../storage/store.ts'
import { retiredPrefix, retiredRecords } from '../../sys/mounts/retire.ts'
import { childPrefix, type TokenHash, tokenKey, tokenRecords } from '../../token/record.ts'
import { remainsPrefix, remainsRecords, revokeToken } from '../../token/revoke.ts'
import type { Ground } from '../../transaction/transaction.ts'
import type { Duty, Turn } from './duty.ts'

/** Steps of one run. */
const maxSteps = 500
/** Rows that one step removes. */
const maxRows = 200

type Parts = {
  readonly ground: () => Ground
  readonly clock: Clock
  /** Told of every lease that ended. */
  readonly expired?: (() => void) | undefined
}

/**
 * Clears away what time or a revocation has ended; all of it is refused already. Each step is a small
 * transaction, so that it never stands in the way of requests, and finds its work without looking at what
 * has not ended.
 */
export function sweepDuty(parts: Parts): Duty {
  return {
    name: 'sweep',
    every: 20_000,
    async run(turn) {
      const { endedOpenings, dueLeases, revokedTokens, removedMounts } = stepsOf(parts, turn)
      let steps = 0
      const goOn = () => !turn.signal.aborted && steps++ < maxSteps
      while (goOn() && (await endedOpenings()));
      while (goOn() && (await dueLeases()));
      for (let after: string | undefined; goOn(); ) {
        const { more, last } = await revokedTokens(after)
        after = last
        if (!more) break
      }
      while (goOn() && (await removedMounts()));
      return steps >= maxSteps ? 'more' : 'done'
    },
  }
}

function stepsOf({ ground, clock, expired }: Parts, turn: Turn) {
  async function dueLeases(): Promise<boolean> {
    const now = bucketOf(clock.now())
    const buckets = await ground().store.list(duePrefix, { limit: 3 })
    for (const bucket of buckets.names) {
      // A bucket ends with the minute that names it, so all in it is over only when that minute is.
      if (bucket.slice(0, -1) >= now) return false
      const { names } = await ground().store.list(duePrefix + bucket, { limit: maxRows })
      for (const name of names) await endLease(`${duePrefix}${bucket}${name}` as StorageKey)
      if (names.length > 0) return true
    }
    return false
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

  async function revokedTokens(
    after: string | undefined,
  ): Promise<{ more: boolean; last: string | undefined }> {
    const page = await ground().store.list(remainsPrefix, { after, limit: 20 })
    for (const name of page.names) await clearRemains(`${remainsPrefix}${name}` as StorageKey)
    return { more: page.more, last: page.names.at(-1) }
  }

  const clearRemains = (key: StorageKey) =>
    turn.transact(async (tx) => {
      const remains = await tx.get(remainsRecords, key)
      if (remains === undefined) return
      const { find } = await readMounts(tx)
      const cubbyhole = find('cubbyhole/')
      const folder = cubbyhole === undefined ? undefined : `${mountPrefix(cubbyhole)}${remains.instance}/`
      const rows = folder === undefined ? [] : (await tx.list(folder, { limit: 1 })).names
      if (folder !== undefined && rows.length > 0) {
        for (const row of await keysBelow(folder)) tx.delete(row)
        return
      }
      tx.delete(wrappedKey(remains.instance))
      const children = await tx.list(childPrefix(remains.instance), { limit: maxRows / 10 })
      if (children.names.length === 0) {
        tx.delete(key)
        const row = await tx.get(tokenRecords, tokenKey(remains.hash))
        if (row !== undefined && 'orphaned' in row && row.instance === remains.instance)
          tx.delete(tokenKey(remains.hash))
        return
      }
      // The children of a token that was revoked alone live on; what names them stays until they end.
      if (!remains.children) return
      for (const child of children.names) {
        await revokeToken(tx, child as TokenHash)
        tx.delete(`${childPrefix(remains.instance)}${child}` as StorageKey)
      }
    })

  const keysBelow = async (prefix: string) =>
    (await ground().store.scan(prefix, { limit: maxRows })).rows.map(({ key }) => key)

  async function removedMounts(): Promise<boolean> {
    const { names } = await ground().store.list(retiredPrefix, { limit: 1 })
    const [name] = names
    if (name === undefined) return false
    const key = `${retiredPrefix}${name}` as StorageKey
    await turn.transact(async (tx) => {
      const retired = await tx.get(retiredRecords, key)
      if (retired === undefined) return
      const rows = await keysBelow(mountPrefix(retired))
      for (const row of rows) tx.delete(row)
      if (rows.length < maxRows) tx.delete(key)
    })
    return true
  }

  /** Ids sort by the end of their opening. */
  async function endedOpenings(): Promise<boolean> {
    const { names } = await ground().store.list(openingPrefix, { limit: 20 })
    const now = clock.now()
    const over = names.filter((name) => Number(name.split('-')[0]) <= now)
    for (const name of over) {
      await turn.transact(async (tx) => {
        const opening = await tx.get(openings, `${openingPrefix}${name}` as StorageKey)
        if (opening !== undefined) await dropOpening(tx, opening)
      })
    }
    return over.length === 20
  }

  return { endedOpenings, dueLeases, revokedTokens, removedMounts }
}

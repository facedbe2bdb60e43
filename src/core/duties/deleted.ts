import { dueDeletions, dueFolder, forget } from '../../backend/kv/deleted.ts'
import { type Mount, mountPrefix } from '../../backend/mounts/mount.ts'
import { readMounts } from '../../backend/mounts/mount-table.ts'
import { storageBelow } from '../../backend/storage.ts'
import type { Clock } from '../../base/clock.ts'
import { bucketOf } from '../../lease/lease.ts'
import type { StorageKey } from '../../storage/store.ts'
import { type Ground, transact } from '../../transaction/transaction.ts'
import type { Duty, Turn } from './duty.ts'
import { type Left, leftRows } from './left.ts'

/** Deleted secrets that one run clears away. */
const maxSteps = 500
const pageSize = 100

type Parts = { readonly ground: () => Ground; readonly clock: Clock }

/** Clears away deleted secrets that were kept for their time; none of them can be restored any more. */
export function deletedDuty({ ground, clock }: Parts): Duty {
  /** @returns how many were cleared away; undefined when nothing is due */
  async function clearDue(mount: Mount, left: Left, turn: Turn): Promise<number | undefined> {
    const folder = mountPrefix(mount) + dueFolder
    const { store } = ground()
    const [bucket] = (await store.list(folder, { after: left.behind(folder), limit: 1 })).names
    // A bucket ends with the minute that names it.
    if (bucket === undefined || bucket.slice(0, -1) >= bucketOf(clock.now())) return undefined
    const inside = folder + bucket
    const { names } = await store.list(inside, { after: left.behind(inside), limit: pageSize })
    for (const name of names) await left.past(inside, name, (key) => clear(mount, key, name, turn))
    if (names.length === 0) left.skip(folder, bucket)
    return Math.max(1, names.length)
  }

  const clear = (mount: Mount, key: StorageKey, id: string, turn: Turn) =>
    turn.transact(async (tx) => {
      const due = await tx.get(dueDeletions, key)
      if (due === undefined) return
      await forget(storageBelow(tx, mountPrefix(mount)), due.path, [id])
      tx.delete(key)
    })

  return {
    name: 'deleted',
    every: 60_000,
    async run(turn) {
      const { mounts } = await transact(ground, readMounts)
      const left = leftRows()
      let steps = maxSteps
      for (const mount of mounts.filter(({ type }) => type === 'kv')) {
        await left.apart(async () => {
          while (steps > 0 && !turn.signal.aborted) {
            const done = await clearDue(mount, left, turn)
            if (done === undefined) break
            steps -= done
          }
        })
      }
      left.report()
      return steps > 0 ? 'done' : 'more'
    },
  }
}

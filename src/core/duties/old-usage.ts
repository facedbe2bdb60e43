import { deletionsOf } from '../../backend/kv/deleted.ts'
import type { SecretStore } from '../../backend/kv/secrets.ts'
import { type Mount, mountPrefix } from '../../backend/mounts/mount.ts'
import { readMounts } from '../../backend/mounts/mount-table.ts'
import { storageBelow } from '../../backend/storage.ts'
import type { Clock } from '../../base/clock.ts'
import { isFailure } from '../../base/errors.ts'
import type { StorageKey } from '../../storage/store.ts'
import type { Ground, Transaction } from '../../transaction/transaction.ts'
import { endOfJournal, journalPrefix, journalRows } from '../../usage/journal/record.ts'
import { lastingKey, lastingPrefix, lastingRows, lastingWith } from '../../usage/lasting.ts'
import { dayIn, lastDropped, usagePrefix, usageRows } from '../../usage/record.ts'
import type { Duty, Turn } from './duty.ts'

const maxSteps = 200
/** Rows that one step looks at. */
const maxRows = 100
/** Milliseconds from one look for secrets that are gone to the next. */
const lookEvery = 24 * 3600_000

type Parts = {
  readonly ground: () => Ground
  readonly clock: Clock
  secretsOf(mount: Mount): SecretStore | undefined
}

/**
 * Adds the usage of days that are over for too long to what is kept of each secret, row by row in one commit,
 * so that none counts twice; and once a day removes what is kept of secrets that are gone, and the journals of
 * people who did nothing for long.
 */
export function oldUsageDuty({ ground, clock, secretsOf }: Parts): Duty {
  let lookedAt: number | undefined
  let behind: string | undefined
  let journalsAt: number | undefined
  let journal: string | undefined

  /** @returns whether there may be more */
  async function addOldest(turn: Turn): Promise<boolean> {
    const { store } = ground()
    const [day] = (await store.list(usagePrefix, { limit: 1 })).names
    if (day === undefined || day > `${lastDropped(clock.now())}/`) return false
    // A row and its sum are read and written: four touches each, and some for the duty.
    const limit = Math.max(1, Math.min(maxRows, Math.floor(store.limits.keysPerCommit / 5) - 4))
    const { rows } = await store.scan(usagePrefix + day, { limit })
    await turn.transact(async (tx) => {
      await tx.fetch(
        rows.flatMap(({ key }) => [
          { kind: usageRows, key },
          { kind: lastingRows, key: lastingKey(secretIn(key)) },
        ]),
      )
      for (const { key } of rows) await moveRow(tx, key)
    })
    return true
  }

  /** @returns whether there may be more */
  async function look(turn: Turn): Promise<boolean> {
    const now = clock.now()
    if (lookedAt !== undefined && now - lookedAt < lookEvery) return false
    const { names } = await ground().store.list(lastingPrefix, { after: behind, limit: maxRows })
    for (const name of names) {
      await turn.transact((tx) => dropGone(tx, lastingKey(name)))
      behind = name
    }
    if (names.length > 0) return true
    behind = undefined
    lookedAt = now
    return false
  }

  /** @returns whether there may be more */
  async function dropJournals(turn: Turn): Promise<boolean> {
    const now = clock.now()
    if (journalsAt !== undefined && now - journalsAt < lookEvery) return false
    const { names } = await ground().store.list(journalPrefix, { after: journal, limit: maxRows })
    for (const name of names) {
      const key = `${journalPrefix}${name}` as StorageKey
      await turn.transact(async (tx) => {
        const row = await orDamaged(tx.get(journalRows, key))
        if (row === undefined) return
        const newest = row === 'damaged' ? undefined : row.entries[0]
        if (newest === undefined || newest.at <= endOfJournal(now)) tx.delete(key)
      })
      journal = name
    }
    if (names.length > 0) return true
    journal = undefined
    journalsAt = now
    return false
  }

  async function dropGone(tx: Transaction, key: StorageKey): Promise<void> {
    const row = await orDamaged(tx.get(lastingRows, key))
    if (row === undefined || row === 'damaged') return
    const { mount: uuid, path } = row
    // Rows of earlier versions do not name their secret until it is used again.
    if (uuid === undefined || path === undefined) return
    const mount = (await readMounts(tx)).mounts.find((one) => one.uuid === uuid)
    const secrets = mount && secretsOf(mount)
    if (mount !== undefined && secrets !== undefined) {
      const place = { storage: storageBelow(tx, mountPrefix(mount)), mount, now: clock.now() }
      if (await secrets.has(place, path)) return
      if ((await deletionsOf(place, path)).length > 0) return
    }
    tx.delete(key)
  }

  return {
    name: 'usage',
    every: 3600_000,
    async run(turn) {
      let more = true
      for (let step = 0; more && step < maxSteps && !turn.signal.aborted; step++) {
        more = (await addOldest(turn)) || (await look(turn)) || (await dropJournals(turn))
      }
      return more ? 'more' : 'done'
    },
  }
}

const secretIn = (key: StorageKey): string => key.slice(key.lastIndexOf('/') + 1)

async function moveRow(tx: Transaction, key: StorageKey): Promise<void> {
  const lasting = lastingKey(secretIn(key))
  const row = await orDamaged(tx.get(usageRows, key))
  const before = await orDamaged(tx.get(lastingRows, lasting))
  // What does not open can be added to nothing, and must not keep the rest from being counted.
  if (row !== undefined && row !== 'damaged') {
    tx.put(lastingRows, lasting, lastingWith(before === 'damaged' ? undefined : before, dayIn(key), row))
  }
  tx.delete(key)
}

async function orDamaged<T>(record: Promise<T>): Promise<T | 'damaged'> {
  try {
    return await record
  } catch (error) {
    if (!isFailure(error, 'corrupt')) throw error
    return 'damaged'
  }
}

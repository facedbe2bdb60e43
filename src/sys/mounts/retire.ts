import type { Mount } from '../../backend/mounts/mount.ts'
import type { StorageKey } from '../../storage/store.ts'
import { jsonRecord } from '../../transaction/record.ts'
import type { Transaction } from '../../transaction/transaction.ts'

/** A mount that is gone; its rows, which nobody can reach any more, wait for the sweep. */
export const retiredRecords = jsonRecord<{ readonly uuid: string; readonly path: string }>('removed mount')
export const retiredPrefix = 'ns/root/retired/'

export function retireMount(tx: Transaction, { uuid, path }: Mount): void {
  tx.put(retiredRecords, `${retiredPrefix}${uuid}` as StorageKey, { uuid, path })
}

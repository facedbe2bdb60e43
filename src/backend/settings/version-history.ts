import type { StorageKey } from '../../storage/store.ts'
import { jsonRecord } from '../../transaction/record.ts'
import type { Transaction } from '../../transaction/transaction.ts'

/** A version of the program that has served this store. */
export type InstalledVersion = {
  readonly version: string
  readonly buildDate: string
  /** Milliseconds since 1970. */
  readonly installed: number
}

type History = { readonly versions: readonly InstalledVersion[] }

const maxVersions = 500
const key = 'ns/root/version-history' as StorageKey
const records = jsonRecord<History>('version history')

/** Oldest first. */
export async function versionHistory(tx: Transaction): Promise<readonly InstalledVersion[]> {
  return (await tx.get(records, key))?.versions ?? []
}

/** Notes a version when it serves the store for the first time. */
export async function noteVersion(tx: Transaction, now: InstalledVersion): Promise<void> {
  const versions = await versionHistory(tx)
  if (versions.some(({ version }) => version === now.version)) return
  tx.put(records, key, { versions: [...versions, now].slice(-maxVersions) })
}

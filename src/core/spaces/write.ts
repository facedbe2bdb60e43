import type { StorageKey } from '../../storage/store.ts'
import type { RecordKind } from '../../transaction/record.ts'
import type { Transaction } from '../../transaction/transaction.ts'

/** A start that changes nothing writes nothing. */
export async function writeIfNew<T>(
  tx: Transaction,
  kind: RecordKind<T>,
  key: StorageKey,
  record: T,
): Promise<void> {
  const before = await tx.get(kind, key)
  if (JSON.stringify(before) !== JSON.stringify(record)) tx.put(kind, key, record)
}

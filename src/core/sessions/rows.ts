import { type TokenHash, tokenKey, tokenRecords } from '../../token/record.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import {
  namesOf,
  ofTokenPrefix,
  type SessionHash,
  type SessionRecord,
  sessionKey,
  sessionNames,
  sessionRecords,
} from './record.ts'

export function putSession(tx: Transaction, hash: SessionHash, record: SessionRecord): void {
  tx.put(sessionRecords, sessionKey(hash), record)
  for (const key of namesOf(hash, record)) tx.put(sessionNames, key, {})
}

/** Removes a session; its token is left as it is. Answers what it was. */
export async function dropSession(tx: Transaction, hash: SessionHash): Promise<SessionRecord | undefined> {
  const record = await tx.get(sessionRecords, sessionKey(hash))
  if (record === undefined) return undefined
  tx.delete(sessionKey(hash))
  for (const key of namesOf(hash, record)) tx.delete(key)
  return record
}

/**
 * Removes some sessions of a token that has ended.
 *
 * @returns whether there were any, and maybe are more
 */
export async function dropSessionsOf(tx: Transaction, instance: string, limit: number): Promise<boolean> {
  const prefix = ofTokenPrefix(instance)
  const { names } = await tx.list(prefix, { limit })
  for (const name of names) {
    await dropSession(tx, name as SessionHash)
    // A name without its session must not stay behind either.
    tx.delete(`${prefix}${name}` as Parameters<Transaction['delete']>[0])
  }
  return names.length > 0
}

/** Whether a token is another one or descends from it. */
export async function dependsOn(tx: Transaction, hash: TokenHash, other: TokenHash): Promise<boolean> {
  if (hash === other) return true
  const record = await tx.get(tokenRecords, tokenKey(hash))
  return record !== undefined && !('orphaned' in record) && record.ancestors.some((one) => one.hash === other)
}

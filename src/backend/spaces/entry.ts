import type { Transaction } from '../../transaction/transaction.ts'
import type { Caller } from '../context.ts'
import type { Operation } from '../message.ts'
import { isOpenTo } from './openings.ts'
import { ownerOf, personId, type Space } from './space.ts'

/** Whether a space lets somebody in: its owner, and a token that it was opened to, for what and for how long it was. */
export async function mayEnter(
  tx: Transaction,
  space: Space,
  operation: Operation,
  caller: Caller | undefined,
  now: number,
): Promise<boolean> {
  const owner = await ownerOf(tx, space)
  if (owner === undefined || caller === undefined) return false
  const { person, instance } = caller.token.record
  return person === personId(owner) || isOpenTo(tx, space, instance, operation, now)
}

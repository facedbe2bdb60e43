import type { TokenRecord } from '../../token/record.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import type { Operation } from '../message.ts'
import { isOpenTo } from './openings.ts'
import { ownerOf, personId, type Space } from './space.ts'

/** What a space looks at of somebody who wants to enter: whose their token is, and which one. */
export type Entrant = { readonly token: { readonly record: Pick<TokenRecord, 'person' | 'instance'> } }

/** Whether a space lets somebody in: its owner, and a token that it was opened to, for what and for how long it was. */
export async function mayEnter(
  tx: Transaction,
  space: Space,
  operation: Operation,
  caller: Entrant | undefined,
  now: number,
): Promise<boolean> {
  const owner = await ownerOf(tx, space)
  if (owner === undefined || caller === undefined) return false
  const { person, instance } = caller.token.record
  return person === personId(owner) || isOpenTo(tx, space, instance, operation, now)
}

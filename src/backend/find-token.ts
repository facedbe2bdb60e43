import type { TokenTools } from '../token/create.ts'
import { resolveAccessor, resolveToken } from '../token/resolve.ts'
import type { TokenView } from '../token/view.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { hasItsMounts, readMounts } from './mounts/mount-table.ts'

/** The token of an id. @returns undefined when it is not alive, also because a mount that made it is gone */
export const findToken = async (
  tx: Transaction,
  tools: TokenTools,
  id: string,
): Promise<TokenView | undefined> => mounted(tx, await resolveToken(tx, tools, id))

/** As {@link findToken}, by the accessor. */
export const findTokenOf = async (
  tx: Transaction,
  tools: TokenTools,
  accessor: string,
): Promise<TokenView | undefined> => mounted(tx, await resolveAccessor(tx, tools, accessor))

async function mounted(tx: Transaction, token: TokenView | undefined): Promise<TokenView | undefined> {
  return token !== undefined && hasItsMounts(token, await readMounts(tx)) ? token : undefined
}

import type { Lease } from '../lease/lease.ts'
import type { TokenHash, TokenRecord } from './record.ts'

/** A token that was found and is alive. */
export type TokenView = {
  readonly type: 'service' | 'batch'
  /** Of a batch token: of its text, for caches; nothing is stored under it. */
  readonly hash: TokenHash
  readonly record: TokenRecord
  /** Absent when it never ends. */
  readonly lease: Lease | undefined
  /** Uses left after this request; 0 for no limit, -1 when this was the last. */
  readonly usesLeft: number
  /** The mounts that made the tokens which it depends on: it ends with each of them, as with its own. */
  readonly mountsAbove: readonly string[]
}

/** Whether the token can do everything, whatever its path. */
export const isRoot = (token: Pick<TokenRecord, 'policies'>) => token.policies.includes('root')

import type { Caller, Subrequests } from '../../../backend/context.ts'
import type { BinPlace } from '../../../backend/kv/deleted.ts'
import type { SecretStore } from '../../../backend/kv/secrets.ts'
import { type Mount, mountPrefix } from '../../../backend/mounts/mount.ts'
import { storageBelow } from '../../../backend/storage.ts'
import type { Random } from '../../../base/random.ts'
import type { Transaction } from '../../../transaction/transaction.ts'
import type { Usage } from '../../../usage/usage.ts'
import type { KvPlace } from '../place.ts'

/** Who moves, and the transaction that it is done in. */
export type Mover = {
  readonly tx: Transaction
  readonly subrequests: Subrequests
  readonly caller: Caller
  readonly random: Random
  /** Milliseconds. */
  readonly now: number
  secretsOf(mount: Mount): SecretStore | undefined
  /** Told of each secret that has moved. */
  readonly moved: Usage['moved']
  /** Rows that one commit may touch, and bytes that it may carry. */
  readonly limits: { readonly keysPerCommit: number; readonly bytesPerCommit: number }
}

export const secretPlace = ({ tx, now }: Mover, { mount }: KvPlace): BinPlace => ({
  storage: storageBelow(tx, mountPrefix(mount)),
  mount,
  now,
})

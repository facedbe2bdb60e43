import type { InitResult } from '../../../src/client/api/seal.ts'
import { api } from './client.ts'
import { beginSession, type Session } from './session.ts'

/** What initialising made: it is shown once, and nobody can ask for it again. */
export type Made = {
  /** In the order in which they are handed out; base64. */
  readonly shares: readonly string[]
  /** Whether the shares open the seal; else they only authorise. */
  readonly opens: boolean
  readonly threshold: number
  readonly rootToken: string
}

/** Into how many shares the key is split, and how many are needed; 0 for none of a seal that opens by itself. */
export type Split = { readonly shares: number; readonly threshold: number }

/**
 * Makes the store's first keys.
 *
 * @param bySelf whether the seal opens by itself, so that shares are for recovery
 * @throws ClientError
 */
export async function initialise(split: Split, bySelf: boolean): Promise<Made> {
  const { shares, threshold } = split
  const made: InitResult = await api.seal.init(
    bySelf
      ? { recovery_shares: shares, recovery_threshold: threshold }
      : { secret_shares: shares, secret_threshold: threshold },
  )
  return {
    shares: bySelf ? made.recovery_keys_base64 : made.keys_base64,
    opens: !bySelf,
    threshold,
    rootToken: made.root_token,
  }
}

/**
 * Opens the store with the shares that are still at hand, and logs in with the root token.
 *
 * @throws ClientError
 */
export async function enter({ shares, opens, threshold, rootToken }: Made): Promise<Session> {
  if (opens) {
    for (const share of shares.slice(0, threshold)) {
      if ((await api.seal.status()).sealed) await api.seal.unseal(share)
    }
  }
  const { session } = await beginSession({ token: rootToken })
  if (session === null) throw new Error('the root token began no session')
  return session
}

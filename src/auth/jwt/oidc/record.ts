import type { Login } from '../../../backend/logins/login.ts'
import { jsonRecord } from '../../../transaction/record.ts'

/** How a login gets from the browser to who asked for it. */
export type CallbackMode = 'client' | 'direct' | 'device'

export type Posted = {
  readonly code: string
  readonly iss: string
  /** SHA-256, base64, of what only the page in the browser knows that has to confirm it; empty where none has to. */
  readonly confirmationHash: string
}
export const nothingPosted: Posted = { code: '', iss: '', confirmationHash: '' }

/** A login that was begun and not finished. It lies in the store, so that any process can finish it. */
export type Pending = {
  /** SHA-256 of the state, base64: who reads the row cannot take the login over. */
  readonly stateHash: string
  /** SHA-256 of the client's nonce, base64; empty where the client gave none. */
  readonly clientNonceHash: string
  readonly mode: CallbackMode
  readonly role: string
  /** Milliseconds since 1970. */
  readonly expires: number
  readonly redirectUri: string
  /** Proof key (RFC 7636). */
  readonly verifier: string
  /** What the ID token must repeat. */
  readonly nonce: string
  readonly deviceCode: string
  /** Where the login was begun from, for whoever has to confirm it. */
  readonly remote: string
  /** Seconds between two questions of a client that polls. */
  readonly interval: number
  /** When the provider was last asked for a device, milliseconds since 1970. */
  readonly polled: number
  /** What a provider posted, for the read that follows; empty where nothing was posted. */
  readonly posted: Posted
  /** With `direct`: the answer of the provider came, and nothing else is taken. */
  readonly answered: boolean
  /** With `direct`: what the client gets when it polls, if what it rests on is still the same then. */
  readonly login: { readonly login: Login; readonly settings: string } | undefined
}

export const pendings = jsonRecord<Pending>('login in progress')
export const pendingFolder = 'oidc/pending/'

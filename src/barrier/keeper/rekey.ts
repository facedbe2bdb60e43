import type { KeyObject } from 'node:crypto'
import { fail } from '../../base/errors.ts'
import type { Version } from '../../storage/store.ts'
import { keyBytes, takeSecret } from '../keyring/keyring.ts'
import { bindingOf, encodeSealRow } from '../seals/row.ts'
import type { ShareSeal } from '../seals/seal.ts'
import { checkShares } from '../seals/shamir.ts'
import {
  areRightShares,
  type KeeperHost,
  requireSeal,
  type StoredSeal,
  shareCounts,
  wrongShares,
} from './host.ts'
import { checkShareLength, createShareCollector, parseShare, type ShareCollector } from './shares.ts'

export type RekeyRequest = {
  readonly shares: number
  readonly threshold: number
  /** The new shares come into force only after a threshold of them was given back. */
  readonly requireVerification: boolean
}

/** As in `sys/rekey/init`. */
export type RekeyStatus = {
  nonce: string
  started: boolean
  t: number
  n: number
  progress: number
  required: number
  pgp_fingerprints: null
  backup: false
  verification_required: boolean
  verification_nonce?: string
}

/** The new shares; whoever shows them zeroes them afterwards. */
export type RekeyResult = {
  readonly nonce: string
  readonly shares: readonly Buffer[]
  readonly verificationRequired: boolean
  readonly verificationNonce: string | undefined
}

/** As in `sys/rekey/verify`. */
export type VerificationStatus = { nonce: string; started: boolean; t: number; n: number; progress: number }

/**
 * Replaces the seal's shares, and the root key with them: the old shares open nothing that is written from
 * then on. Its progress is kept on this node alone, so all shares must be given to the same one.
 */
export type Rekey = {
  /** @throws sealed (as all of these) */
  status(): Promise<RekeyStatus>
  start(request: RekeyRequest): Promise<RekeyStatus>
  update(share: string, nonce: string): Promise<RekeyStatus | RekeyResult>
  cancel(): Promise<void>
  verificationStatus(): Promise<VerificationStatus>
  verify(share: string, nonce: string): Promise<VerificationStatus | { nonce: string; complete: true }>
  restartVerification(): Promise<VerificationStatus>
  /** Forgets everything, when the node is sealed. */
  clear(): void
}

type Attempt = RekeyRequest & { readonly nonce: string; readonly given: ShareCollector }
type State =
  | { readonly kind: 'idle' }
  | (Attempt & { readonly kind: 'collecting' })
  | (Attempt & {
      readonly kind: 'verifying'
      readonly verificationNonce: string
      readonly key: KeyObject
      /** The seal row that the old shares fitted; if it has changed, so have the shares. */
      readonly expected: Version
    })

export function createRekey(host: KeeperHost): Rekey {
  const { random } = host.options
  let state: State = { kind: 'idle' }

  function clear(): void {
    if (state.kind !== 'idle') state.given.clear()
    state = { kind: 'idle' }
  }

  async function status(): Promise<RekeyStatus> {
    host.barrier()
    const { row } = await requireSeal(host.options)
    return describe(state, shareCounts(row).threshold)
  }

  /** Puts the new shares into force. */
  async function finish(attempt: Attempt, key: KeyObject, expected: Version): Promise<void> {
    const seal = shareSeal(host)
    const { row } = await requireSeal(host.options)
    const fields = {
      type: row.type,
      clusterId: row.clusterId,
      shares: attempt.shares,
      threshold: attempt.threshold,
    }
    const successor = takeSecret(random.bytes(keyBytes))
    const value = encodeSealRow({ ...fields, root: seal.wrap(key, successor, bindingOf(fields)) })
    const replaced = await host.barrier().replaceRoot(successor, { value, expected })
    clear()
    if (!replaced) fail('invalid_request', 'another rekey finished first: start again with the new shares')
  }

  /** The old shares have authorised it: makes the new ones. */
  async function advance(attempt: Attempt, stored: StoredSeal): Promise<RekeyResult> {
    const { nonce, requireVerification } = attempt
    const { key, shares } = await shareSeal(host).split(attempt.shares, attempt.threshold)
    try {
      let verificationNonce: string | undefined
      if (requireVerification) {
        // The node may have been sealed meanwhile.
        host.barrier()
        verificationNonce = random.uuid()
        const given = createShareCollector()
        state = { ...attempt, kind: 'verifying', given, verificationNonce, key, expected: stored.version }
      } else {
        await finish(attempt, key, stored.version)
      }
      return { nonce, shares, verificationRequired: requireVerification, verificationNonce }
    } catch (error) {
      for (const share of shares) share.fill(0)
      throw error
    }
  }

  function verifying(text: string): Extract<State, { kind: 'verifying' }> {
    host.barrier()
    if (state.kind !== 'verifying') fail('invalid_request', text)
    return state
  }

  async function verificationStatus(): Promise<VerificationStatus> {
    host.barrier()
    if (state.kind === 'idle') fail('invalid_request', 'no rekey configuration found')
    const { threshold: t, shares: n } = state
    return state.kind === 'verifying'
      ? { nonce: state.verificationNonce, started: true, t, n, progress: state.given.progress }
      : { nonce: '', started: false, t, n, progress: 0 }
  }

  return {
    status,
    clear,
    async start(request) {
      shareSeal(host)
      checkNewShares(request)
      host.barrier()
      if (state.kind !== 'idle') fail('invalid_request', 'rekey already in progress')
      state = { kind: 'collecting', ...request, nonce: random.uuid(), given: createShareCollector() }
      return status()
    },
    async update(text, nonce) {
      const share = parseShare(text)
      host.barrier()
      checkShareLength(share)
      const stored = await requireSeal(host.options)
      if (state.kind === 'idle') fail('invalid_request', 'no barrier rekey in progress')
      if (state.kind === 'verifying') {
        fail(
          'invalid_request',
          'rekey operation already finished; verification must be performed; nonce for the verification operation is ' +
            JSON.stringify(state.verificationNonce),
        )
      }
      const attempt = state
      checkNonce(nonce, attempt.nonce, 'rekey')
      addOnce(attempt.given, share, 'generation')
      if (attempt.given.progress < stored.row.threshold) return status()
      if (!(await attempt.given.spend((shares) => areRightShares(host, stored, shares)))) {
        fail('invalid_request', `failed to read root key: ${wrongShares}`)
      }
      return advance(attempt, stored)
    },
    async cancel() {
      host.barrier()
      clear()
    },
    verificationStatus,
    async verify(text, nonce) {
      const share = parseShare(text)
      host.barrier()
      checkShareLength(share)
      if (state.kind === 'idle') fail('invalid_request', 'no rekey in progress')
      const attempt = verifying('no rekey verification in progress')
      checkNonce(nonce, attempt.verificationNonce, 'verify')
      addOnce(attempt.given, share, 'verify')
      if (attempt.given.progress < attempt.threshold) return verificationStatus()
      // A second try needs a new nonce, whatever became of the first.
      state = { ...attempt, verificationNonce: random.uuid() }
      const key = await attempt.given.spend((shares) => shareSeal(host).combine(shares))
      if (!key.equals(attempt.key)) {
        fail('invalid_request', 'rekey verification failed; incorrect key shares supplied')
      }
      await finish(attempt, key, attempt.expected)
      return { nonce: attempt.verificationNonce, complete: true }
    },
    async restartVerification() {
      host.barrier()
      if (state.kind === 'verifying') {
        state.given.clear()
        state = { ...state, verificationNonce: random.uuid() }
      }
      return verificationStatus()
    },
  }
}

function shareSeal({ options: { seal } }: KeeperHost): ShareSeal {
  if (seal.kind === 'shares') return seal
  return fail('invalid_request', `a seal of type ${seal.type} has no shares that could be replaced`)
}

function checkNewShares({ shares, threshold }: RekeyRequest): void {
  checkShares(shares, threshold, 'invalid rekey seal configuration')
}

/** Adds a share. @throws invalid_request when it was given before */
export function addOnce(given: ShareCollector, share: Buffer, operation: string): void {
  const added = given.add(share)
  share.fill(0)
  if (!added)
    fail('invalid_request', `given key has already been provided during this ${operation} operation`)
}

/** @throws invalid_request naming the right nonce, which is no secret: it tells operations apart */
export function checkNonce(nonce: string, expected: string, operation: string): void {
  if (nonce !== expected) {
    fail(
      'invalid_request',
      `incorrect nonce supplied; nonce for this ${operation} operation is ${JSON.stringify(expected)}`,
    )
  }
}

function describe(state: State, required: number): RekeyStatus {
  const none = { pgp_fingerprints: null, backup: false } as const
  if (state.kind === 'idle') {
    return {
      nonce: '',
      started: false,
      t: 0,
      n: 0,
      progress: 0,
      required,
      ...none,
      verification_required: false,
    }
  }
  return {
    nonce: state.nonce,
    started: true,
    t: state.threshold,
    n: state.shares,
    progress: state.kind === 'collecting' ? state.given.progress : 0,
    required,
    ...none,
    verification_required: state.requireVerification,
    ...(state.kind === 'verifying' ? { verification_nonce: state.verificationNonce } : {}),
  }
}

import type { KeyObject } from 'node:crypto'
import { type CofferError, fail, isFailure } from '../../base/errors.ts'
import { type OpenBarrier, openBarrier } from '../open.ts'
import { isRecovery } from '../seals/recovery.ts'
import { bindingOf, type SealRow } from '../seals/row.ts'
import { createGenerateRoot, type GenerateRoot } from './generate-root.ts'
import { type KeeperHost, readSeal, requireSeal, shareCounts, wrongShares } from './host.ts'
import { type Initialized, type InitializeOptions, initialize } from './initialize.ts'
import { createLock } from './lock.ts'
import type { KeeperOptions } from './options.ts'
import { createRekey, type Rekey } from './rekey.ts'
import { checkShareLength, createShareCollector, parseShare } from './shares.ts'
import { describeSeal, type SealStatus } from './status.ts'

/** Where this node stands. Other nodes on the same store may stand elsewhere. */
export type SealState =
  | { readonly kind: 'uninitialized' }
  /** `nonce` names the present attempt to unseal; empty while nobody has given a share. */
  | { readonly kind: 'sealed'; readonly progress: number; readonly nonce: string }
  | { readonly kind: 'unsealed'; readonly barrier: OpenBarrier }

/** The life of one node's barrier, from the empty store to the zeroed keys. */
export type SealKeeper = {
  state(): SealState
  /** The open barrier. @throws sealed */
  barrier(): OpenBarrier
  status(): Promise<SealStatus>
  /**
   * Makes a new cluster. A seal that opens by itself is open afterwards.
   *
   * @throws invalid_request when there is one, or the options do not fit the seal
   */
  initialize(request: InitializeOptions): Promise<Initialized>
  /**
   * Takes one share, in hex or base64; with enough of them the node is unsealed.
   *
   * @throws invalid_request when it is no share, or all together are the wrong ones
   */
  unseal(share: string): Promise<SealStatus>
  /**
   * Opens with the root key that another process of this node has in use, or, without one, as the seal does by
   * itself. Does nothing on a node that is open.
   *
   * @throws corrupt when it is not the root key of the store
   */
  adopt(root?: KeyObject): Promise<void>
  /** Forgets the shares given so far. @throws invalid_request when the node is unsealed */
  resetUnseal(): Promise<SealStatus>
  /** Drops the keys as soon as `closing` has ended; requests under way fail with `sealed`. */
  seal(): Promise<void>
  readonly rekey: Rekey
  readonly generateRoot: GenerateRoot
  /** What the node does every few seconds; see `OpenBarrier.tend`. */
  tend(): Promise<void>
}

/**
 * Looks at the store and, where the seal opens by itself, opens the barrier.
 *
 * @throws storage_format, corrupt; invalid_config when the seal is not the data's or its key is missing
 */
export async function openSealKeeper(options: KeeperOptions): Promise<SealKeeper> {
  const { store, seal, clock, random } = options
  const inTurn = createLock()
  const given = createShareCollector()
  let nonce = ''
  let initialized = false
  /** Sealed on purpose: such a node stays so, whatever its seal could do by itself. */
  let closedByHand = options.waits === true
  let open: OpenBarrier | undefined

  const host: KeeperHost = { options, barrier: () => open ?? fail('sealed') }
  const rekey = createRekey(host)
  const generateRoot = createGenerateRoot(host)

  function forgetShares(): void {
    given.clear()
    nonce = ''
  }

  function sealNow(): void {
    forgetShares()
    rekey.clear()
    generateRoot.clear()
    if (open === undefined) return
    open.close()
    open = undefined
    options.closed?.()
  }

  async function enter(root: KeyObject): Promise<void> {
    const lost = (error: CofferError) => {
      sealNow()
      options.lost?.(error)
    }
    const barrier = await openBarrier({ store, clock, random, root, formats: options.formats, lost })
    try {
      await options.opened?.(barrier)
    } catch (error) {
      barrier.close()
      throw error
    }
    open = barrier
    initialized = true
    closedByHand = false
  }

  /** Opens a seal that needs nobody. Does nothing when the store is not initialised. */
  async function openAlone(): Promise<void> {
    const stored = await readSeal(options)
    initialized = stored !== undefined
    if (stored === undefined || seal.kind !== 'auto' || open !== undefined || closedByHand) return
    const { clusterId, root } = stored.row
    await enter(await seal.unwrap(clusterId, root, bindingOf(stored.row)))
  }

  /** The root key, by the shares that were given. */
  async function unwrapWith(row: SealRow, shares: readonly Buffer[]): Promise<KeyObject> {
    try {
      if (seal.kind === 'shares') return seal.unwrap(await seal.combine(shares), row.root, bindingOf(row))
      if (row.recovery !== undefined && (await isRecovery(row.recovery, row.clusterId, shares))) {
        return await seal.unwrap(row.clusterId, row.root, bindingOf(row))
      }
    } catch (error) {
      if (!isFailure(error, 'corrupt')) throw error
    }
    return fail('invalid_request', `unable to retrieve stored keys: ${wrongShares}`)
  }

  async function takeShare(share: Buffer): Promise<void> {
    if (open !== undefined) return
    const { row } = await requireSeal(options)
    initialized = true
    const { threshold } = shareCounts(row)
    if (threshold === 0)
      fail('invalid_request', `a seal of type ${seal.type} opens by itself: restart the server`)
    checkShareLength(share, 'invalid key: ')
    if (given.progress === 0) nonce = random.uuid()
    given.add(share)
    if (given.progress < threshold) return
    nonce = ''
    await enter(await given.spend((shares) => unwrapWith(row, shares)))
  }

  const status = async (): Promise<SealStatus> => {
    const stored = await readSeal(options)
    initialized = stored !== undefined
    return describeSeal(options, stored?.row, { open: open !== undefined, progress: given.progress, nonce })
  }

  await openAlone()

  return {
    state() {
      if (open !== undefined) return { kind: 'unsealed', barrier: open }
      return initialized ? { kind: 'sealed', progress: given.progress, nonce } : { kind: 'uninitialized' }
    },
    barrier: host.barrier,
    status,
    initialize: (request) =>
      inTurn(async () => {
        const result = await initialize(options, request)
        initialized = true
        // The root token is shown this once, so it is answered whatever comes after; tend tries again.
        await openAlone().catch(() => undefined)
        return result
      }),
    async unseal(text) {
      const share = parseShare(text)
      try {
        await inTurn(() => takeShare(share))
      } finally {
        share.fill(0)
      }
      return status()
    },
    adopt: (root) =>
      inTurn(async () => {
        if (open !== undefined) return
        if (root !== undefined) return enter(root)
        closedByHand = false
        await openAlone()
      }),
    resetUnseal: () =>
      inTurn(async () => {
        if (open !== undefined) fail('invalid_request', 'vault is unsealed')
        forgetShares()
        return status()
      }),
    async seal() {
      if (open !== undefined && options.closing !== undefined) await options.closing().catch(() => undefined)
      sealNow()
      // An unsealing that is under way ends first, and is undone.
      await inTurn(async () => {
        closedByHand = true
        sealNow()
      })
    },
    rekey: {
      ...rekey,
      start: (request) => inTurn(() => rekey.start(request)),
      update: (share, of) => inTurn(() => rekey.update(share, of)),
      cancel: () => inTurn(() => rekey.cancel()),
      verify: (share, of) => inTurn(() => rekey.verify(share, of)),
      restartVerification: () => inTurn(() => rekey.restartVerification()),
    },
    generateRoot: {
      ...generateRoot,
      start: (otp) => inTurn(() => generateRoot.start(otp)),
      update: (share, of) => inTurn(() => generateRoot.update(share, of)),
      cancel: () => inTurn(() => generateRoot.cancel()),
    },
    async tend() {
      if (open !== undefined) return open.tend()
      // Another node may have initialised the store since this one looked, or opening failed before.
      if (!initialized || seal.kind === 'auto') await inTurn(openAlone)
    },
  }
}

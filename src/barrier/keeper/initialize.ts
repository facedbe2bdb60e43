import type { KeyObject } from 'node:crypto'
import { fail } from '../../base/errors.ts'
import type { Store } from '../../storage/store.ts'
import { keyBytes, newKeyring, sealKeyring, takeSecret } from '../keyring/keyring.ts'
import { firstCountRow } from '../keyring/terms.ts'
import { createNonceSource } from '../nonce.ts'
import { openBarrier } from '../open.ts'
import { formatKey, incarnationKey, jsonBytes, keyringKey, formats as ownFormats, sealKey } from '../rows.ts'
import { newRecovery } from '../seals/recovery.ts'
import { bindingOf, encodeSealRow, type SealFields } from '../seals/row.ts'
import type { AutoSeal, ShareSeal } from '../seals/seal.ts'
import { checkShares } from '../seals/shamir.ts'
import type { KeeperOptions } from './options.ts'
import { createStagingStore } from './staging.ts'

/** As in `sys/init`. A seal with shares takes the first two, one that opens by itself the other two. */
export type InitializeOptions = {
  readonly shares?: number | undefined
  readonly threshold?: number | undefined
  readonly recoveryShares?: number | undefined
  readonly recoveryThreshold?: number | undefined
}

/** Shown once and kept nowhere. Whoever shows the shares zeroes them afterwards. */
export type Initialized = {
  readonly shares: readonly Buffer[]
  readonly recoveryShares: readonly Buffer[]
  readonly rootToken: string
}

type SealedRoot = {
  readonly row: Buffer
  readonly shares: readonly Buffer[]
  readonly recoveryShares: readonly Buffer[]
  undo(): Promise<void>
}

/**
 * Makes a new cluster in an empty store: its keys, its seal, and what the server itself begins with. All of
 * it is written in one commit, so that of several nodes that try at once one wins, and a crash leaves
 * nothing behind that would have to be cleaned up.
 *
 * @throws invalid_request when the options do not fit the seal or the store is not empty
 */
export async function initialize(options: KeeperOptions, request: InitializeOptions): Promise<Initialized> {
  checkOptions(options, request)
  await refuseSecondTime(options.store)
  const root = takeSecret(options.random.bytes(keyBytes))
  const sealed = await sealRoot(options, request, root)
  try {
    const { rootToken, flush } = await prepareCluster(options, root, sealed)
    // When this throws, the commit may have landed all the same, so what the seal made stays.
    if (!(await flush())) {
      await sealed.undo()
      fail('invalid_request', alreadyInitialized)
    }
    return { shares: sealed.shares, recoveryShares: sealed.recoveryShares, rootToken }
  } catch (error) {
    for (const share of [...sealed.shares, ...sealed.recoveryShares]) share.fill(0)
    throw error
  }
}

const alreadyInitialized = 'Vault is already initialized'

async function refuseSecondTime(store: Store): Promise<void> {
  const [row] = await store.read([formatKey])
  if (row !== undefined) fail('invalid_request', alreadyInitialized)
  const { names } = await store.list('', { limit: 1 })
  if (names.length > 0) fail('corrupt', `the store holds data but no ${formatKey}: restore it from a backup`)
}

function checkOptions({ seal }: KeeperOptions, request: InitializeOptions): void {
  const { shares, threshold, recoveryShares, recoveryThreshold } = request
  const named =
    seal.kind === 'auto'
      ? { secret_shares: shares, secret_threshold: threshold }
      : { recovery_shares: recoveryShares, recovery_threshold: recoveryThreshold }
  const misplaced = Object.entries(named).flatMap(([name, value]) => (value ? [name] : []))
  if (misplaced.length > 0) {
    fail('invalid_request', `parameters ${misplaced.join(',')} not applicable to seal type ${seal.type}`)
  }
  if (seal.kind === 'shares') checkShares(shares ?? 0, threshold ?? 0)
  else if (recoveryShares || recoveryThreshold) checkShares(recoveryShares ?? 0, recoveryThreshold ?? 0)
}

function sealRoot(options: KeeperOptions, request: InitializeOptions, root: KeyObject): Promise<SealedRoot> {
  const { seal } = options
  return seal.kind === 'shares'
    ? sealWithShares(options, seal, request, root)
    : sealByItself(options, seal, request, root)
}

async function sealWithShares(
  { random }: KeeperOptions,
  seal: ShareSeal,
  { shares = 0, threshold = 0 }: InitializeOptions,
  root: KeyObject,
): Promise<SealedRoot> {
  const split = await seal.split(shares, threshold)
  const fields = { type: seal.type, clusterId: random.uuid(), shares, threshold }
  const wrapped = seal.wrap(split.key, root, bindingOf(fields))
  return {
    row: encodeSealRow({ ...fields, root: wrapped }),
    shares: split.shares,
    recoveryShares: [],
    undo: async () => {},
  }
}

async function sealByItself(
  { random }: KeeperOptions,
  seal: AutoSeal,
  { recoveryShares = 0, recoveryThreshold = 0 }: InitializeOptions,
  root: KeyObject,
): Promise<SealedRoot> {
  const clusterId = random.uuid()
  const people =
    recoveryShares > 0 ? await newRecovery(random, clusterId, recoveryShares, recoveryThreshold) : undefined
  const fields: SealFields = {
    type: seal.type,
    clusterId,
    shares: 0,
    threshold: 0,
    recovery: people?.recovery,
  }
  const { undo } = await seal.prepare(clusterId)
  try {
    const wrapped = await seal.wrap(clusterId, root, bindingOf(fields))
    const row = encodeSealRow({ ...fields, root: wrapped })
    return { row, shares: [], recoveryShares: people?.shares ?? [], undo }
  } catch (error) {
    await undo()
    throw error
  }
}

/** Builds the new cluster in memory; `flush` writes it, and answers false when another node was faster. */
async function prepareCluster(
  { store, clock, random, bootstrap, formats = ownFormats }: KeeperOptions,
  root: KeyObject,
  sealed: SealedRoot,
): Promise<{ rootToken: string; flush(): Promise<boolean> }> {
  const staging = createStagingStore(store.limits)
  const nonces = createNonceSource()
  const keyring = newKeyring(random, clock.now())
  await staging.commit({
    put: [
      { key: formatKey, value: jsonBytes({ minReader: formats.newest, minWriter: formats.newest }) },
      { key: incarnationKey, value: jsonBytes({ id: random.uuid() }) },
      { key: sealKey, value: sealed.row },
      { key: keyringKey, value: sealKeyring(root, nonces, keyring) },
      firstCountRow({ nonces }, keyring),
    ],
  })
  const barrier = await openBarrier({ store: staging, clock, random, root, nonces })
  try {
    const rootToken = await bootstrap({ store: staging, barrier })
    return { rootToken, flush: () => staging.flush(store) }
  } catch (error) {
    await sealed.undo()
    throw error
  } finally {
    barrier.close()
  }
}

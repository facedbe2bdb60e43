import { fail, isFailure } from '../../base/errors.ts'
import type { Version } from '../../storage/store.ts'
import { type Inner, maxAttempts, openStored, sealOwnRow } from '../inner.ts'
import { encryptionsKey, jsonBytes, keyringKey, rotationKey } from '../rows.ts'
import { addTerm, type Keyring, sealKeyring, type Term } from './keyring.ts'
import type { Keys } from './keys.ts'
import { type Block, nextBlock, parseReserved, type Reserved } from './meter.ts'
import {
  defaultRotation,
  isOverdue,
  minOperations,
  operationsLimit,
  parseRotation,
  type RotationConfig,
} from './rotation.ts'

/** The active term: since when (milliseconds since 1970), and how often it may have been used. */
export type KeyStatus = { readonly term: number; readonly installed: number; readonly encryptions: number }

/** What was reserved under the active term of `keys`, and the rules for retiring it. */
type Usage = {
  readonly keys: Keys
  /** Infinity where the count is missing or damaged: nobody knows how often the term was used. */
  readonly total: number
  readonly version: Version | null
  readonly config: RotationConfig
}

async function readUsage({ store, fresh }: Inner, known: Keys): Promise<Usage> {
  let keys = known
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const [count, rules] = await store.read([encryptionsKey, rotationKey])
    const { keyring } = keys
    const row = typeof count === 'object' ? count : undefined
    const reserved = readReserved(keyring, row?.value)
    const matches = reserved?.term === keyring.active.term
    // Keyring and count change together, so another term means that the keys in hand are old.
    const now = matches ? keys : await fresh(keys)
    if (now === keys) {
      return {
        keys,
        total: matches ? reserved.total : Number.POSITIVE_INFINITY,
        version: row?.version ?? null,
        config: typeof rules === 'object' ? readRules(keyring, rules.value) : defaultRotation,
      }
    }
    keys = now
  }
  return fail('conflict', 'the keyring kept changing; try again')
}

function readReserved(keyring: Keyring, stored: Uint8Array | undefined): Reserved | undefined {
  if (stored === undefined) return undefined
  try {
    return parseReserved(openStored(keyring, encryptionsKey, stored))
  } catch (error) {
    if (isFailure(error, 'corrupt')) return undefined
    throw error
  }
}

const readRules = (keyring: Keyring, stored: Uint8Array): RotationConfig =>
  parseRotation(openStored(keyring, rotationKey, stored))

/**
 * Reserves the next block of encryptions for this node, and brings the keys into use that it belongs to;
 * makes a new term when the active one is used up.
 *
 * @throws conflict, storage_failed, overloaded
 */
export async function reserve(inner: Inner, known: Keys): Promise<void> {
  let start = known
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const { keys, total, version, config } = await readUsage(inner, start)
    const { active } = keys.keyring
    const block = nextBlock(total, operationsLimit(config))
    if (block === undefined) return addOneTerm(inner, keys, active.term)
    const result = await inner.store.commit({
      expect: [...keys.expectations, { key: encryptionsKey, version }],
      put: [countRow(inner, active, block)],
    })
    if (result.ok) return inner.publish(keys, afterRow(block))
    start = await inner.fresh(keys)
  }
  fail('conflict', 'could not reserve encryptions; try again')
}

/** Makes a new term, which is active from now on. */
export async function rotate(inner: Inner): Promise<void> {
  await addOneTerm(inner, inner.keys())
}

/** Makes a new term if the active one is too old or used up. */
export async function rotateIfDue(inner: Inner): Promise<void> {
  const { keys, total, config } = await readUsage(inner, inner.keys())
  const { term, installed } = keys.keyring.active
  const usedUp = nextBlock(total, operationsLimit(config)) === undefined
  if (usedUp || isOverdue(config, installed, inner.clock.now())) await addOneTerm(inner, keys, term)
}

/**
 * Adds a term with a first block for this node, in one commit.
 *
 * @param after do so only while this term is the active one; another node may have been faster
 */
async function addOneTerm(inner: Inner, known: Keys, after?: number): Promise<void> {
  const { store, random, clock, nonces } = inner
  let start = known
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const keys = await inner.fresh(start)
    if (after !== undefined && keys.keyring.active.term !== after) return reserve(inner, keys)
    const keyring = addTerm(keys.keyring, random, clock.now())
    const block = nextBlock(0, minOperations) as Block
    const result = await store.commit({
      expect: keys.expectations,
      put: [
        { key: keyringKey, value: sealKeyring(keys.root, nonces, keyring) },
        countRow(inner, keyring.active, block),
      ],
    })
    if (result.ok) {
      const expectations = keys.expectations.map((row) =>
        row.key === keyringKey ? { key: keyringKey, version: result.version } : row,
      )
      return inner.publish({ root: keys.root, keyring, expectations }, afterRow(block))
    }
    start = keys
  }
  fail('conflict', 'the keyring kept changing; try again')
}

const countRow = (inner: Pick<Inner, 'nonces'>, active: Term, { total }: Block) =>
  sealOwnRow(inner, active, encryptionsKey, jsonBytes({ term: active.term, total } satisfies Reserved))

/** The row that records a block was itself encrypted under the term. */
const afterRow = ({ size, total }: Block): Block => ({ size: size - 1, total })

export async function keyStatus(inner: Inner): Promise<KeyStatus> {
  const { keys, total } = await readUsage(inner, inner.keys())
  const { term, installed } = keys.keyring.active
  // What this node has reserved and not used is known; what others have is not.
  const unused = inner.meter.term === term ? inner.meter.left : 0
  return { term, installed, encryptions: Number.isFinite(total) ? total - unused : 0 }
}

/** The count row of a new cluster: nothing reserved yet under the first term. */
export const firstCountRow = (inner: Pick<Inner, 'nonces'>, { active }: Keyring) =>
  countRow(inner, active, { size: 0, total: 1 })

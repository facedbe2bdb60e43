import { fail } from '../../base/errors.ts'
import { corrupt } from '../envelope.ts'
import { encryptionsKey, isWhole, parseRow } from '../rows.ts'

/**
 * Counts encryptions, so that no key is used more often than AES-GCM with random nonces allows. All nodes
 * draw blocks from one row, which names the total that was ever given out under a term: a block that is not
 * used up before a restart is lost, so the count may be too high and is never too low.
 */
export type Meter = {
  /** Takes one encryption under `term` from the block in hand. @throws overloaded when there is none */
  take(term: number): void
  /** Puts a block in hand; what is left of an older term's is dropped, and a block of an older term is. */
  grant(term: number, block: Block): void
  /** Encryptions left in hand. */
  readonly left: number
  readonly term: number
}

/** @property total given out under the term, this block included */
export type Block = { readonly size: number; readonly total: number }

/** Encryptions that a node reserves at a time: under a second's worth at full load. */
export const blockSize = 65_536
/** With fewer left than this, the next block is fetched. */
export const lowWater = blockSize / 2

/** @param runningLow called with each encryption while fewer than {@link lowWater} are left */
export function createMeter(runningLow: () => void): Meter {
  let term = 0
  let left = 0
  return {
    take(of) {
      if (left <= lowWater || of !== term) {
        runningLow()
        if (left === 0 || of !== term)
          fail('overloaded', 'no encryptions are reserved under the current key; try again')
      }
      left--
    },
    grant(of, { size }) {
      if (of < term) return
      left = of === term ? left + size : size
      term = of
    },
    get left() {
      return left
    },
    get term() {
      return term
    },
  }
}

/** What was given out so far: the row {@link encryptionsKey} in clear. */
export type Reserved = { readonly term: number; readonly total: number }

/** @throws corrupt */
export function parseReserved(bytes: Uint8Array): Reserved {
  const { term, total } = parseRow(encryptionsKey, bytes)
  if (!isWhole(term, 1, 2 ** 32) || !isWhole(total, 0, Number.MAX_SAFE_INTEGER)) corrupt(encryptionsKey)
  return { term, total }
}

/** The next block under a limit, or undefined when too little is left of the term to be of use. */
export function nextBlock(total: number, limit: number): Block | undefined {
  const size = Math.min(blockSize, limit - total)
  return size < minBlock ? undefined : { size, total: total + size }
}

/** A block pays for the row that records it, and for something besides. */
const minBlock = 16

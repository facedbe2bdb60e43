import { timingSafeEqual } from 'node:crypto'
import { fail } from '../../base/errors.ts'
import { maxShareBytes, minShareBytes } from '../seals/shamir.ts'

/** Text that is longer is no share in any writing. */
const maxShareText = 1024

/**
 * Reads a share written in hex or base64.
 *
 * @throws invalid_request when it is neither
 */
export function parseShare(text: string): Buffer {
  const written = text.trim()
  if (written.length <= maxShareText) {
    // A text may be both; it is hex if that gives a share of the right size.
    const bytes = written.length / 2
    if (/^([0-9a-f]{2})+$/i.test(written) && bytes >= minShareBytes && bytes <= maxShareBytes) {
      return Buffer.from(written, 'hex')
    }
    if (/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(written)) {
      return Buffer.from(written, 'base64')
    }
  }
  fail('invalid_request', "'key' must be a valid hex or base64 string")
}

/**
 * @param prefix what the text begins with
 * @throws invalid_request when a share is too short or too long to be one
 */
export function checkShareLength(share: Buffer, prefix = ''): void {
  if (share.length < minShareBytes) {
    fail('invalid_request', `${prefix}key is shorter than minimum ${minShareBytes} bytes`)
  }
  if (share.length > maxShareBytes) {
    fail('invalid_request', `${prefix}key is longer than maximum ${maxShareBytes} bytes`)
  }
}

/** Shares that people have given so far towards a threshold. Kept in this process alone. */
export type ShareCollector = {
  readonly progress: number
  /** Keeps a copy of a share; false when it was given before. */
  add(share: Buffer): boolean
  /** Calls `use` with all shares, and zeroes them however it ends. */
  spend<T>(use: (shares: readonly Buffer[]) => Promise<T>): Promise<T>
  /** Zeroes what was given. */
  clear(): void
}

export function createShareCollector(): ShareCollector {
  let shares: Buffer[] = []
  const clear = () => {
    for (const share of shares) share.fill(0)
    shares = []
  }
  return {
    get progress() {
      return shares.length
    },
    add(share) {
      if (shares.some((given) => isSame(given, share))) return false
      shares.push(Buffer.from(share))
      return true
    },
    async spend(use) {
      try {
        return await use(shares)
      } finally {
        clear()
      }
    },
    clear,
  }
}

const isSame = (a: Buffer, b: Buffer) => a.length === b.length && timingSafeEqual(a, b)

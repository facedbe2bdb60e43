import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { createSlots, type Slots } from '../../backend/logins/slots.ts'
import type { JsonObject } from '../../base/json/json.ts'
import type { Random } from '../../base/random.ts'

/** What is kept of a password: scrypt (RFC 7914) with its parameters; salt and hash in base64. */
export type PasswordHash = {
  readonly algorithm: 'scrypt'
  /** Cost, a power of two. */
  readonly n: number
  readonly r: number
  readonly p: number
  readonly salt: string
  readonly hash: string
}

type Cost = Pick<PasswordHash, 'n' | 'r' | 'p'>

/** 16 MiB and some 100 ms of one core: as costly to guess as 128 MiB in one pass. */
export const usualCost: Cost = { n: 2 ** 14, r: 8, p: 5 }
const hashBytes = 32

export type Passwords = {
  /**
   * Hashes a password. The same request, run again, gets the same hash.
   *
   * @param request its fields, which are the same object each time it is run
   * @throws rate_limited when too many passwords are being hashed
   */
  hash(request: JsonObject, text: string, random: Random): Promise<PasswordHash>
  /**
   * Whether a password is the kept one, in constant time; without one it takes as long, and is not.
   *
   * @throws rate_limited
   */
  matches(request: JsonObject, text: string, kept: PasswordHash | undefined): Promise<boolean>
  /** Whether a hash should be made anew, since the parameters have changed. */
  isOutdated(kept: PasswordHash): boolean
}

/** Two at once, so that half of the runtime's four threads are left for files and names. */
const standardSlots = () => createSlots(64, 2)

/**
 * Hashes with a cost of so much, for as many at once as there are slots.
 *
 * @param slots shared by all mounts of a process; 64 unless said otherwise, of which two hash at once
 */
export function createPasswords(cost: Cost = usualCost, slots: Slots = standardSlots()): Passwords {
  /** Of somebody who does not exist. */
  const nobody: PasswordHash = {
    algorithm: 'scrypt',
    ...cost,
    salt: randomBytes(16).toString('base64'),
    hash: randomBytes(hashBytes).toString('base64'),
  }
  // A request that collides with others is run again, and must not cost as much again.
  const hashed = new WeakMap<JsonObject, Promise<PasswordHash>>()
  const derived = new WeakMap<JsonObject, { readonly by: string; readonly key: Promise<Buffer> }>()

  async function make(text: string, random: Random): Promise<PasswordHash> {
    const salt = random.bytes(16)
    const key = await slots.run(() => derive(text, salt, cost))
    return {
      algorithm: 'scrypt',
      ...cost,
      salt: salt.toString('base64'),
      hash: key.toString('base64'),
    }
  }

  function keyFor(request: JsonObject, text: string, kept: PasswordHash): Promise<Buffer> {
    const by = `${kept.salt} ${kept.n} ${kept.r} ${kept.p}`
    const before = derived.get(request)
    if (before?.by === by) return before.key
    const key = slots.run(() => derive(text, Buffer.from(kept.salt, 'base64'), kept))
    derived.set(request, { by, key })
    return key
  }

  return {
    hash(request, text, random) {
      const made = hashed.get(request) ?? make(text, random)
      hashed.set(request, made)
      return made
    },
    async matches(request, text, kept) {
      const expected = kept ?? nobody
      const key = await keyFor(request, text, expected)
      const same = timingSafeEqual(key, Buffer.from(expected.hash, 'base64'))
      return same && kept !== undefined
    },
    isOutdated: ({ n, r, p }) => n !== cost.n || r !== cost.r || p !== cost.p,
  }
}

function derive(text: string, salt: Buffer, { n, r, p }: Cost): Promise<Buffer> {
  const options: ScryptOptions = { N: n, r, p, maxmem: 256 * n * r }
  return new Promise((resolve, reject) => {
    scrypt(text.normalize('NFC'), salt, hashBytes, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}

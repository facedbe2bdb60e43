import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context, MountStorage } from '../../../backend/context.ts'
import { fail } from '../../../base/errors.ts'
import type { Random } from '../../../base/random.ts'
import { type Pending, pendingFolder, pendings } from './record.ts'

/** Milliseconds in which a login has to be finished. */
export const pendingTime = 10 * 60_000

/** Places for logins in progress on one mount, and those of them that one address can take. */
export const places = 4096
export const placesOfAddress = 256
const lookedAtOnce = 16

const hash = (text: string) => createHash('sha256').update(text).digest('base64')

/** Whether a text is the one of which only the hash is known; takes the same time wherever they differ. */
export function isHashed(text: string, hashed: string): boolean {
  return timingSafeEqual(Buffer.from(hash(text)), Buffer.from(hashed))
}

/** What is kept of a client's nonce: its SHA-256, base64; empty where the client gave none. */
export const nonceHash = (nonce: string) => (nonce === '' ? '' : hash(nonce))

/**
 * Puts a login into a free place. There is a fixed number of places, and an address reaches a part of them, so
 * that nobody fills the store and no address all of them.
 *
 * @returns the state: where the row is, and 256 bits that nobody guesses
 * @throws rate_limited when the places of this address are taken
 */
export async function keep(
  context: Context,
  pending: Omit<Pending, 'stateHash' | 'remote'>,
): Promise<string> {
  const { random, request, clock } = context
  const place = await freePlace(context.storage, random, request.remote.address, clock.now())
  const state = `st_${place}_${random.base62(43)}`
  const row: Pending = { ...pending, stateHash: hash(state), remote: request.remote.address }
  context.storage.put(pendings, pendingFolder + place, row)
  return state
}

async function freePlace(storage: MountStorage, random: Random, address: string, now: number) {
  // From anywhere, in steps of any odd length: each place comes once.
  const [from = 0, half = 0] = random.bytes(2)
  const step = half | 1
  for (let first = 0; first < placesOfAddress; first += lookedAtOnce) {
    const drawn = Array.from({ length: lookedAtOnce }, (_, i) =>
      placeOf(address, (from + (first + i) * step) % placesOfAddress),
    )
    const rows = await Promise.all(drawn.map((place) => storage.get(pendings, pendingFolder + place)))
    const free = rows.findIndex((row) => row === undefined || row.expires <= now)
    const found = drawn[free]
    if (found !== undefined) return found
  }
  fail('rate_limited', 'too many logins are in progress, try again in a few minutes')
}

/** One of the places of an address: of the first half of one of IPv6, which one client may have to itself. */
function placeOf(address: string, which: number): string {
  const network = address.includes(':') && !address.includes('.') ? address.split(':', 4).join(':') : address
  const digest = createHash('sha256').update(`${network} ${which}`).digest()
  return (digest.readUInt16BE(0) % places).toString(16).padStart(3, '0')
}

/** The name of the row that a state stands for, or undefined where it is no state. */
export function rowOf(state: string): string | undefined {
  const place = /^st_([0-9a-f]{3})_[A-Za-z0-9]{43}$/.exec(state)?.[1]
  return place === undefined ? undefined : pendingFolder + place
}

/** The same login a moment later; undefined where its time is over, and its place may be another's. */
export async function stillThere(
  context: Context,
  name: string,
  before: Pending,
): Promise<Pending | undefined> {
  const now = await context.storage.get(pendings, name)
  return now?.stateHash === before.stateHash ? now : undefined
}

/** @throws invalid_request where there is no such login, or its time is over */
export async function find(context: Context, state: string): Promise<{ name: string; pending: Pending }> {
  const name = rowOf(state)
  const pending = name === undefined ? undefined : await context.storage.get(pendings, name)
  if (name === undefined || pending === undefined || !isHashed(state, pending.stateHash)) missing()
  if (pending.expires <= context.clock.now()) missing()
  return { name, pending }
}

/** Says that there is no such login any more, whatever the reason. @throws invalid_request */
export function missing(): never {
  fail('invalid_request', 'login failed: expired or missing OAuth state')
}

/** Whether the client that goes on is the one that began. */
export function isSameClient({ clientNonceHash }: Pending, clientNonce: string): boolean {
  return clientNonceHash === '' || isHashed(clientNonce, clientNonceHash)
}

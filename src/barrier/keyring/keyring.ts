import { createSecretKey, type KeyObject } from 'node:crypto'
import type { Random } from '../../base/random.ts'
import { corrupt, maxTerm, openEnvelope, rootTerm, sealEnvelope } from '../envelope.ts'
import type { NonceSource } from '../nonce.ts'
import { keyringKey } from '../rows.ts'

/** Bytes of every key here: AES-256. */
export const keyBytes = 32

/** One key of the barrier and since when it is in use (milliseconds since 1970). */
export type Term = { readonly term: number; readonly installed: number; readonly secret: KeyObject }

/**
 * All keys under which values were ever encrypted, and the secret from which other keys are derived, which
 * neither a new term nor a new root key changes.
 *
 * In clear (it is stored inside an envelope under the root key, at `cluster/keyring`):
 *
 *     +---------+-------------------+----------------+------------------------------------------+
 *     | version | derivation secret | terms, n       | n times: term | installed, ms | key       |
 *     | 1 byte  | 32 bytes          | 4 bytes, BE    |          4 BE | 8 BE          | 32 bytes  |
 *     +---------+-------------------+----------------+------------------------------------------+
 *
 * Terms rise; the last one is active.
 */
export type Keyring = {
  readonly derivation: KeyObject
  readonly terms: ReadonlyMap<number, Term>
  readonly active: Term
}

const version = 1
const headBytes = 1 + keyBytes + 4
const termBytes = 4 + 8 + keyBytes

/** A keyring with one term, for a new cluster. */
export function newKeyring(random: Random, now: number): Keyring {
  const first = newTerm(1, random, now)
  return { derivation: newSecret(random), terms: new Map([[1, first]]), active: first }
}

/** The keyring with one term more, which is active. */
export function addTerm(keyring: Keyring, random: Random, now: number): Keyring {
  const active = newTerm(keyring.active.term + 1, random, now)
  return { ...keyring, terms: new Map(keyring.terms).set(active.term, active), active }
}

const newTerm = (term: number, random: Random, now: number): Term => ({
  term,
  installed: now,
  secret: newSecret(random),
})

const newSecret = (random: Random): KeyObject => takeSecret(random.bytes(keyBytes))

/** Makes a key of bytes and zeroes them; the copy inside the key is cleared when it is collected. */
export function takeSecret(bytes: Buffer): KeyObject {
  const secret = createSecretKey(bytes)
  bytes.fill(0)
  return secret
}

/** Encrypts a keyring under the root key, for the row `cluster/keyring`. */
export function sealKeyring(root: KeyObject, nonces: NonceSource, keyring: Keyring): Buffer {
  const plain = encodeKeyring(keyring)
  try {
    return sealEnvelope(root, rootTerm, nonces, keyringKey, plain)
  } finally {
    plain.fill(0)
  }
}

/** @throws corrupt when the row is damaged, or the root key is another one */
export function openKeyring(root: KeyObject, stored: Uint8Array): Keyring {
  const plain = openEnvelope(root, keyringKey, stored)
  try {
    return decodeKeyring(plain)
  } finally {
    plain.fill(0)
  }
}

/** In clear; whoever calls this zeroes it. */
export function encodeKeyring({ derivation, terms }: Keyring): Buffer {
  const plain = Buffer.alloc(headBytes + terms.size * termBytes)
  plain[0] = version
  putSecret(derivation, plain, 1)
  plain.writeUInt32BE(terms.size, 1 + keyBytes)
  let at = headBytes
  for (const { term, installed, secret } of terms.values()) {
    plain.writeUInt32BE(term, at)
    plain.writeBigUInt64BE(BigInt(installed), at + 4)
    putSecret(secret, plain, at + 12)
    at += termBytes
  }
  return plain
}

function putSecret(secret: KeyObject, target: Buffer, at: number): void {
  const bytes = secret.export()
  bytes.copy(target, at)
  bytes.fill(0)
}

/** @throws corrupt when the bytes are no keyring */
export function decodeKeyring(plain: Buffer): Keyring {
  if (plain.length < headBytes + termBytes || plain[0] !== version) corrupt(keyringKey)
  const count = plain.readUInt32BE(1 + keyBytes)
  if (plain.length !== headBytes + count * termBytes) corrupt(keyringKey)
  const derivation = createSecretKey(plain.subarray(1, 1 + keyBytes))
  const terms = new Map<number, Term>()
  let active: Term | undefined
  for (let at = headBytes; at < plain.length; at += termBytes) {
    const term = plain.readUInt32BE(at)
    if (term <= (active?.term ?? rootTerm) || term > maxTerm) corrupt(keyringKey)
    const installed = Number(plain.readBigUInt64BE(at + 4))
    active = { term, installed, secret: createSecretKey(plain.subarray(at + 12, at + termBytes)) }
    terms.set(term, active)
  }
  // The length check above leaves at least one term.
  return { derivation, terms, active: active as Term }
}

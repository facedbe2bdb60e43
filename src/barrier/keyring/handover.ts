import type { KeyObject } from 'node:crypto'
import { isFailure } from '../../base/errors.ts'
import { corrupt, openEnvelope, rootTerm, sealEnvelope } from '../envelope.ts'
import type { NonceSource } from '../nonce.ts'
import { handoverKey, isWhole, jsonBytes, parseRow } from '../rows.ts'
import { takeSecret } from './keyring.ts'

/**
 * New root keys, each encrypted under the one before it, so that the other unsealed nodes can follow a
 * rekey. An entry lives for {@link handoverLife}: whoever holds the old shares and an old copy of the store
 * could use it as well.
 */
export type Handover = readonly { readonly created: number; readonly wrapped: string }[]

/** Milliseconds for which a node that misses a rekey can still follow it. */
export const handoverLife = 3600_000

/** The entries that are still young, and one from `root` to `successor`. */
export function addHandover(
  entries: Handover,
  root: KeyObject,
  successor: KeyObject,
  nonces: NonceSource,
  now: number,
): Handover {
  const plain = successor.export()
  const wrapped = sealEnvelope(root, rootTerm, nonces, handoverKey, plain).toString('base64')
  plain.fill(0)
  return [...youngHandovers(entries, now), { created: now, wrapped }]
}

export const youngHandovers = (entries: Handover, now: number): Handover =>
  entries.filter(({ created }) => now - created < handoverLife)

/** The latest root key that can be reached from `root`, or undefined when no entry is for it. */
export function followHandover(root: KeyObject, entries: Handover): KeyObject | undefined {
  let latest: KeyObject | undefined
  for (const { wrapped } of entries) latest = tryOpen(latest ?? root, wrapped) ?? latest
  return latest
}

function tryOpen(root: KeyObject, wrapped: string): KeyObject | undefined {
  try {
    return takeSecret(openEnvelope(root, handoverKey, Buffer.from(wrapped, 'base64')))
  } catch (error) {
    if (isFailure(error, 'corrupt')) return undefined
    throw error
  }
}

export const encodeHandover = (entries: Handover): Buffer => jsonBytes({ entries })

/** @throws corrupt when the row is damaged */
export function parseHandover(bytes: Uint8Array): Handover {
  const { entries } = parseRow(handoverKey, bytes)
  if (!Array.isArray(entries)) corrupt(handoverKey)
  for (const entry of entries as Partial<Handover[number]>[]) {
    if (!isWhole(entry?.created, 0, Number.MAX_SAFE_INTEGER) || typeof entry.wrapped !== 'string') {
      corrupt(handoverKey)
    }
  }
  return entries as Handover
}

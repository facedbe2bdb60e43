import type { KeyObject } from 'node:crypto'
import { fail } from '../../base/errors.ts'
import type { Commit, Version } from '../../storage/store.ts'
import { type Inner, maxAttempts } from '../inner.ts'
import { handoverKey, keyringKey, sealKey } from '../rows.ts'
import { addHandover, encodeHandover, type Handover, parseHandover, youngHandovers } from './handover.ts'
import { sealKeyring } from './keyring.ts'

/** A seal row that wraps another root key, and the version of the row that it takes the place of. */
export type NewSealRow = { readonly value: Uint8Array; readonly expected: Version }

/** See `OpenBarrier.replaceRoot`. */
export async function replaceRoot(inner: Inner, successor: KeyObject, seal: NewSealRow): Promise<boolean> {
  const { store, nonces, clock } = inner
  let start = inner.keys()
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const keys = await inner.fresh(start)
    const { entries, version } = await readHandover(inner)
    const handover = addHandover(entries, keys.root, successor, nonces, clock.now())
    const result = await store.commit({
      expect: [...keys.expectations, { key: sealKey, version: seal.expected }, { key: handoverKey, version }],
      put: [
        { key: sealKey, value: seal.value },
        { key: keyringKey, value: sealKeyring(successor, nonces, keys.keyring) },
        { key: handoverKey, value: encodeHandover(handover) },
      ],
    })
    if (result.ok) {
      const expectations = keys.expectations.map((row) =>
        row.key === keyringKey ? { key: keyringKey, version: result.version } : row,
      )
      inner.publish({ root: successor, keyring: keys.keyring, expectations })
      return true
    }
    if (result.conflicts.includes(sealKey)) return false
    start = keys
  }
  return fail('conflict', 'the keyring kept changing; try again')
}

/** Drops entries that have had their time; if another node is doing the same, it does it. */
export async function pruneHandover(inner: Inner): Promise<void> {
  const { entries, version } = await readHandover(inner)
  const young = youngHandovers(entries, inner.clock.now())
  if (version === null || young.length === entries.length) return
  const expect = [...inner.keys().expectations, { key: handoverKey, version }]
  const change: Commit =
    young.length === 0
      ? { delete: [handoverKey] }
      : { put: [{ key: handoverKey, value: encodeHandover(young) }] }
  await inner.store.commit({ expect, ...change })
}

async function readHandover({ store }: Inner): Promise<{ entries: Handover; version: Version | null }> {
  const [row] = await store.read([handoverKey])
  return typeof row === 'object'
    ? { entries: parseHandover(row.value), version: row.version }
    : { entries: [], version: null }
}

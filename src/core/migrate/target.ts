import { movedRow } from '../../barrier/moved.ts'
import { checkFormat, formatKey, incarnationKey, jsonBytes, sealKey } from '../../barrier/rows.ts'
import { fail } from '../../base/errors.ts'
import type { Row, Store, Version } from '../../storage/store.ts'
import { batches } from './batches.ts'
import { type Pause, persist } from './patience.ts'
import { isCopied, type Mark, markRow, moveKey, parseMark } from './rows.ts'
import { at, type Cluster, clusterOf, type Source, versionOf } from './source.ts'

/** The new store, taken by one run: whatever it commits expects the version of the mark. */
export type Claim = { readonly mark: Mark; readonly version: Version }

export type ClaimOptions = {
  readonly source: Source
  /** The type of the old store. */
  readonly other: string
  /** The name of this run. */
  readonly run: string
  /** The name of the move, should it begin now. */
  readonly newId: string
  readonly pause: Pause
}

/**
 * Takes the new store for this run: an empty one, or one that this very move has begun to fill. Any other run that still
 * works on it writes nothing more.
 *
 * @returns the claim; its phase is `opened` when the move has ended already
 * @throws invalid_request when it holds anything else
 */
export function claim(store: Store, { source, other, run, newId, pause }: ClaimOptions): Promise<Claim> {
  return persist(pause, async () => {
    const [format, row, incarnation, seal] = await store.read([formatKey, moveKey, incarnationKey, sealKey])
    const mark = typeof row === 'object' ? parseMark(row) : undefined
    if (typeof row === 'object' && mark !== undefined && isOurs(mark, source)) {
      if (mark.phase === 'opened') return { mark, version: row.version }
      if (mark.phase === 'copying' && mark.run === run) return { mark, version: row.version }
      await store.commit({
        expect: [at(moveKey, row.version)],
        put: [markRow({ ...mark, run, phase: 'copying' })],
      })
      return undefined
    }
    if (format !== undefined || mark !== undefined) refuseOther(format, mark, incarnation, seal, source)
    await refuseRows(store)
    if (source.fence !== undefined) {
      fail(
        'invalid_request',
        'the data has moved, or has begun to, to another store than this one: name that store',
      )
    }
    await store.commit({
      expect: [at(moveKey, null), at(formatKey, null)],
      put: [
        { key: formatKey, value: movedRow({ state: 'arriving', id: newId, other }) },
        markRow({ id: newId, run, source: source.incarnation, phase: 'copying' }),
      ],
    })
    return undefined
  })
}

/** The move of a fenced source has a name. One that is not fenced is known by its incarnation, and moves no more once a target was opened. */
function isOurs(mark: Mark, { incarnation, fence }: Source): boolean {
  if (mark.phase === 'fenced' || mark.source !== incarnation) return false
  return fence === undefined ? mark.phase !== 'opened' : mark.id === fence.mark.id
}

type Found = Row | 'unchanged' | undefined

function refuseOther(
  format: Found,
  mark: Mark | undefined,
  incarnation: Found,
  seal: Found,
  source: Source,
): never {
  if (mark?.phase === 'copying' || mark?.phase === 'aborting') {
    fail(
      'invalid_request',
      'the new store holds what another move has begun to copy: end that one with -abort',
    )
  }
  if (mark?.phase === 'fenced')
    fail('invalid_request', 'the new store is one whose data has moved away: use an empty one')
  checkFormat(format)
  const found: Cluster = clusterOf(incarnation, seal)
  if (found.incarnation === source.incarnation) {
    fail(
      'invalid_request',
      'both are the same store, or one is a copy of the other: the new one must be empty',
    )
  }
  return fail(
    'invalid_request',
    found.clusterId === source.clusterId
      ? 'the new store holds another state of this cluster already: it must be empty'
      : 'the new store holds the data of another cluster: it must be empty',
  )
}

async function refuseRows(store: Store): Promise<void> {
  const { rows } = await store.scan('', { limit: 1000 })
  if (rows.some(({ key }) => isCopied(key) || key === incarnationKey)) {
    fail('invalid_request', 'the new store holds rows that are no data of Coffer: it must be empty')
  }
}

/**
 * Opens the new store for service, in one commit. Its incarnation is another one: nothing that was seen of the data in
 * the old store is taken for the present state of the new one.
 *
 * @param format the row of the old store
 * @returns false when another run has taken the store, and this one can never open it
 */
export function open(
  store: Store,
  held: Claim,
  {
    format,
    incarnation,
    pause,
  }: { readonly format: Row; readonly incarnation: string; readonly pause: Pause },
): Promise<boolean> {
  return persist(pause, async () => {
    const [row, before] = await store.read([moveKey, formatKey])
    const mark = typeof row === 'object' ? parseMark(row) : undefined
    if (mark?.phase === 'opened' && mark.run === held.mark.run) return true
    if (versionOf(row) !== held.version) return false
    await store.commit({
      expect: [at(moveKey, held.version), at(formatKey, versionOf(before)), at(incarnationKey, null)],
      put: [
        markRow({ ...held.mark, phase: 'opened' }),
        { key: formatKey, value: format.value },
        { key: incarnationKey, value: jsonBytes({ id: incarnation }) },
      ],
    })
    return undefined
  })
}

/**
 * Takes a store that was not opened away from every run, so that none opens it.
 *
 * @returns `held` undefined when there is no move into it
 * @throws storage_moved when it was opened; invalid_request when it belongs to another cluster's move
 */
export function claimToAbort(
  store: Store,
  source: Source,
  run: string,
  pause: Pause,
): Promise<{ readonly held: Claim | undefined }> {
  return persist(pause, async () => {
    const [row] = await store.read([moveKey])
    const mark = typeof row === 'object' ? parseMark(row) : undefined
    if (typeof row !== 'object' || mark === undefined) return { held: undefined }
    if (!isOurs(mark, source)) fail('invalid_request', 'the new store is not that of this move')
    if (mark.phase === 'opened') {
      fail(
        'storage_moved',
        'the new store has been opened and has the data now: the old one cannot serve again',
      )
    }
    if (mark.phase === 'aborting' && mark.run === run) return { held: { mark, version: row.version } }
    await store.commit({
      expect: [at(moveKey, row.version)],
      put: [markRow({ ...mark, run, phase: 'aborting' })],
    })
    return undefined
  })
}

/** Whether a run still has the store. */
export async function stillHeld(store: Store, { version }: Claim): Promise<boolean> {
  const [row] = await store.read([moveKey])
  return versionOf(row) === version
}

/** Empties a store that was not opened, its mark last. */
export async function clear(store: Store, { version }: Claim, pause: Pause): Promise<void> {
  const expect = [at(moveKey, version)]
  for (let left = true; left; ) {
    left = await persist(pause, async () => {
      const { rows, more } = await store.scan('', { limit: 1000 })
      const gone = rows.map(({ key }) => key).filter(isCopied)
      for (const batch of batches({ put: [], delete: gone }, store.limits)) {
        const result = await store.commit({ expect, ...batch })
        if (!result.ok) return undefined
      }
      return more
    })
  }
  await persist(pause, async () => {
    const [row] = await store.read([moveKey])
    if (versionOf(row) !== version) return true
    await store.commit({ expect, delete: [moveKey, formatKey] })
    return undefined
  })
}

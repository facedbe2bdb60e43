import { mountsKey } from '../../backend/mounts/mount-table.ts'
import { corrupt } from '../../barrier/envelope.ts'
import { movedRow } from '../../barrier/moved.ts'
import { checkFormat, formatKey, incarnationKey, sealKey } from '../../barrier/rows.ts'
import { parseSealRow } from '../../barrier/seals/row.ts'
import { CofferError, fail } from '../../base/errors.ts'
import type { Expectation, Reader, Row, StorageKey, Store, Version } from '../../storage/store.ts'
import { type Pause, persist } from './patience.ts'
import {
  heldFormatKey,
  heldMountsKey,
  type Mark,
  markRow,
  moveKey,
  parseIncarnation,
  parseMark,
} from './rows.ts'

/** What a store is, as far as a move asks. */
export type Cluster = { readonly incarnation: string; readonly clusterId: string }

/** The old store. `fence` is there from the moment on from which it may not serve. */
export type Source = Cluster & {
  readonly fence: Fence | undefined
  /** The rows as they were in the same read. */
  readonly rows: {
    readonly format: Row
    readonly mounts: Found
    readonly mark: Found
    readonly incarnation: Found
  }
}

export type Fence = {
  readonly mark: Mark
  readonly version: Version
  /** The rows that were put aside. */
  readonly format: Row
  readonly mounts: Row
}

/**
 * Looks at the store that is to be moved.
 *
 * @throws invalid_request when it was never initialised; storage_moved when it is the target of a move that has not
 * ended; storage_format, corrupt
 */
export async function readSource(store: Store): Promise<Source> {
  const [format, mounts, mark, incarnation, seal, heldFormat, heldMounts] = await store.read([
    formatKey,
    mountsKey,
    moveKey,
    incarnationKey,
    sealKey,
    heldFormatKey,
    heldMountsKey,
  ])
  if (typeof format !== 'object') fail('invalid_request', 'the store to move was never initialised')
  const rows = { format, mounts, mark, incarnation }
  const ofMove = typeof mark === 'object' ? parseMark(mark) : undefined
  const fenced = typeof mark === 'object' && ofMove?.phase === 'fenced'
  if (fenced) {
    if (typeof heldFormat !== 'object') corrupt(heldFormatKey)
    if (typeof heldMounts !== 'object') corrupt(heldMountsKey)
    checkFormat(heldFormat)
    const fence = { mark: ofMove, version: mark.version, format: heldFormat, mounts: heldMounts }
    return { ...clusterOf(incarnation, seal), fence, rows }
  }
  checkFormat(format)
  return { ...clusterOf(incarnation, seal), fence: undefined, rows }
}

type Found = Row | 'unchanged' | undefined

/** @throws corrupt */
export function clusterOf(incarnation: Found, seal: Found): Cluster {
  if (typeof incarnation !== 'object') corrupt(incarnationKey)
  if (typeof seal !== 'object') corrupt(sealKey)
  return { incarnation: parseIncarnation(incarnation), clusterId: parseSealRow(seal.value).clusterId }
}

/**
 * Ends the service of the old store in one commit. No commit of a node lands after it, since each expects the row of the
 * format; and no node answers from what it has in memory, since each request reads the row of the mounts.
 *
 * @param other the type of the new store
 * @param isHeld whether this run still has the new store. It is asked after the old store was looked at, whose state is
 * expected by the commit: so a run that has taken the new store since then finds this fence, or this one fails
 * @returns the fence, held by this run from now on
 * @throws conflict when it belongs to another move, or another run has the new store
 */
export function fence(
  store: Store,
  mark: Omit<Mark, 'phase'>,
  { other, isHeld, pause }: { readonly other: string; isHeld(): Promise<boolean>; readonly pause: Pause },
): Promise<Fence> {
  const wanted: Mark = { ...mark, phase: 'fenced' }
  const moved = movedRow({ state: 'leaving', id: mark.id, other })
  return persist(pause, async () => {
    const { fence: found, incarnation, rows } = await readSource(store)
    if (incarnation !== mark.source) fail('conflict', 'the data was restored from a backup meanwhile')
    if (found?.mark.run === mark.run) return found
    if (found !== undefined && found.mark.id !== mark.id) {
      fail('conflict', 'another move of this store is under way')
    }
    if (!(await isHeld())) throw takenOver()
    // Whether it landed is read again.
    if (found !== undefined) {
      await store.commit({ expect: [at(moveKey, found.version)], put: [markRow(wanted)] })
      return undefined
    }
    const { format, mounts } = rows
    if (typeof mounts !== 'object') corrupt(mountsKey)
    await store.commit({
      expect: [
        at(formatKey, format.version),
        at(mountsKey, mounts.version),
        at(moveKey, versionOf(rows.mark)),
        at(incarnationKey, versionOf(rows.incarnation)),
      ],
      put: [
        markRow(wanted),
        { key: formatKey, value: moved },
        { key: mountsKey, value: moved },
        { key: heldFormatKey, value: format.value },
        { key: heldMountsKey, value: mounts.value },
      ],
    })
    return undefined
  })
}

/**
 * Gives the old store back to its nodes, which go on by themselves.
 *
 * @param held the fence as it was found; when another run has taken it since, nothing is done
 * @throws conflict then
 */
export function unfence(store: Store, held: Fence, pause: Pause): Promise<true> {
  return persist(pause, async () => {
    const { fence: now, rows } = await readSource(store)
    if (now === undefined) return true
    if (now.version !== held.version) throw takenOver()
    await store.commit({
      expect: [
        at(moveKey, held.version),
        at(formatKey, rows.format.version),
        at(mountsKey, versionOf(rows.mounts)),
      ],
      put: [
        { key: formatKey, value: held.format.value },
        { key: mountsKey, value: held.mounts.value },
      ],
      delete: [moveKey, heldFormatKey, heldMountsKey],
    })
    return undefined
  })
}

/** Another run has what this one had. */
export const takenOver = () =>
  new CofferError('conflict', 'another run of this command has taken over the move')

/** The old store as it was before it was fenced. */
export function behindFence(store: Reader, { mounts }: Fence): Reader {
  return {
    read: (keys, known) => store.read(keys, known),
    list: (prefix, options) => store.list(prefix, options),
    async scan(prefix, options) {
      const { rows, more } = await store.scan(prefix, options)
      return {
        more,
        rows: rows.map((row) => (row.key === mountsKey ? { ...row, value: mounts.value } : row)),
      }
    },
  }
}

export const at = (key: StorageKey, version: Version | null): Expectation => ({ key, version })
export const versionOf = (row: Found): Version | null => (typeof row === 'object' ? row.version : null)

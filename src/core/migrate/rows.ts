import { corrupt } from '../../barrier/envelope.ts'
import { formatKey, incarnationKey, jsonBytes, parseRow } from '../../barrier/rows.ts'
import type { Row, StorageKey } from '../../storage/store.ts'

/*
 * The rows that a move keeps, in clear. They belong to one store and are never copied.
 */
/** In both stores: which move it is, and which run of the command works on it. */
export const moveKey = 'cluster/migration' as StorageKey
/** In the old store: the rows that were put aside when it was fenced. */
export const heldFormatKey = 'cluster/migration/format' as StorageKey
export const heldMountsKey = 'cluster/migration/mounts' as StorageKey

const ownPrefix = `${moveKey}/`
/** What the new store gets when it is opened, and not before. */
const writtenAtOpening: readonly string[] = [formatKey, incarnationKey]

/** Whether a move copies and compares the row under this key. */
export const isCopied = (key: string): boolean =>
  key !== moveKey && !writtenAtOpening.includes(key) && !key.startsWith(ownPrefix)

export type Mark = {
  /** Names the move: the same in both stores. */
  readonly id: string
  /** Names the run that wrote the row last: no other may go on. */
  readonly run: string
  /** The incarnation of the data that moves. */
  readonly source: string
  /** Of the old store: `fenced`. Of the new one: the others. */
  readonly phase: 'copying' | 'aborting' | 'opened' | 'fenced'
}

export const markRow = (mark: Mark) => ({ key: moveKey, value: jsonBytes(mark) })

const phases: readonly unknown[] = ['copying', 'aborting', 'opened', 'fenced'] satisfies Mark['phase'][]

/** @throws corrupt */
export function parseMark({ value }: Pick<Row, 'value'>): Mark {
  const { id, run, source, phase } = parseRow(moveKey, value)
  if (typeof id !== 'string' || typeof run !== 'string' || typeof source !== 'string') corrupt(moveKey)
  if (!phases.includes(phase)) corrupt(moveKey)
  // It is one of the list.
  return { id, run, source, phase: phase as Mark['phase'] }
}

/** @throws corrupt */
export function parseIncarnation({ value }: Pick<Row, 'value'>): string {
  const { id } = parseRow(incarnationKey, value)
  return typeof id === 'string' ? id : corrupt(incarnationKey)
}

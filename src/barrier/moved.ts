import { fail } from '../base/errors.ts'

/**
 * What stands in the place of rows while the data moves to another store, in clear. `leaving`: in the old store, from
 * the moment on from which it may not serve any more. `arriving`: in the new one, until everything is there.
 */
export type Moved = {
  readonly state: 'leaving' | 'arriving'
  /** Names the move. */
  readonly id: string
  /** The type of the other store. */
  readonly other: string
}

/** Greater than the format of any program: also those that know nothing of moves refuse such a store. */
const noFormat = 2 ** 31

/** The row of the format, and every other row that is to be refused. */
export const movedRow = (moved: Moved): Buffer =>
  Buffer.from(JSON.stringify({ minReader: noFormat, minWriter: noFormat, moved }))

/** What {@link movedRow} made a row of; undefined for other rows. */
export function parseMoved({ moved }: Readonly<Record<string, unknown>>): Moved | undefined {
  if (typeof moved !== 'object' || moved === null) return undefined
  // Each property is looked at before anything relies on it.
  const { state, id, other } = moved as Partial<Moved>
  if (state !== 'leaving' && state !== 'arriving') return undefined
  return typeof id === 'string' && typeof other === 'string' ? { state, id, other } : undefined
}

/** @throws storage_moved */
export function refuseMoved({ state, other }: Moved): never {
  return fail(
    'storage_moved',
    state === 'leaving'
      ? `the data has moved to another store (${other}): start the server with the configuration of that one`
      : `the data has not all arrived in this store (from ${other}): run coffer operator migrate again, or end the move with -abort`,
  )
}

/** Refuses a value as it lies in the store if it is no value but says that the data has moved. */
export function refuseIfMoved(stored: Uint8Array): void {
  // Nearly all rows end here: envelopes begin with another byte.
  if (stored[0] !== brace) return
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(stored.buffer, stored.byteOffset, stored.length).toString())
  } catch {
    return
  }
  if (typeof value !== 'object' || value === null) return
  // An object, whose properties parseMoved looks at.
  const moved = parseMoved(value as Record<string, unknown>)
  if (moved !== undefined) refuseMoved(moved)
}

const brace = 0x7b

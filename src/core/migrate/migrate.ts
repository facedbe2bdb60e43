import { fail } from '../../base/errors.ts'
import type { Random } from '../../base/random.ts'
import type { Store } from '../../storage/store.ts'
import { fits } from './batches.ts'
import { type Digest, digestOf } from './digest.ts'
import { pass } from './pass.ts'
import type { Pause } from './patience.ts'
import { behindFence, type Fence, fence, readSource, takenOver, unfence } from './source.ts'
import { type Claim, claim, claimToAbort, clear, open, stillHeld } from './target.ts'
import { pagesOf } from './windows.ts'

/** A store and its type, such as `sqlite`. */
export type Place = { readonly store: Store; readonly type: string }

/** How far a move is. In the last changes and while it verifies, the old store is fenced, and nobody is served. */
export type Phase = 'counting' | 'copying' | 'catching up' | 'last changes' | 'verifying' | 'clearing'
/** @property total about; 0 where it is not known */
export type MoveProgress = (phase: Phase, rows: number, total: number) => void

export type MoveParts = {
  readonly from: Place
  readonly to: Place
  readonly random: Random
  readonly pause: Pause
  /** Milliseconds on a clock that never runs back. */
  readonly monotonic: () => number
  readonly progress?: MoveProgress
}

export type Moving = {
  /** Names the move. */
  readonly id: string
  /** True where an earlier run had ended the move already; nothing was done then. */
  readonly already: boolean
  readonly rows: number
  readonly bytes: number
  /** How often the stores were gone through while the old one served. */
  readonly passes: number
  /** SHA-256, hex, over all keys and values: the same on both sides. */
  readonly digest: string
  /** Milliseconds that nobody was served. */
  readonly fenced: number
}

/** With fewer changes in a pass than this, the next one may be the last. */
const fewChanges = 500
/** A busy store never has few changes: then the last pass is merely longer. */
const mostPasses = 8

/**
 * Moves all data to an empty store while the old one serves, and opens the new one. Called again after it was
 * interrupted, it goes on. Values stay encrypted.
 *
 * @throws invalid_request when the new store is not empty or the old one not initialised; storage_limit when rows are
 * too large for the new store; conflict when another run has taken over; storage_format, storage_moved, corrupt and
 * storage_failed. Unless it was fenced before, the old store goes on serving then.
 */
export async function move(parts: MoveParts): Promise<Moving> {
  const { from, to, random, pause } = parts
  const run = random.uuid()
  const source = await readSource(from.store)
  const held = await claim(to.store, { source, other: from.type, run, newId: random.uuid(), pause })
  const { id } = held.mark
  if (held.mark.phase === 'opened') return { ...nothingDone, id }
  // A fence of an earlier run means that the copy is nearly whole, and that nobody is served.
  const { passes, total } = source.fence === undefined ? await copy(parts, held) : { passes: 0, total: 0 }
  const begun = parts.monotonic()
  const done = await finish(parts, held, { run, incarnation: source.incarnation, total })
  return { id, already: false, passes, fenced: Math.round(parts.monotonic() - begun), ...done }
}

const nothingDone = { already: true, rows: 0, bytes: 0, passes: 0, digest: '', fenced: 0 }

/** Copies, and again what has changed meanwhile, until little has. */
async function copy(
  parts: MoveParts,
  held: Claim,
): Promise<{ readonly passes: number; readonly total: number }> {
  const { from, to, pause, progress } = parts
  let total = await count(parts)
  let before = Number.POSITIVE_INFINITY
  for (let passes = 1; ; passes++) {
    const phase = passes === 1 ? 'copying' : 'catching up'
    const done = await pass({
      source: from.store,
      target: to.store,
      mark: held.version,
      pause,
      progress: (rows) => progress?.(phase, rows, total),
    })
    refuseLarge(done.tooLarge, to)
    total = done.rows
    if (done.changed <= fewChanges || passes === mostPasses || done.changed * 2 > before)
      return { passes, total }
    before = done.changed
  }
}

/** Counts the rows, and refuses those that the new store cannot take before anything is copied. */
async function count({ from, to, pause, progress }: MoveParts): Promise<number> {
  let rows = 0
  let tooLarge = 0
  for await (const page of pagesOf(from.store, pause)) {
    rows += page.length
    for (const row of page) if (!fits(row, to.store.limits)) tooLarge++
    progress?.('counting', rows, 0)
  }
  refuseLarge(tooLarge, to)
  return rows
}

function refuseLarge(count: number, { store, type }: Place): void {
  if (count === 0) return
  fail(
    'storage_limit',
    `${count} ${count === 1 ? 'row is' : 'rows are'} larger than the new store (${type}) takes, which is ` +
      `${store.limits.bytesPerCommit} bytes: make them smaller, or choose another store`,
  )
}

type Finished = Pick<Moving, 'rows' | 'bytes' | 'digest'>

/** From the fence to the opening. What fails before the opening gives the old store back. */
async function finish(
  parts: MoveParts,
  held: Claim,
  { run, incarnation, total }: { readonly run: string; readonly incarnation: string; readonly total: number },
): Promise<Finished> {
  const { from, to, random, pause } = parts
  const mark = { id: held.mark.id, run, source: incarnation }
  const isHeld = () => stillHeld(to.store, held)
  const wall = await fence(from.store, mark, { other: to.type, isHeld, pause })
  let verified: Digest
  try {
    verified = await verify(parts, held, wall, total)
  } catch (error) {
    throw await givenBack(parts, wall, error)
  }
  // Whether an opening that fails has opened the store is not known, so the fence stays.
  if (!(await open(to.store, held, { format: wall.format, incarnation: random.uuid(), pause }))) {
    throw await givenBack(parts, wall, takenOver())
  }
  const { rows, bytes, sha256 } = verified
  return { rows, bytes, digest: sha256 }
}

/** Copies what changed last, and compares all of both stores, each read by itself. */
async function verify(
  { from, to, pause, progress }: MoveParts,
  held: Claim,
  wall: Fence,
  total: number,
): Promise<Digest> {
  const source = behindFence(from.store, wall)
  const last = await pass({
    source,
    target: to.store,
    mark: held.version,
    pause,
    progress: (rows) => progress?.('last changes', rows, total),
  })
  refuseLarge(last.tooLarge, to)
  const [before, after] = await Promise.all([
    digestOf(source, pause),
    digestOf(to.store, pause, (rows) => progress?.('verifying', rows, last.rows)),
  ])
  if (before.sha256 === after.sha256) return before
  if (!(await stillHeld(to.store, held))) throw takenOver()
  return fail('corrupt', 'the new store does not give back what was written to it: the digests differ')
}

/** Lets the nodes on the old store go on after a failure; answers what is to be thrown. */
async function givenBack({ from, pause }: MoveParts, wall: Fence, cause: unknown): Promise<unknown> {
  try {
    await unfence(from.store, wall, pause)
  } catch {
    // The failure itself says more; the old store is still fenced then, as its nodes tell.
  }
  return cause
}

/**
 * Ends a move that has not opened the new store: the old one serves again, and the new one is emptied.
 *
 * @param to undefined when the new store is gone for good; whoever says so has to be right
 * @returns false when there was nothing to end
 * @throws storage_moved when the new store has been opened; invalid_request when it is not that of the move
 */
export async function abort({ from, to, random, pause, progress }: AbortParts): Promise<boolean> {
  const source = await readSource(from.store)
  if (to === undefined) {
    if (source.fence === undefined) return false
    await unfence(from.store, source.fence, pause)
    return true
  }
  const { held } = await claimToAbort(to.store, source, random.uuid(), pause)
  if (held === undefined) {
    if (source.fence === undefined) return false
    fail('invalid_request', 'the new store is not that of this move: name the one that the data moves to')
  }
  // In this order: a run that takes the new store after this reads the fence later than it is read here.
  const { fence: wall } = await readSource(from.store)
  if (!(await stillHeld(to.store, held))) {
    throw takenOver()
  }
  if (wall !== undefined) await unfence(from.store, wall, pause)
  progress?.('clearing', 0, 0)
  await clear(to.store, held, pause)
  return true
}

export type AbortParts = Omit<MoveParts, 'to' | 'monotonic'> & { readonly to: Place | undefined }

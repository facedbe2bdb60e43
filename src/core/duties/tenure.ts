import type { Clock } from '../../base/clock.ts'
import { type Ground, type Transaction, transact } from '../../transaction/transaction.ts'
import { TakenOver, type Turn } from './duty.ts'
import { beatKey, beats, type Epoch, epochKey, epochs } from './rows.ts'

/** Milliseconds after which who has a duty says so again. */
export const beatEvery = 10_000
/** Milliseconds without a beat, on the observer's own clock, after which another process takes over. */
export const deadAfter = 30_000

/** One process's hold on one duty. */
export type Tenure = {
  /** Whether this process has the duty, as far as it knows. */
  readonly held: boolean
  /** Says that this process lives, or looks whether the duty is free, and takes it then. */
  tend(): Promise<void>
  /** @returns undefined while this process does not have the duty */
  turn(signal: AbortSignal): Turn | undefined
  /** Gives the duty back, so that another process need not wait. */
  release(): Promise<void>
}

type Parts = {
  readonly ground: () => Ground
  readonly clock: Clock
  readonly process: string
  readonly duty: string
}

export function createTenure({ ground, clock, process, duty }: Parts): Tenure {
  let held: number | undefined
  let beaten = 0
  /** The last state of the rows that was seen in another's hands, and since when, by the monotonic clock. */
  let seen: { readonly state: string; readonly since: number } | undefined

  const ownEpoch = async (tx: Transaction, number: number): Promise<Epoch> => {
    const epoch = await tx.get(epochs, epochKey(duty))
    if (epoch?.number === number && epoch.process === process) return epoch
    if (held === number) held = undefined
    throw new TakenOver(`another process has the duty ${duty}`)
  }

  /** The commit expects the epoch, since the transaction has read it. */
  const within =
    (number: number): Turn['transact'] =>
    (work) =>
      transact(ground, async (tx) => {
        await ownEpoch(tx, number)
        return work(tx)
      })

  async function beat(number: number): Promise<void> {
    await within(number)(async (tx) => tx.put(beats, beatKey(duty), { epoch: number }))
    beaten = clock.monotonic()
  }

  /** Whether nobody has the duty, or who had it has not been heard of for too long. */
  async function isFree(tx: Transaction, epoch: Epoch | undefined): Promise<boolean> {
    const last = await tx.get(beats, beatKey(duty))
    // What this process took and never learnt of is its own.
    if (epoch === undefined || last === undefined || epoch.process === process) return true
    const state = `${tx.versionOf(epochKey(duty))} ${tx.versionOf(beatKey(duty))}`
    if (seen?.state !== state) seen = { state, since: clock.monotonic() }
    return clock.monotonic() - seen.since >= deadAfter
  }

  /** The commit expects both rows, so that of several who want the duty one gets it, and a late beat counts. */
  const claim = () =>
    transact(ground, async (tx) => {
      await tx.fetch([
        { kind: epochs, key: epochKey(duty) },
        { kind: beats, key: beatKey(duty) },
      ])
      const before = await tx.get(epochs, epochKey(duty))
      if (!(await isFree(tx, before))) return undefined
      const number = (before?.number ?? 0) + 1
      tx.put(epochs, epochKey(duty), { number, process, since: clock.now() })
      tx.put(beats, beatKey(duty), { epoch: number })
      return number
    })

  return {
    get held() {
      return held !== undefined
    },
    async tend() {
      if (held !== undefined) {
        if (clock.monotonic() - beaten >= beatEvery) await beat(held).catch(unlessTakenOver)
        return
      }
      held = await claim()
      beaten = clock.monotonic()
      if (held !== undefined) seen = undefined
    },
    turn(signal) {
      const number = held
      if (number === undefined) return undefined
      return {
        epoch: number,
        signal,
        transact: within(number),
        fence: () =>
          transact(ground, async (tx) => {
            await ownEpoch(tx, number)
            return { key: epochKey(duty), version: tx.versionOf(epochKey(duty)) }
          }),
      }
    },
    async release() {
      const number = held
      held = undefined
      if (number === undefined) return
      await within(number)(async (tx) => tx.delete(beatKey(duty))).catch(unlessTakenOver)
    },
  }
}

function unlessTakenOver(error: unknown): void {
  if (!(error instanceof TakenOver)) throw error
}

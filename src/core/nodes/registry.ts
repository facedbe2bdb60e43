import { setTimeout } from 'node:timers/promises'
import type { HighWaterClock } from '../../base/clock.ts'
import { CofferError, fail } from '../../base/errors.ts'
import { lineUp } from '../../base/line-up.ts'
import { storeTime, takeTime } from '../../lease/cluster-time.ts'
import type { ScanRow, StorageKey, Version } from '../../storage/store.ts'
import { type Ground, transact } from '../../transaction/transaction.ts'
import type { Report } from '../report.ts'
import { type NodeRow, nodeRows, nodesPrefix } from './rows.ts'
import { certainly, createSkewMeter, type Skew, type SkewMeter } from './skew.ts'

/** Milliseconds after which a process says again that it lives, and what its clock says. */
export const beatEvery = 5_000
/** Milliseconds without a beat, on the observer's own clock, after which a process counts as dead. */
export const deadAfter = 30_000
/** Milliseconds that two clocks may certainly differ by before the operator is told. */
export const muchSkew = 1_000
/**
 * Milliseconds that this node's time may be ahead of what the others' clocks and the stored mark allow. Beyond that it
 * serves nothing and stores no time, since all of them would have to follow it, and could never go back.
 */
export const tooFarAhead = 60_000
/** Milliseconds between two looks of one who joins, and how many of them a living node has to beat. */
const [joinPause, joinLooks] = [500, 16]

/** A process that serves the store, as this one sees it. */
export type LivingNode = {
  /** `<node>/<process>`: stays the same when it starts anew. */
  readonly place: string
  readonly row: NodeRow
  readonly isSelf: boolean
  /** When its last beat was seen, by this process's clock. */
  readonly lastBeat: number
  /** Undefined for this process itself, and before two beats of another. */
  readonly skew: Skew | undefined
}

export type DeadNode = { readonly key: StorageKey; readonly version: Version }

/** Who serves the store. What is read here comes from memory; {@link Registry.tend} renews it. */
export type Registry = {
  /**
   * Looks who lives before this process says that it does. Where its time is ahead of all the others', it waits for a
   * beat that tells whether those live.
   *
   * @throws clock_ahead
   */
  join(): Promise<void>
  /** Looks who lives, and says that this process does, if it is time to. @throws clock_ahead */
  tend(): Promise<void>
  /** @throws clock_ahead where this process must neither serve nor store the time; asks nobody */
  check(): void
  /** This process first, then the others by their keys. */
  living(): readonly LivingNode[]
  /** Rows of processes that are dead. */
  dead(): readonly DeadNode[]
  /** Takes this process's row away. */
  leave(): Promise<void>
}

type Parts = {
  readonly ground: Ground
  readonly clock: HighWaterClock
  /** The machine's own clock, whatever the cluster's time is. */
  readonly wall: () => number
  readonly key: StorageKey
  readonly about: Omit<NodeRow, 'wall' | 'since'>
  readonly report: Report
  /** Whether the others may have other clocks than this one: only then is this one's judged by theirs. */
  readonly apart: boolean
  /** Told, with each look, when the clock of this machine is wrong by what others have said since it was doubted. */
  readonly ahead?: ((error: CofferError) => void) | undefined
  readonly pause?: (milliseconds: number) => Promise<unknown>
}

type Other = {
  row: NodeRow
  version: Version
  /** When its present row was first seen: by the monotonic clock, and by this process's time. */
  since: number
  /** Whether it was seen to beat. */
  beats: boolean
  lastBeat: number
  readonly skew: SkewMeter
  told: boolean
}

/** Nodes that are looked at; what is beyond is no cluster of ours. */
const maxNodes = 1_000
const pageOfNodes = 100

export function createRegistry(parts: Parts): Registry {
  const { ground, clock, wall, key, about, report, apart, ahead, pause = (span) => setTimeout(span) } = parts
  const since = clock.now()
  const home = key.slice(0, key.lastIndexOf('/') + 1)
  const others = new Map<StorageKey, Other>()
  let own: NodeRow = { ...about, since, wall: wall() }
  let beaten = Number.NEGATIVE_INFINITY
  let left = false
  /** The mark that was stored or read last, and when, by the monotonic clock. */
  let mark = { at: 0, since: clock.monotonic() }
  /** Since when this machine's clock has been too far ahead, by the monotonic one. */
  let doubted: number | undefined
  /** This machine's clock when the last look began. */
  let looked: number | undefined

  async function beat(problem?: CofferError): Promise<void> {
    own = { ...own, wall: wall() }
    await transact(
      () => ground,
      async (tx) => {
        if (left) fail('sealed')
        tx.put(nodeRows, key, own)
        if (problem === undefined) mark = { at: await storeTime(tx, clock), since: clock.monotonic() }
      },
    )
    beaten = clock.monotonic()
  }

  async function look(): Promise<void> {
    const before = looked
    const began = wall()
    const rows: ScanRow[] = []
    for (let after: StorageKey | undefined; rows.length < maxNodes; after = rows.at(-1)?.key) {
      const page = await ground.store.scan(nodesPrefix, { after, limit: pageOfNodes })
      rows.push(...page.rows)
      if (!page.more) break
    }
    if (rows.some(({ value }) => !ground.barrier.knows(value))) await ground.barrier.reload()
    const found = new Set(rows.map((row) => row.key))
    for (const gone of others.keys()) if (!found.has(gone)) others.delete(gone)
    for (const row of rows) if (row.key !== key) see(row, before)
    looked = began
  }

  function see({ key: at, value, version }: ScanRow, before: number | undefined): void {
    const known = others.get(at)
    if (known?.version === version) return
    const row = nodeRows.parse(ground.barrier.decrypt(at, value))
    const isSame = known?.row.id === row.id
    const other: Other = {
      row,
      version,
      since: clock.monotonic(),
      beats: isSame && before !== undefined,
      lastBeat: clock.now(),
      skew: isSame ? known.skew : createSkewMeter(),
      told: isSame && known.told,
    }
    others.set(at, other)
    if (!isSame || before === undefined) return
    other.skew.observe(row.wall, before, wall())
    tell(other)
  }

  /** Once for each time that the clocks come to differ. */
  function tell(other: Other): void {
    const skew = other.skew.read()
    if (skew === undefined) return
    const isMuch = certainly(skew) > muchSkew
    if (isMuch && !other.told) {
      const seconds = Math.round(Math.abs(skew.estimate) / 1000)
      report(
        `the clock of ${nameOf(other.row)} is ${seconds} seconds ${skew.estimate > 0 ? 'ahead of' : 'behind'} ` +
          'this one: what expires follows the one that is ahead; set the clocks by one time server',
      )
    }
    other.told = isMuch
  }

  /** Milliseconds by which this node's time is beyond what the mark and such others have told, and has passed since. */
  function aheadOf(such: readonly Other[]): number {
    const told = [...such.map(({ row, since }) => ({ at: row.wall, since })), mark]
    const latest = Math.max(...told.map(({ at, since }) => at + clock.monotonic() - since))
    return clock.now() - latest
  }

  /** Processes of this machine have its clock, and are no witnesses of it. */
  const elsewhere = () => [...others].flatMap(([at, other]) => (at.startsWith(home) ? [] : [other]))
  const living = () => elsewhere().filter((other) => other.beats && !isDead(other))

  /** Why this process must neither serve nor store the time. */
  function trouble(): CofferError | undefined {
    const witnesses = apart ? living() : []
    if (witnesses.length === 0) return undefined
    const beyond = aheadOf(witnesses)
    if (beyond <= tooFarAhead) return undefined
    const names = witnesses.map(({ row }) => nameOf(row)).join(', ')
    return new CofferError(
      'clock_ahead',
      `the clock of this machine is ${Math.round(beyond / 1000)} seconds ahead of ${names}: set the clocks by one ` +
        'time server; until then this node serves nothing',
    )
  }

  function check(): void {
    const problem = trouble()
    if (problem !== undefined) throw problem
  }

  const isDead = ({ since }: Other) => clock.monotonic() - since >= deadAfter

  async function tend(): Promise<void> {
    if (left) return
    await look()
    const problem = trouble()
    if (problem === undefined) doubted = undefined
    else doubted ??= clock.monotonic()
    // All may have been stopped for an hour at once: each says what its clock is, and waits for what the others say.
    if (clock.monotonic() - beaten >= beatEvery) await beat(problem)
    if (problem === undefined) return
    if (living().some(({ since }) => since > (doubted ?? 0))) ahead?.(problem)
    throw problem
  }

  return {
    async join() {
      if (!apart) return
      const at = await transact(
        () => ground,
        (tx) => takeTime(tx, clock),
      )
      mark = { at, since: clock.monotonic() }
      await look()
      const isOpen = () => elsewhere().length > 0 && !elsewhere().some(({ beats }) => beats)
      for (let looks = 0; looks < joinLooks && isOpen(); looks++) {
        if (aheadOf(elsewhere()) <= tooFarAhead) return
        await pause(joinPause)
        await look()
      }
      check()
    },
    tend: lineUp(tend),
    check,
    living: () => [
      { place: placeOf(key), row: own, isSelf: true, lastBeat: clock.now(), skew: undefined },
      ...[...others]
        .filter(([, other]) => !isDead(other))
        .map(([at, { row, lastBeat, skew }]) => ({
          place: placeOf(at),
          row,
          isSelf: false,
          lastBeat,
          skew: skew.read(),
        })),
    ],
    dead: () =>
      [...others].filter(([, other]) => isDead(other)).map(([at, { version }]) => ({ key: at, version })),
    async leave() {
      left = true
      await transact(
        () => ground,
        async (tx) => {
          if ((await tx.get(nodeRows, key))?.id === about.id) tx.delete(key)
        },
      )
    },
  }
}

const placeOf = (key: StorageKey) => key.slice(nodesPrefix.length)

const nameOf = ({ hostname, apiAddress }: NodeRow) =>
  apiAddress === '' ? hostname : `${hostname} (${apiAddress})`

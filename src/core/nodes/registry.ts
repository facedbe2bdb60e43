import type { HighWaterClock } from '../../base/clock.ts'
import { fail } from '../../base/errors.ts'
import { lineUp } from '../../base/line-up.ts'
import { storeTime } from '../../lease/cluster-time.ts'
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
  /** Says that this process lives, if it is time to, and looks who else does. */
  tend(): Promise<void>
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
}

type Other = {
  row: NodeRow
  version: Version
  /** When its present row was first seen: by the monotonic clock, and by this process's time. */
  since: number
  lastBeat: number
  readonly skew: SkewMeter
  told: boolean
}

/** Nodes that are looked at; what is beyond is no cluster of ours. */
const maxNodes = 1_000
const pageOfNodes = 100

export function createRegistry({ ground, clock, wall, key, about, report }: Parts): Registry {
  const since = clock.now()
  const others = new Map<StorageKey, Other>()
  let own: NodeRow = { ...about, since, wall: wall() }
  let beaten = Number.NEGATIVE_INFINITY
  let left = false
  /** This machine's clock when the last look began. */
  let looked: number | undefined

  async function beat(): Promise<void> {
    own = { ...own, wall: wall() }
    await transact(
      () => ground,
      async (tx) => {
        if (left) fail('sealed')
        tx.put(nodeRows, key, own)
        await storeTime(tx, clock)
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

  const isDead = ({ since }: Other) => clock.monotonic() - since >= deadAfter

  return {
    tend: lineUp(async () => {
      if (left) return
      if (clock.monotonic() - beaten >= beatEvery) await beat()
      await look()
    }),
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

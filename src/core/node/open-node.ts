import { hostname } from 'node:os'
import { type Broker, createBroker } from '../../audit/broker.ts'
import type { Head } from '../../audit/chain/chain.ts'
import type { OpenBarrier } from '../../barrier/open.ts'
import type { HighWaterClock } from '../../base/clock.ts'
import { isFailure } from '../../base/errors.ts'
import type { StorageKey } from '../../storage/store.ts'
import type { TokenTools } from '../../token/create.ts'
import { createRecordCache } from '../../transaction/cache.ts'
import { jsonRecord } from '../../transaction/record.ts'
import { type Ground, transact } from '../../transaction/transaction.ts'
import { createDays, type Days } from '../../usage/days/days.ts'
import { createJournal, type Journal } from '../../usage/journal/journal.ts'
import { createUsage, type Usage } from '../../usage/usage.ts'
import { allDuties } from '../duties/all.ts'
import { createDuties, type Duties } from '../duties/duties.ts'
import type { MoveParts } from '../duties/moves.ts'
import type { Meters } from '../metrics/meters.ts'
import { createRegistry, type Registry } from '../nodes/registry.ts'
import { nodeKey } from '../nodes/rows.ts'
import { program } from '../version.ts'
import { type ClockMark, clockMark } from './clock-mark.ts'
import type { NodeOptions } from './options.ts'

/** What an open barrier makes possible; gone when the node is sealed. */
export type OpenNode = {
  readonly ground: Ground
  readonly tools: TokenTools
  readonly audit: Broker
  readonly usage: Usage
  readonly days: Days
  readonly journal: Journal
  readonly duties: Duties
  readonly nodes: Registry
  readonly mark: ClockMark
}

export type OpenNodeParts = {
  readonly options: NodeOptions
  readonly barrier: OpenBarrier
  /** One that never runs back. */
  readonly clock: HighWaterClock
  readonly tools: TokenTools
  readonly meters: Meters
  readonly moves: MoveParts
}

/** Bytes that opened rows may take in memory. */
const cacheBytes = 64 * 1024 * 1024

/** Builds what serves requests on a barrier that has just been opened; nothing is read or written yet. */
export function openNode({ options, barrier, clock, tools, meters, moves }: OpenNodeParts): OpenNode {
  const { store, random, report } = options
  const ground: Ground = { store, barrier, cache: createRecordCache(cacheBytes), tally: meters.tally }
  const process = random.uuid()
  const running = options.program ?? program
  const nodes = createRegistry({
    ground,
    clock,
    wall: options.clock.now,
    key: nodeKey(options.seat),
    about: {
      id: process,
      hostname: hostname(),
      apiAddress: options.apiAddress ?? '',
      clusterAddress: options.clusterAddress ?? '',
      version: running.version,
      formats: running.formats,
    },
    report,
    apart: options.shared === true,
    ahead: options.unusable,
  })
  // What is swept away by a wrong clock does not come back.
  const groundInTime = () => {
    nodes.check()
    return ground
  }
  const duties = createDuties({
    ground: groundInTime,
    clock,
    process,
    duties: allDuties({
      ground: groundInTime,
      barrier,
      clock,
      random,
      report,
      moves,
      nodes,
      expired: meters.leaseExpired,
      checkStore: options.checkStore,
      storeChecked: meters.storeChecked,
    }),
    failed(duty, error) {
      if (!isFailure(error, 'storage_moved')) report(`the duty ${duty} failed: ${nameOf(error)}`)
    },
  })
  const usage = createUsage({ ground, process, report })
  const days = createDays({ ground, clock, process })
  const journal = createJournal({ ground, clock, process, report })
  return {
    ground,
    tools,
    audit: auditBroker(options, ground, barrier, clock),
    usage,
    days,
    journal,
    duties,
    nodes,
    mark: clockMark(ground, clock, nodes.check),
  }
}

const heads = jsonRecord<Head>('audit head')

function auditBroker(
  options: NodeOptions,
  ground: Ground,
  barrier: OpenBarrier,
  clock: HighWaterClock,
): Broker {
  const { seat, random, report } = options
  // The first process has the files themselves.
  const own = seat.process === 0 ? '' : String(seat.process)
  const headKey = (device: string, process = own) =>
    `ns/root/audit-head/${device}/${seat.node}/${process || '0'}` as StorageKey
  return createBroker({
    derive: (purpose) => barrier.derive(purpose),
    clock,
    uuid: random.uuid,
    node: seat.node,
    process: own,
    forbidden: options.dataFolders,
    folder: options.auditFolder,
    readHead: (device, process) =>
      transact(
        () => ground,
        (tx) => tx.get(heads, headKey(device, process)),
      ),
    writeHead: (device, head) =>
      transact(
        () => ground,
        async (tx) => {
          tx.put(heads, headKey(device), head)
        },
      ).catch(unlessSealed),
    report,
    ...options.auditParts,
  })
}

/** The last lines are those about the sealing itself: their head is stored when the chain goes on. */
function unlessSealed(error: unknown): void {
  if (!isFailure(error, 'sealed')) throw error
}

/** Milliseconds that an audit log stays open after its node was sealed. */
const lastEntries = 2_000

/** Closes the audit logs of a sealed node once the requests under way have written their answers, or `now`. */
export function closeLater(audit: Broker): { now(): Promise<void> } {
  let closed: Promise<void> | undefined
  const now = () => {
    closed ??= audit.close()
    return closed
  }
  setTimeout(() => void now(), lastEntries).unref()
  return { now }
}

/** What kind of error it was; its text may name paths of users. */
export const nameOf = (error: unknown) =>
  error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error'

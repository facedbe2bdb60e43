import { hostname } from 'node:os'
import { type Broker, type BrokerParts, createBroker } from '../../audit/broker.ts'
import type { Head } from '../../audit/chain/chain.ts'
import { auditKey, auditRecords } from '../../backend/audit-table.ts'
import type { RequestHandler } from '../../backend/message.ts'
import { readMounts } from '../../backend/mount-table.ts'
import type { Barrier } from '../../barrier/barrier.ts'
import { openSealKeeper, type SealKeeper } from '../../barrier/keeper/keeper.ts'
import type { OpenBarrier } from '../../barrier/open.ts'
import type { Seal } from '../../barrier/seals/seal.ts'
import { type Clock, highWaterClock } from '../../base/clock.ts'
import { fail, isFailure } from '../../base/errors.ts'
import type { Random } from '../../base/random.ts'
import type { StorageKey, Store } from '../../storage/store.ts'
import { metricsRoutes } from '../../sys/metrics/routes.ts'
import { sealRoutes } from '../../sys/seal/routes.ts'
import { healthRoute } from '../../sys/status/health.ts'
import type { TokenTools } from '../../token/create.ts'
import { tokenKeys } from '../../token/keys.ts'
import type { TtlBounds } from '../../token/ttl.ts'
import { createRecordCache } from '../../transaction/cache.ts'
import { jsonRecord } from '../../transaction/record.ts'
import { begin, type Ground, transact } from '../../transaction/transaction.ts'
import { createUsage, type Usage } from '../../usage/usage.ts'
import type { AuditConfig } from '../config/audit.ts'
import { allDuties } from '../duties/all.ts'
import { createDuties, type Duties } from '../duties/duties.ts'
import { createMeters, type Meters } from '../metrics/meters.ts'
import type { Report } from '../report.ts'
import { createRequestHandler } from '../request/handle.ts'
import { createOpenAudit } from '../request/open-audit.ts'
import { createRecorder } from '../request/recorder.ts'
import type { SpacesSettings } from '../spaces/settings.ts'
import { createSpaces } from '../spaces/spaces.ts'
import { buildDate, version } from '../version.ts'
import { installBackends } from './backends.ts'
import { raiseClock, storeClock } from './clock-mark.ts'
import { declareAudit, rawWithoutEffect } from './declared-audit.ts'
import { createRootToken, writeFirstRows } from './first-rows.ts'
import { createGate } from './gate.ts'

export type NodeOptions = {
  readonly store: Store
  /** Names this process among those of the cluster: its audit logs and their heads are its alone. */
  readonly seat: { readonly node: string; readonly process: number }
  /** Reads the whole store and answers what is wrong; absent where the store has nothing to check. */
  readonly checkStore?: (() => Promise<readonly string[]>) | undefined
  readonly storageType: string
  readonly seal: Seal
  readonly clock: Clock
  readonly random: Random
  readonly systemTtl: TtlBounds
  readonly clusterName?: string | undefined
  /** Where clients reach this node. */
  readonly apiAddress?: string | undefined
  /** Folders in which no audit log may lie. */
  readonly dataFolders: readonly string[]
  /** The folder below which requests may have audit logs; without it they have none. */
  readonly auditFolder: string | undefined
  readonly spaces: readonly SpacesSettings[]
  readonly audit: readonly AuditConfig[]
  /** Paths of KV engines that a new cluster begins with. */
  readonly firstMounts?: readonly string[]
  /** An id for the first root token, for development. */
  readonly rootTokenId?: string | undefined
  /** Whether metrics are served in the form of Prometheus, too; so unless it is false. */
  readonly prometheus?: boolean | undefined
  readonly report: Report
  /** For tests: what stands in for the files of audit devices, and for the time that they may take. */
  readonly auditParts?: Pick<BrokerParts, 'open' | 'timer'>
}

/** One server process from its start to its stop, without the network. */
export type Node = {
  readonly handler: RequestHandler
  readonly keeper: SealKeeper
  /** To be told of every request that was answered. */
  readonly observe: Meters['request']
  /** Opens the audit files again, after they were moved away. */
  reopenAudit(): Promise<void>
  /** Does now what the node does every few seconds; resolves when the duties that it has have run. */
  tend(): Promise<void>
  /** Writes what is still in memory, gives its duties back, and closes everything. */
  stop(): Promise<void>
}

/** What an open barrier makes possible; gone when the node is sealed. */
type Open = {
  readonly ground: Ground
  readonly tools: TokenTools
  readonly audit: Broker
  readonly usage: Usage
  readonly duties: Duties
}

/** Bytes that opened rows may take in memory. */
const cacheBytes = 64 * 1024 * 1024
const tendEvery = 5_000
const flushEvery = 10_000
const storeClockEvery = 60_000
/** Milliseconds that the node may take to write what is in memory before it is sealed. */
const lastWrites = 1_000
/** Milliseconds behind the cluster's time from which on an operator should look at the machine's clock. */
const muchBehind = 60_000

const heads = jsonRecord<Head>('audit head')

export async function startNode(options: NodeOptions): Promise<Node> {
  const { store, random, report } = options
  const clock = highWaterClock(options.clock)
  let open: Open | undefined
  let closing: { now(): Promise<void> } | undefined
  const need = (): Open => open ?? fail('sealed')
  const ground = () => need().ground

  const meters = createMeters()
  const { tally, tokenCreated: created } = meters
  const toolsOver = (barrier: Barrier): TokenTools => ({ clock, random, keys: tokenKeys(barrier), created })

  function activate(barrier: OpenBarrier): Open {
    const base: Ground = { store, barrier, cache: createRecordCache(cacheBytes), tally }
    const process = random.uuid()
    const duties = createDuties({
      ground: () => base,
      clock,
      process,
      duties: allDuties({
        ground: () => base,
        barrier,
        clock,
        random,
        report,
        expired: meters.leaseExpired,
        checkStore: options.checkStore,
        storeChecked: meters.storeChecked,
      }),
      failed: (duty, error) => report(`the duty ${duty} failed: ${nameOf(error)}`),
    })
    const usage = createUsage({ ground: base, clock, process, report })
    const { seat } = options
    const headKey = (device: string) =>
      `ns/root/audit-head/${device}/${seat.node}/${seat.process}` as StorageKey
    const audit = createBroker({
      derive: (purpose) => barrier.derive(purpose),
      clock,
      uuid: random.uuid,
      node: seat.node,
      // The first process has the files themselves.
      process: seat.process === 0 ? '' : String(seat.process),
      forbidden: options.dataFolders,
      folder: options.auditFolder,
      readHead: (device) =>
        transact(
          () => base,
          (tx) => tx.get(heads, headKey(device)),
        ),
      writeHead: (device, head) =>
        transact(
          () => base,
          async (tx) => {
            tx.put(heads, headKey(device), head)
          },
        ),
      report,
      ...options.auditParts,
    })
    return { ground: base, tools: toolsOver(barrier), audit, usage, duties }
  }

  const recorder = createRecorder(() => need().audit, version, meters.auditFailed)
  const spaces = createSpaces(options.spaces, clock, random)
  /** Never fails: what cannot be written is told, and tried again where there is a next time. */
  const told = (work: Promise<unknown> | undefined, what: string) =>
    work?.catch((error: unknown) => {
      if (!isFailure(error, 'sealed')) report(`${what} failed: ${nameOf(error)}`)
    })
  const flush = () => told(open?.usage.flush(), 'writing the usage of secrets')
  const keepTime = () => told(open && storeClock(open.ground, clock), 'storing the time')

  const keeper = await openSealKeeper({
    store,
    seal: options.seal,
    clock,
    random,
    about: { version, buildDate, storageType: options.storageType },
    clusterName: options.clusterName,
    bootstrap: async ({ store: staged, barrier }) => {
      const tx = begin({ store: staged, barrier, cache: createRecordCache(1024 * 1024) })
      writeFirstRows(tx, random, options.firstMounts)
      const { id } = await createRootToken(tx, toolsOver(barrier), options.rootTokenId)
      await tx.commit()
      return id
    },
    makeRootToken: () => transact(ground, async (tx) => (await createRootToken(tx, need().tools)).id),
    opened: async (barrier) => {
      // What was sealed a moment ago still has the audit logs open.
      await closing?.now()
      const next = activate(barrier)
      await raiseClock(next.ground, clock)
      if (clock.behind() > muchBehind) {
        const seconds = Math.round(clock.behind() / 1000)
        report(
          `the clock of this machine is ${seconds} seconds behind the time that this store has seen; until it ` +
            'has caught up, time passes at half its speed here',
        )
      }
      await told(storeClock(next.ground, clock), 'storing the time')
      const { texts, devices, mounts } = await transact(
        () => next.ground,
        async (tx) => {
          await declareAudit(tx, random, options.audit)
          const texts = await spaces.apply(tx)
          return { texts, devices: await tx.get(auditRecords, auditKey), mounts: await readMounts(tx) }
        },
      )
      for (const text of [...texts, ...rawWithoutEffect(devices, mounts)]) report(text)
      open = next
      // From the first request on, whatever of the store does not open then.
      recorder.configure(devices, mounts)
      report('unsealed', 'info')
    },
    closing: async () => {
      const late = AbortSignal.timeout(lastWrites)
      await Promise.race([
        Promise.all([open?.duties.stop(), flush(), keepTime()]),
        new Promise((resolve) => late.addEventListener('abort', resolve, { once: true })),
      ])
    },
    closed: () => {
      const before = open
      open = undefined
      before?.ground.cache.clear()
      // The request that sealed the node, and those under way, still write their answers.
      if (before === undefined) return
      closing = closeLater(before.audit)
      report('sealed', 'info')
    },
  })

  const services = {
    clock,
    random,
    version,
    systemTtl: options.systemTtl,
    ground,
    tokens: () => need().tools,
    recorder,
    usage: () => need().usage,
    guard: spaces.guard,
    arrived: spaces.arrived,
    listed: spaces.listed,
  }
  const seal = sealRoutes({
    keeper: () => keeper,
    version,
    hostname: hostname(),
    apiAddress: options.apiAddress ?? '',
  })
  const metrics = metricsRoutes({
    clock,
    prometheus: options.prometheus ?? true,
    collect: () =>
      meters.collect({
        unsealed: open !== undefined,
        auditTroubles: open?.audit.troubles().length ?? 0,
        cacheBytes: open?.ground.cache.bytes ?? 0,
      }),
  })
  const registry = installBackends({
    ...services,
    audit: () => need().audit,
    seal,
    metrics,
    sweepSoon: () => open?.duties.soon('sweep'),
  })
  const handler = createGate({
    keeper: () => keeper,
    clock,
    random,
    open: [...seal.open, healthRoute(() => keeper, clock)],
    whenSealed: seal.whenSealed,
    metrics: metrics.open,
    logical: createRequestHandler({ ...services, registry }),
    audit: createOpenAudit(ground, recorder),
  })

  const tend = () => told(keeper.tend(), 'looking after the keys')
  const timers = [
    setInterval(tend, tendEvery),
    setInterval(() => void open?.duties.tend(), tendEvery),
    setInterval(flush, flushEvery),
    setInterval(keepTime, storeClockEvery),
  ]
  for (const timer of timers) timer.unref()

  return {
    handler,
    keeper,
    observe: meters.request,
    reopenAudit: async () => open?.audit.reopen(),
    async tend() {
      await Promise.all([tend(), flush(), keepTime()])
      await open?.duties.tend()
      await open?.duties.settled()
    },
    async stop() {
      for (const timer of timers) clearInterval(timer)
      await Promise.all([open?.duties.stop(), flush(), keepTime()])
      await closing?.now()
      await open?.audit.close()
      await store.close()
    },
  }
}

/** Milliseconds that an audit log stays open after its node was sealed. */
const lastEntries = 2_000

function closeLater(audit: Broker): { now(): Promise<void> } {
  let closed: Promise<void> | undefined
  const now = () => {
    closed ??= audit.close()
    return closed
  }
  setTimeout(() => void now(), lastEntries).unref()
  return { now }
}

/** What kind of error it was; its text may name paths of users. */
const nameOf = (error: unknown) =>
  error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error'

import type { RequestHandler } from '../../backend/message.ts'
import { readMounts } from '../../backend/mounts/mount-table.ts'
import { auditKey, auditRecords } from '../../backend/settings/audit-table.ts'
import { noteVersion } from '../../backend/settings/version-history.ts'
import type { Barrier } from '../../barrier/barrier.ts'
import { openSealKeeper, type SealKeeper } from '../../barrier/keeper/keeper.ts'
import { highWaterClock } from '../../base/clock.ts'
import { fail, isFailure } from '../../base/errors.ts'
import { metricsRoutes } from '../../sys/metrics/routes.ts'
import { sealRoutes } from '../../sys/seal/routes.ts'
import type { TokenTools } from '../../token/create.ts'
import { tokenKeys } from '../../token/keys.ts'
import { createRecordCache } from '../../transaction/cache.ts'
import { begin, transact } from '../../transaction/transaction.ts'
import type { MoveParts } from '../duties/moves.ts'
import { createMeters, type Meters, type State } from '../metrics/meters.ts'
import { createRequestHandler } from '../request/handle.ts'
import { createInFlight } from '../request/records/in-flight.ts'
import { createOpenAudit } from '../request/records/open-audit.ts'
import { createRecorder } from '../request/records/recorder.ts'
import { createSessions, type Sessions } from '../sessions/sessions.ts'
import type { TransactIn } from '../spaces/apply.ts'
import { createSpaces } from '../spaces/spaces.ts'
import { program } from '../version.ts'
import { gather } from '../workers/gather.ts'
import { shareSeal } from '../workers/shared-seal.ts'
import { installBackends, secretsOf } from './backends.ts'
import { declareAudit, rawWithoutEffect } from './declared-audit.ts'
import { createRootToken, writeFirstRows } from './first-rows.ts'
import { createGate } from './gate.ts'
import { closeLater, nameOf, type OpenNode, openNode } from './open-node.ts'
import type { NodeOptions } from './options.ts'
import { type WebSettings, webSettings } from './web-settings.ts'

/** One server process from its start to its stop, without the network. */
export type Node = {
  readonly handler: RequestHandler
  readonly keeper: SealKeeper
  /** To be told of every request that was answered. */
  readonly observe: Meters['request']
  /** What the HTTP layer asks before it answers browsers. */
  readonly web: WebSettings & { readonly sessions: Sessions }
  /** Opens the audit files again, after they were moved away. */
  reopenAudit(): Promise<void>
  /** Does now what the node does every few seconds; resolves when the duties that it has have run. */
  tend(): Promise<void>
  /** Writes what is still in memory, gives its duties back, and closes everything. */
  stop(): Promise<void>
}

/** What metrics show of the processes on the store. */
function nodeState(nodes: OpenNode['nodes'] | undefined): Pick<State, 'nodes' | 'skews'> {
  const living = nodes?.living() ?? []
  return {
    nodes: living.length,
    skews: living.flatMap(({ place, skew }) =>
      skew === undefined ? [] : [{ node: place, milliseconds: skew.estimate }],
    ),
  }
}

const tendEvery = 5_000
const flushEvery = 10_000
const lookEvery = 1_000
/** Milliseconds that the node may take to write what is in memory before it is sealed. */
const lastWrites = 1_000
/** Milliseconds behind the cluster's time from which on an operator should look at the machine's clock. */
const muchBehind = 60_000

export async function startNode(options: NodeOptions): Promise<Node> {
  const { store, random, report } = options
  const { version, buildDate, formats } = options.program ?? program
  const clock = highWaterClock(options.clock)
  let open: OpenNode | undefined
  let requests: ReturnType<typeof createRequestHandler>
  let closing: { now(): Promise<void> } | undefined
  const need = (): OpenNode => open ?? fail('sealed')
  const ground = () => need().ground

  const meters = createMeters()
  const toolsOver = (barrier: Barrier): TokenTools => ({
    clock,
    random,
    keys: tokenKeys(barrier),
    settle: (time) => need().mark.settle(time),
    created: meters.tokenCreated,
  })

  const recorder = createRecorder(() => need().audit, version, meters.auditFailed)
  const spaces = createSpaces(options.spaces, clock, random)
  const troubles = new Map<string, string>()
  /**
   * Never fails: what cannot be written is told, and tried again where there is a next time. It is told anew when it
   * fails otherwise, or had worked meanwhile.
   */
  const told = async (work: Promise<unknown> | undefined, what: string): Promise<void> => {
    try {
      await work
      troubles.delete(what)
    } catch (error) {
      // That the data has moved is said once, and not for all that fails by it.
      if (isFailure(error, 'sealed', 'storage_moved')) return
      const text = `${what} failed: ${nameOf(error)}`
      if (troubles.get(what) !== text) report(text)
      troubles.set(what, text)
    }
  }
  const flush = () =>
    Promise.all([
      told(open?.usage.flush(), 'writing the usage of secrets'),
      told(open?.days.flush(), 'writing the requests by day'),
      told(open?.journal.flush(), 'writing what people did'),
    ])
  const lookAround = () => told(open?.nodes.tend(), 'looking after the list of nodes')

  const leave = () =>
    Promise.all([
      told(open?.mark.store(), 'storing the time'),
      told(open?.nodes.leave(), 'leaving the nodes of the store'),
    ])

  const { peers } = options
  const keeper = await openSealKeeper({
    store,
    waits: peers !== undefined,
    seal: options.seal,
    clock,
    random,
    about: { version, buildDate, storageType: options.storageType },
    formats,
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
      const moves: MoveParts = {
        secretsOf: (mount) => secretsOf(registry, mount),
        usage: () => need().usage,
        actFor: (...args) => requests.actFor(...args),
      }
      const next = openNode({ options, barrier, clock, tools: toolsOver(barrier), meters, moves })
      await next.mark.raise()
      if (clock.behind() > muchBehind) {
        const seconds = Math.round(clock.behind() / 1000)
        report(
          `the clock of this machine is ${seconds} seconds behind the time that this store has seen; until it ` +
            'has caught up, time passes at half its speed here',
        )
      }
      await next.nodes.join()
      await told(next.nodes.tend(), 'joining the nodes of the store')
      const transactIn: TransactIn = (work) => transact(() => next.ground, work)
      await transactIn(async (tx) => {
        await noteVersion(tx, { version, buildDate, installed: clock.now() })
        await declareAudit(tx, random, options.audit)
      })
      const texts = await spaces.apply(transactIn)
      const { devices, mounts } = await transactIn(async (tx) => ({
        devices: await tx.get(auditRecords, auditKey),
        mounts: await readMounts(tx),
      }))
      for (const text of [...texts, ...rawWithoutEffect(devices, mounts)]) report(text)
      open = next
      // From the first request on, whatever of the store does not open then.
      recorder.configure(devices, mounts)
      report('unsealed', 'info')
    },
    closing: async () => {
      const late = AbortSignal.timeout(lastWrites)
      await Promise.race([
        Promise.all([open?.duties.stop(), flush(), leave()]),
        new Promise((resolve) => late.addEventListener('abort', resolve, { once: true })),
      ])
    },
    lost: (error) => {
      report(`this node cannot go on and is sealed: ${error.message}`, 'error')
      if (isFailure(error, 'storage_format')) options.unusable?.(error)
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

  const inFlight = createInFlight()
  const services = {
    clock,
    inFlight,
    random,
    version,
    systemTtl: options.systemTtl,
    ground,
    tokens: () => need().tools,
    recorder,
    usage: () => need().usage,
    days: () => need().days,
    journal: () => need().journal,
    guard: spaces.guard,
    arrived: spaces.arrived,
    listed: spaces.listed,
    processes: () => open?.nodes.living().length ?? 1,
  }
  const shared = peers === undefined ? keeper : shareSeal(keeper, peers)
  const seal = sealRoutes({
    keeper: () => shared,
    version,
    nodes: () => need().nodes.living(),
    shared: options.shared ?? false,
  })
  const collect = async () => [
    ...meters.collect({
      unsealed: open !== undefined,
      auditTroubles: open?.audit.troubles().length ?? 0,
      cacheBytes: open?.ground.cache.bytes ?? 0,
      ...nodeState(open?.nodes),
    }),
    ...((await options.measureStore?.()) ?? []),
  ]
  const all = peers && gather(peers, { inFlight, log: options.log, collect })
  const metrics = metricsRoutes({
    clock,
    prometheus: options.prometheus ?? true,
    collect,
    workers: all?.metrics,
  })
  const registry = installBackends({
    ...services,
    audit: () => need().audit,
    seal,
    metrics,
    process: { inFlight, inFlightElsewhere: all?.inFlight, log: all?.log ?? options.log },
    sweepSoon: () => open?.duties.soon('sweep'),
    movesSoon: () => open?.duties.soon('moves'),
  })
  requests = createRequestHandler({ ...services, registry })
  const handler = createGate({
    keeper: () => keeper,
    clock,
    random,
    open: seal.open,
    whenSealed: seal.whenSealed,
    metrics: metrics.open,
    logical: async (request) => {
      open?.nodes.check()
      return requests.handle(request)
    },
    audit: createOpenAudit(ground, recorder),
  })

  try {
    await peers?.join()
  } catch (error) {
    await open?.audit.close()
    throw error
  }

  let toldMoved = false
  const tendKeys = async () => {
    try {
      await keeper.tend()
      toldMoved = false
    } catch (error) {
      if (isFailure(error, 'storage_moved') && !toldMoved) report(error.message)
      toldMoved = isFailure(error, 'storage_moved')
      throw error
    }
  }
  /** A worker that lost its keys alone gets those of the others. */
  const follow = async () => {
    if (keeper.state().kind !== 'unsealed') await peers?.join()
  }
  const tend = () => told(tendKeys().then(follow), 'looking after the keys')
  const timers = [
    setInterval(tend, tendEvery),
    setInterval(() => void open?.duties.tend(), tendEvery),
    setInterval(flush, flushEvery),
    setInterval(lookAround, lookEvery),
  ]
  for (const timer of timers) timer.unref()

  return {
    handler,
    keeper,
    observe: meters.request,
    web: {
      ...webSettings(ground),
      sessions: createSessions({
        clock,
        random,
        ground: () => (keeper.state().kind === 'uninitialized' ? fail('not_initialized') : ground()),
        tokens: () => need().tools,
      }),
    },
    reopenAudit: async () => open?.audit.reopen(),
    async tend() {
      await Promise.all([tend(), flush(), lookAround()])
      await open?.duties.tend()
      await open?.duties.settled()
    },
    async stop() {
      for (const timer of timers) clearInterval(timer)
      await Promise.all([open?.duties.stop(), flush(), leave()])
      await closing?.now()
      await open?.audit.close()
      await store.close()
    },
  }
}

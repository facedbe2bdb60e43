import { hostname } from 'node:os'
import { type Broker, createBroker } from '../../audit/broker.ts'
import type { Head } from '../../audit/chain/chain.ts'
import type { RequestHandler } from '../../backend/message.ts'
import type { Barrier } from '../../barrier/barrier.ts'
import { openSealKeeper, type SealKeeper } from '../../barrier/keeper/keeper.ts'
import type { Seal } from '../../barrier/seals/seal.ts'
import type { Clock } from '../../base/clock.ts'
import { fail } from '../../base/errors.ts'
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
import type { AuditConfig } from '../config/audit.ts'
import { createSweep } from '../duties/sweep.ts'
import { createMeters, type Meters } from '../metrics/meters.ts'
import { createRequestHandler } from '../request/handle.ts'
import type { SpacesSettings } from '../spaces/settings.ts'
import { createSpaces } from '../spaces/spaces.ts'
import { buildDate, version } from '../version.ts'
import { installBackends } from './backends.ts'
import { declareAudit } from './declared-audit.ts'
import { createRootToken, writeFirstRows } from './first-rows.ts'
import { createGate } from './gate.ts'

export type NodeOptions = {
  readonly store: Store
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
  readonly spaces: readonly SpacesSettings[]
  readonly audit: readonly AuditConfig[]
  /** Paths of KV engines that a new cluster begins with. */
  readonly firstMounts?: readonly string[]
  /** An id for the first root token, for development. */
  readonly rootTokenId?: string | undefined
  /** Whether metrics are served in the form of Prometheus, too; so unless it is false. */
  readonly prometheus?: boolean | undefined
  /** Told what an operator should know; no text holds a secret. */
  readonly report: (text: string) => void
}

/** One server process from its start to its stop, without the network. */
export type Node = {
  readonly handler: RequestHandler
  readonly keeper: SealKeeper
  /** To be told of every request that was answered. */
  readonly observe: Meters['request']
  /** Opens the audit files again, after they were moved away. */
  reopenAudit(): Promise<void>
  stop(): Promise<void>
}

/** What an open barrier makes possible; gone when the node is sealed. */
type Open = { readonly ground: Ground; readonly tools: TokenTools; readonly audit: Broker }

/** Bytes that opened rows may take in memory. */
const cacheBytes = 64 * 1024 * 1024
const tendEvery = 5_000
const sweepEvery = 20_000

const heads = jsonRecord<Head>('audit head')

export async function startNode(options: NodeOptions): Promise<Node> {
  const { store, clock, random, report } = options
  let open: Open | undefined
  let closing: { now(): Promise<void> } | undefined
  const need = (): Open => open ?? fail('sealed')
  const ground = () => need().ground

  const meters = createMeters()
  const { tally, tokenCreated: created } = meters
  const toolsOver = (barrier: Barrier): TokenTools => ({ clock, random, keys: tokenKeys(barrier), created })

  function activate(barrier: Barrier): Open {
    const base: Ground = { store, barrier, cache: createRecordCache(cacheBytes), tally }
    const headKey = (device: string) => `ns/root/audit-head/${device}` as StorageKey
    const audit = createBroker({
      derive: (purpose) => barrier.derive(purpose),
      clock,
      uuid: random.uuid,
      node: 'node',
      process: '',
      forbidden: options.dataFolders,
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
    })
    return { ground: base, tools: toolsOver(barrier), audit }
  }

  const spaces = createSpaces(options.spaces, clock, random)
  const sweep = createSweep({ ground, clock, expired: meters.leaseExpired })
  let sweeping: Promise<unknown> | undefined
  const sweepSoon = () => {
    if (open === undefined || sweeping !== undefined) return
    sweeping = sweep
      .run()
      // What older key terms encrypted is encrypted anew beside the requests, a little at a time.
      .then(() => keeper.barrier().reencrypt())
      .catch((error: unknown) => report(`clearing away what has ended failed: ${nameOf(error)}`))
      .finally(() => {
        sweeping = undefined
      })
  }

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
      const next = activate(barrier)
      const texts = await transact(
        () => next.ground,
        async (tx) => {
          await declareAudit(tx, random, options.audit)
          return spaces.apply(tx)
        },
      )
      for (const text of texts) report(text)
      open = next
    },
    closed: () => {
      const before = open
      open = undefined
      before?.ground.cache.clear()
      // The request that sealed the node, and those under way, still write their answers.
      if (before !== undefined) closing = closeLater(before.audit)
    },
  })

  const services = {
    clock,
    random,
    version,
    systemTtl: options.systemTtl,
    ground,
    tokens: () => need().tools,
    audit: () => need().audit,
    auditFailed: meters.auditFailed,
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
  const registry = installBackends({ ...services, seal, metrics, sweepSoon })
  const handler = createGate({
    keeper: () => keeper,
    clock,
    random,
    open: [...seal.open, healthRoute(() => keeper, clock)],
    whenSealed: seal.whenSealed,
    metrics: metrics.open,
    logical: createRequestHandler({ ...services, registry }),
  })

  const timers = [
    setInterval(() => void keeper.tend().catch((error: unknown) => report(nameOf(error))), tendEvery),
    setInterval(sweepSoon, sweepEvery),
  ]
  for (const timer of timers) timer.unref()

  return {
    handler,
    keeper,
    observe: meters.request,
    reopenAudit: async () => open?.audit.reopen(),
    async stop() {
      for (const timer of timers) clearInterval(timer)
      await sweeping
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

import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import type { BrokerParts } from '../../src/audit/broker.ts'
import type { ApiRequest, Reply, Verb } from '../../src/backend/message.ts'
import type { RequestPath } from '../../src/backend/routes/path.ts'
import { shamirSeal } from '../../src/barrier/seals/shamir.ts'
import { type Clock, type ManualClock, manualClock } from '../../src/base/clock.ts'
import { CofferError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json/json.ts'
import { systemRandom } from '../../src/base/random.ts'
import type { AuditConfig } from '../../src/core/config/audit.ts'
import { type Node, startNode } from '../../src/core/node/node.ts'
import type { NodeOptions } from '../../src/core/node/options.ts'
import { standardTtl } from '../../src/core/server.ts'
import type { SpacesSettings } from '../../src/core/spaces/settings.ts'
import type { Program } from '../../src/core/version.ts'
import { openSqlite } from '../../src/storage/sqlite/store.ts'
import type { Store } from '../../src/storage/store.ts'
import type { LogLevel } from '../../src/sys/process/services.ts'
import { checked } from './answers.ts'

/** A whole server in this process, without the network: real store, real barrier, real rules. */
export type TestNode = {
  readonly node: Node
  readonly root: string
  /** Opens this node's cluster for another node on the same file. */
  readonly unsealKey: string
  /** What the operator was told since the last start, but for when the node was sealed and unsealed. */
  readonly reports: readonly string[]
  readonly clock: ManualClock
  /** What it stands on, without the wrapping that a test put around it. */
  readonly store: Store
  /** @returns the reply, or the error that was raised */
  ask(verb: Verb, path: string, options?: Ask): Promise<Reply | CofferError>
  /** Starts again on the same data with another spaces configuration. Rejects where the start is refused. */
  restart(spaces: readonly SpacesSettings[]): Promise<void>
  /** Another node on the same store; this one is told nothing of it, as after a crash. */
  another(): Promise<Pick<TestNode, 'node' | 'ask'>>
  stop(): Promise<void>
}

export type Ask = { token?: string; fields?: JsonObject; wrapTtl?: number; address?: string }

export type TestNodeOptions = {
  readonly spaces?: readonly SpacesSettings[]
  readonly audit?: readonly AuditConfig[]
  /** What stands in for the files of audit devices. */
  readonly auditParts?: Pick<BrokerParts, 'open' | 'timer'>
  /** Hears of answers that are not as their routes declare; without it such an answer fails the test. */
  readonly unlike?: (problem: string) => void
  readonly prometheus?: boolean
  readonly log?: LogLevel
  readonly wrap?: (store: Store) => Store
  readonly clock?: Clock
  /** What the manual clock says at first; the present time without it. */
  readonly time?: number
  /** The store's file; in memory without it. */
  readonly path?: string
  /** A node whose cluster lies on the same file, and is joined instead of making a new one. */
  readonly cluster?: Pick<TestNode, 'root' | 'unsealKey'>
  /** Names its machine; all are on one without it. */
  readonly machine?: string
  /** Its place among the processes of its machine; 0 without it. */
  readonly process?: number
  /** What it runs, in place of this version. */
  readonly program?: Program
  /** Told why it cannot serve its store any more. */
  readonly unusable?: (error: CofferError) => void
  /** Where clients reach it. */
  readonly apiAddress?: string
  /** Stands in for the store's own check, which a store in memory does not need. */
  readonly checkStore?: () => Promise<readonly string[]>
  /** Whether nodes on other machines, with other clocks, may use the store. */
  readonly shared?: boolean
  /** What the store shows of itself to monitoring. */
  readonly measureStore?: NodeOptions['measureStore']
}

export async function startTestNode(options: TestNodeOptions = {}): Promise<TestNode> {
  const clock = manualClock(options.time ?? Date.now())
  const store = await openSqlite({ path: options.path ?? ':memory:' })
  const reports: string[] = []
  const start = async (spaces: readonly SpacesSettings[], process = options.process ?? 0): Promise<Node> => {
    reports.length = 0
    const wrapped = options.wrap?.(store) ?? store
    const started = await startNode({
      // The data outlives the node, so that another one can start on it.
      store: { ...wrapped, close: async () => {} },
      seat: { node: options.machine ?? 'n1', process },
      checkStore: options.checkStore ?? (options.path === undefined ? undefined : () => store.check()),
      measureStore: options.measureStore,
      storageType: 'inmem',
      seal: shamirSeal(systemRandom),
      clock: options.clock ?? clock,
      random: systemRandom,
      systemTtl: standardTtl,
      apiAddress: options.apiAddress,
      program: options.program,
      shared: options.shared,
      unusable: options.unusable,
      dataFolders: [],
      auditFolder: tmpdir(),
      spaces,
      audit: options.audit ?? [],
      prometheus: options.prometheus,
      log: options.log,
      report: (text) => {
        if (text !== 'sealed' && text !== 'unsealed') reports.push(text)
      },
      ...(options.auditParts === undefined ? {} : { auditParts: options.auditParts }),
    })
    return { ...started, handler: checked(started.handler, options.unlike ?? assert.fail) }
  }
  let node = await start(options.spaces ?? []).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  const { root, unsealKey } = options.cluster ?? (await initialize(node))
  const stop = async () => {
    await node.stop()
    await store.close()
  }
  try {
    await node.keeper.unseal(unsealKey)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    get node() {
      return node
    },
    root,
    unsealKey,
    reports,
    clock,
    store,
    ask: (verb, path, ask) => answerOf(node, verb, path, { token: root, ...ask }),
    async another() {
      const other = await start(options.spaces ?? [], 1)
      await other.keeper.unseal(unsealKey)
      return { node: other, ask: (verb, path, ask) => answerOf(other, verb, path, { token: root, ...ask }) }
    },
    async restart(spaces) {
      await node.stop()
      node = await start(spaces)
      await node.keeper.unseal(unsealKey)
    },
    stop,
  }
}

async function initialize(node: Node): Promise<Pick<TestNode, 'root' | 'unsealKey'>> {
  const { rootToken, shares } = await node.keeper.initialize({ shares: 1, threshold: 1 })
  return { root: rootToken, unsealKey: shares[0]?.toString('base64') ?? '' }
}

async function answerOf(
  node: Node,
  verb: Verb,
  path: string,
  { token, fields = {}, wrapTtl, address = '127.0.0.1' }: Ask,
): Promise<Reply | CofferError> {
  const request: ApiRequest = {
    id: systemRandom.uuid(),
    verb,
    // Tests write canonical paths.
    path: path as RequestPath,
    fields,
    hasBody: Object.keys(fields).length > 0,
    token: token === '' ? undefined : token,
    wrapTtl,
    headers: {},
    remote: { address, port: 40_000 },
  }
  try {
    return await node.handler(request)
  } catch (error) {
    if (error instanceof CofferError) return error
    throw error
  }
}

/** The code of a refusal, or undefined for an answer. */
export const codeOf = (reply: Reply | CofferError) => (reply instanceof CofferError ? reply.code : undefined)

/** The data of an answer as plain JSON; a refusal fails the test. */
export function dataOf(reply: Reply | CofferError): JsonObject {
  if (reply instanceof CofferError) throw reply
  return JSON.parse(JSON.stringify(reply.data ?? {})) as JsonObject
}

/** The token that an answer made. */
export function tokenOf(reply: Reply | CofferError): string {
  if (reply instanceof CofferError) throw reply
  if (reply.auth === undefined) throw new Error('the answer made no token')
  return reply.auth.client_token
}

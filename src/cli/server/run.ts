import { flushCompileCache } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadFieldChecks } from '../../backend/routes/fields.ts'
import type { AuditConfig } from '../../core/config/audit.ts'
import type { Report } from '../../core/report.ts'
import { initializeOnce, leaveRootToken, type ServerSettings, startServer } from '../../core/server.ts'
import { version } from '../../core/version.ts'
import type { Listener } from '../../http/listener.ts'
import { createLog, type LogFormat } from '../../http/log/create-log.ts'
import { type HttpServer, startHttp } from '../../http/server.ts'
import type { Io } from '../io.ts'
import { say } from '../output/say.ts'
import { leavePidFile } from './pid-file.ts'

/** What a running server is made of, whichever way it was asked for. */
export type RunOptions = {
  readonly settings: Omit<ServerSettings, 'report' | 'unusable'>
  readonly listeners: readonly Listener[]
  readonly logLevel: string
  /** `standard` if absent. */
  readonly logFormat?: LogFormat | undefined
  /**
   * Reads the log level again, on SIGHUP.
   *
   * @throws invalid_config
   */
  readonly rereadLogLevel?: (() => string) | undefined
  readonly pidFile?: string | undefined
  /** Processes that serve: 1 if absent. More than one are started by a primary. */
  readonly workers?: number | undefined
  /** The number of this one among several. */
  readonly worker?: number | undefined
  /** Whether the web page is served; so unless it is false. */
  readonly ui?: boolean | undefined
  /** Initialise an empty store at once, with one share where the seal takes shares. */
  readonly initialize: boolean
  /** Where the first root token is left when nobody watches. */
  readonly keyFolder: string
}

export type Running = {
  readonly url: string
  /** Present when this start made a new cluster. */
  readonly rootToken: string | undefined
  readonly unsealKey: string | undefined
  readonly rootTokenFile: string | undefined
  /** Resolves when the process can serve its store no more, with the reason. */
  readonly unusable: Promise<string>
  stop(): Promise<void>
}

/** The built page: `npm run web:build`. */
const pageFolder = fileURLToPath(new URL('../../../web/dist', import.meta.url))

/** Milliseconds after the start: whoever waits for it to answer asks within them. */
const warmUpAfter = 100

/** Milliseconds that requests have to end when the server stops. */
const grace = 10_000

/** Starts a server: store, seal, and the listeners last, so that nobody is served by half a server. */
export async function startAll(options: RunOptions, io: Io): Promise<Running> {
  const { worker, logLevel, logFormat = 'standard' } = options
  const log = createLog(process.stderr, logLevel, logFormat, worker === undefined ? null : { worker })
  log.info({ version, process: process.pid }, 'Coffer starts')
  const report: Report = (text, level = 'warn') => log[level](text)
  const { promise: unusable, resolve: end } = Promise.withResolvers<string>()
  const node = await startServer({
    ...options.settings,
    report,
    unusable: ({ message }) => end(message),
    log: levelOf(log),
  })
  let http: HttpServer | undefined
  let first: Awaited<ReturnType<typeof initialize>>
  let removePidFile = () => {}
  try {
    first = options.initialize ? await initialize(node) : undefined
    http = await startHttp({
      listeners: options.listeners,
      handler: node.handler,
      observe: node.observe,
      crossOrigin: node.web.crossOrigin,
      pageHeaders: node.web.pageHeaders,
      ...(options.ui === false ? {} : { sessions: node.web.sessions, pageFolder }),
      log,
    })
    if (options.pidFile !== undefined) removePidFile = leavePidFile(options.pidFile)
  } catch (error) {
    await http?.stop(0)
    await node.stop()
    throw error
  }
  const serving = http
  for (const { url } of serving.addresses) log.info({ url }, 'listening')
  tellWaiting(node, report)
  const file =
    first === undefined || io.stdout.isTTY === true || options.settings.rootTokenId !== undefined
      ? undefined
      : leaveRootToken(options.keyFolder, first.rootToken)

  const reload = () => {
    log.info('SIGHUP: the audit logs, certificates and the log level are taken anew')
    void node.reopenAudit()
    void serving.reloadCertificates()
    changeLogLevel(log, options.rereadLogLevel)
  }
  process.on('SIGHUP', reload)
  const warming = setTimeout(() => void warmUp().catch(() => report('loading ahead failed')), warmUpAfter)
  return {
    url: serving.addresses[0]?.url ?? '',
    rootToken: first?.rootToken,
    unsealKey: first?.unsealKey,
    rootTokenFile: file,
    unusable,
    async stop() {
      log.info('stopping')
      process.off('SIGHUP', reload)
      clearTimeout(warming)
      await serving.stop(grace)
      await node.stop()
      removePidFile()
    },
  }
}

/** A server that answers nothing yet says what it waits for. */
function tellWaiting({ keeper }: Awaited<ReturnType<typeof startServer>>, report: Report): void {
  const { kind } = keeper.state()
  if (kind === 'uninitialized') report('not initialised; initialise it with: coffer operator init')
  if (kind === 'sealed') report('sealed; unseal it with: coffer operator unseal')
}

/** Loads what the first requests want and no start waits for, and keeps what was compiled for the next start. */
async function warmUp(): Promise<void> {
  await loadFieldChecks()
  flushCompileCache()
}

function changeLogLevel(log: ReturnType<typeof createLog>, reread: RunOptions['rereadLogLevel']): void {
  try {
    const level = reread?.() ?? log.level
    if (level === log.level) return
    log.level = level
    log.info({ level }, 'the log level was changed')
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown fault'
    log.error({ reason }, 'the configuration does not load; the log level stays as it is')
  }
}

/** The level as `sys/loggers` reads and sets it. */
const levelOf = (log: ReturnType<typeof createLog>) => ({
  read: () => log.level,
  set: (level: string) => {
    log.info({ level }, 'the log level is changed by a request')
    log.level = level
  },
})

type First = { rootToken: string; unsealKey: string | undefined }

async function initialize(node: Awaited<ReturnType<typeof startServer>>): Promise<First | undefined> {
  const { keeper } = node
  if ((await keeper.status()).recovery_seal) {
    const made = await initializeOnce(node)
    return made === undefined ? undefined : { rootToken: made.rootToken, unsealKey: undefined }
  }
  if ((await keeper.status()).initialized) return undefined
  const { rootToken, shares } = await keeper.initialize({ shares: 1, threshold: 1 })
  const share = shares[0]?.toString('base64') ?? ''
  await keeper.unseal(share)
  return { rootToken, unsealKey: share }
}

/**
 * Runs until a signal asks to stop, a second one of which ends at once, or until the store cannot be served any
 * more. The exit code is 1 then.
 */
export async function runUntilStopped(running: Running, io: Io): Promise<number> {
  const asked = new Promise<undefined>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(undefined))
  })
  const reason = await Promise.race([asked, running.unusable])
  say(io, 'stopping …')
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  await running.stop()
  return reason === undefined ? 0 : 1
}

/** Where a server without a configuration file keeps its data and, apart from it, its keys and its audit log. */
export type HomeFolders = {
  readonly data: string
  readonly keys: string
  readonly tls: string
  readonly log: string
}

/** `COFFER_DATA` and `COFFER_KEYS` name two of them; the log is beside the data: two stores must not share one. */
export function homeFolders(env: Io['env'], home: string): HomeFolders {
  const data = resolve(env.COFFER_DATA ?? join(home, '.local', 'share', 'coffer', 'data'))
  const keys = resolve(env.COFFER_KEYS ?? join(home, '.local', 'share', 'coffer', 'keys'))
  return { data, keys, tls: join(keys, 'tls'), log: logFolder(data) }
}

/** The folder for logs beside a data folder. */
export function logFolder(data: string): string {
  const name = basename(data)
  return join(dirname(data), name === 'data' ? 'log' : `${name}-log`)
}

/** The audit device that is there when nobody has said otherwise. Nothing but its operator ever shortens it. */
export const standardAudit = ({ log }: HomeFolders): AuditConfig => ({
  type: 'file',
  name: 'main',
  description: 'on from the first start',
  options: { file_path: join(log, 'audit.log'), mode: '0600' },
})

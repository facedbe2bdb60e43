import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ensureLocalCertificate } from '../../src/http/tls/local.ts'
import { freePort } from './ports.ts'
import { signalChild } from './signals.ts'
import { call, expectOk, type Target } from './vault.ts'

/** A real server in a process of its own. */
export type RunningServer = Target & {
  /** The root token, or '' while the server is not initialised. */
  readonly token: string
  /** The authority that its certificate is from; undefined for plain HTTP. */
  readonly caFile: string | undefined
  /** Where it runs. Its configuration file, if it has one, is `coffer.hcl` in it. */
  readonly folder: string
  /** What it has printed so far. */
  output(): string
  /** Resolves when it has printed something that matches, or has already. */
  heard(pattern: RegExp): Promise<void>
  signal(name: NodeJS.Signals): void
  /** Resolves when the process has ended, to its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>
  /** Ends it and removes all that it stored. */
  stop(): Promise<void>
}

/** The repository's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The program under test; `COFFER_BIN` names another build of it. */
export const program = process.env.COFFER_BIN ?? join(root, 'bin', 'coffer')

const startLimit = 20_000
const stopLimit = 10_000

/**
 * Starts a development server: plain HTTP on loopback, or TLS with `tls`, everything in memory, unsealed, root
 * token `root`.
 */
export async function startDevServer(
  options: { args?: readonly string[]; tls?: boolean } = {},
): Promise<RunningServer> {
  const tls = options.tls === true
  const access = (home: string) => ({
    token: 'root',
    caFile: tls ? join(keysBelow(home), 'tls', 'ca.pem') : undefined,
  })
  return start(access, async (listen) => [
    tls ? '-dev-tls' : '-dev',
    '-dev-root-token-id=root',
    `-dev-listen-address=${listen}`,
    ...(options.args ?? []),
  ])
}

/**
 * Starts a server from a configuration file: TLS on loopback, everything in memory, sealed by key shares. It is
 * initialised and unsealed with one share unless `initialise` is false.
 *
 * @param options.configuration stanzas for the end of the configuration file
 */
export async function startTlsServer(
  options: { initialise?: boolean; configuration?: string } = {},
): Promise<RunningServer> {
  const certificates = await mkdtemp(join(tmpdir(), 'coffer-tls-'))
  const removeCertificates = (): Promise<void> => rm(certificates, { recursive: true, force: true })
  const { ca, server: pair } = await ensureLocalCertificate(certificates, [], Date.now())
  const configuration = (listen: string): string => `storage "inmem" {}

listener "tcp" {
  address       = "${listen}"
  tls_cert_file = "${pair}"
  tls_key_file  = "${pair}"
}

api_addr = "https://${listen}"
audit_log_folder = "${tmpdir()}"
${options.configuration ?? ''}`
  let server: RunningServer | undefined
  try {
    server = await start(
      () => ({ token: '', caFile: ca }),
      async (listen, folder) => {
        const file = join(folder, 'coffer.hcl')
        await writeFile(file, configuration(listen))
        return [`-config=${file}`]
      },
    )
    const stop = async (): Promise<void> => {
      await server?.stop()
      await removeCertificates()
    }
    const token = options.initialise === false ? '' : await initialise(server)
    return { ...server, token, stop }
  } catch (error) {
    await server?.stop()
    await removeCertificates()
    throw error
  }
}

/** Initialises a server with one key share and unseals it. Resolves to the root token. */
async function initialise(server: RunningServer): Promise<string> {
  const init = await expectOk(server, 'PUT', 'sys/init', { secret_shares: 1, secret_threshold: 1 })
  await expectOk(server, 'PUT', 'sys/unseal', { key: init.keys_base64[0] })
  return init.root_token
}

type Access = { readonly token: string; readonly caFile: string | undefined }
/** The arguments after `server`, for the address HOST:PORT and a folder for files. */
type Arguments = (listen: string, folder: string) => Promise<readonly string[]>

/** Where a server without a configuration file keeps its keys. */
const keysBelow = (home: string): string => join(home, '.local', 'share', 'coffer', 'keys')

/** @param accessOf what clients need, for the folder that is the server's home */
async function start(accessOf: (home: string) => Access, arguments_: Arguments): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-server-'))
  try {
    const access = accessOf(folder)
    const listen = `127.0.0.1:${await freePort()}`
    const address = `${access.caFile === undefined ? 'http' : 'https'}://${listen}`
    const child = launch(await arguments_(listen, folder), folder)
    const server: RunningServer = {
      ...access,
      address,
      folder,
      output: child.output,
      heard: child.heard,
      signal: child.signal,
      ended: child.ended,
      async stop() {
        await child.stop()
        await rm(folder, { recursive: true, force: true })
      },
    }
    await answers(server, child)
    return server
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

export type Child = Pick<RunningServer, 'output' | 'heard' | 'signal' | 'stop' | 'ended'> & {
  isOver(): boolean
}

/**
 * Starts a server without a configuration file. What it keeps lies below its home, and stays when it stops, so
 * that it can be started again.
 *
 * @param env of the process, beside what every server gets
 */
export async function startHomeServer(
  home: string,
  env: Record<string, string> = {},
): Promise<RunningServer> {
  const listen = `127.0.0.1:${await freePort()}`
  const child = launch([], home, { ...env, COFFER_LISTEN: listen })
  await child.heard(/Coffer serves/)
  const keys = keysBelow(home)
  const token = (await readFile(join(keys, 'root-token'), 'utf8')).trim()
  return { ...child, token, caFile: join(keys, 'tls', 'ca.pem'), address: `https://${listen}`, folder: home }
}

/**
 * Starts a server from a configuration file that is there already. What it keeps stays when it stops.
 *
 * @param listen the HOST:PORT of its listener, without TLS
 * @param token the root token, for calls; '' while there is none
 */
export async function startConfigured(
  file: string,
  { listen, token }: { readonly listen: string; readonly token: string },
): Promise<RunningServer> {
  const folder = dirname(file)
  const child = launch([`-config=${file}`], folder)
  const server = { ...child, token, caFile: undefined, address: `http://${listen}`, folder }
  await answers(server, child)
  return server
}

/** Starts the program in a folder that is its home, too. */
export function launch(args: readonly string[], folder: string, env: Record<string, string> = {}): Child {
  // A home of its own keeps what a developer has configured out of the tests.
  const { PATH = '' } = process.env
  const child = spawn(program, ['server', ...args], {
    cwd: folder,
    env: { PATH, HOME: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.on('error', (error) => {
    output += `${error.message}\n`
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      child.emit('printed')
    })
  }
  children.add(child)
  const closed = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      children.delete(child)
      resolve(code)
    })
  })
  const isOver = (): boolean => !children.has(child)
  return {
    output: () => output,
    async heard(pattern) {
      while (!pattern.test(output)) {
        if (isOver()) throw new Error(`the server ended without ${pattern}:\n${output}`)
        await Promise.race([once(child, 'printed'), closed])
      }
    },
    signal: (name) => signalChild(child, name),
    ended: closed,
    isOver,
    async stop() {
      if (isOver()) return
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), stopLimit)
      await closed.finally(() => clearTimeout(late))
    },
  }
}

/** Waits until the server answers; a sealed or uninitialised one counts. */
async function answers(server: RunningServer, child: Child): Promise<void> {
  const began = performance.now()
  for (;;) {
    if (child.isOver()) throw new Error(`${program} ended at once:\n${server.output()}`)
    const status = await call(server, 'GET', 'sys/health').then(
      (reply) => reply.status,
      () => 0,
    )
    if (status !== 0) return
    if (performance.now() - began > startLimit) {
      await child.stop()
      throw new Error(`${program} does not answer at ${server.address}:\n${server.output()}`)
    }
    // There is no event to wait for: a port that nobody listens on refuses.
    await pause(20)
  }
}

// No server outlives the tests that started it, however they end.
const children = new Set<ChildProcess>()
const killAll = (): void => {
  for (const child of children) child.kill('SIGKILL')
}
process.once('exit', killAll)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    killAll()
    process.exit(1)
  })
}

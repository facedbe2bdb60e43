import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './ports.ts'
import { signalChild } from './signals.ts'

/** Why no etcd can be started here, as `requires` wants it. */
export const missingEtcd: string | undefined = (() => {
  try {
    execFileSync('etcd', ['--version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'etcd'
  }
})()

export type EtcdMember = {
  readonly name: string
  /** Where clients reach it. */
  readonly url: string
  readonly port: number
  /** A member that is told to stop has stopped when this returns. */
  signal(signal: NodeJS.Signals): void
  /** Kills it as a loss of power would. */
  kill(): Promise<void>
  /** Starts it again on the same data and ports. */
  start(): Promise<void>
}

export type EtcdCluster = {
  readonly members: readonly EtcdMember[]
  readonly urls: readonly string[]
  readonly folder: string
  stop(): Promise<void>
}

export type EtcdTls = { readonly ca: string; readonly cert: string; readonly key: string }

type ClusterOptions = {
  readonly members?: number
  /** Files of certificates, with which clients are asked for theirs. */
  readonly tls?: EtcdTls
  /** More flags of etcd. */
  readonly flags?: readonly string[]
}

/** Starts a cluster of real servers in a folder of its own, and waits until it serves. */
export async function startEtcd({ members = 1, tls, flags = [] }: ClusterOptions = {}): Promise<EtcdCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-etcd-'))
  const scheme = tls === undefined ? 'http' : 'https'
  const places = await Promise.all(
    Array.from({ length: members }, async (_, i) => ({
      name: `e${i + 1}`,
      port: await freePort(),
      peer: `http://127.0.0.1:${await freePort()}`,
    })),
  )
  const initial = places.map(({ name, peer }) => `${name}=${peer}`).join(',')
  const started = places.map(({ name, port, peer }) => {
    const url = `${scheme}://127.0.0.1:${port}`
    const args = [
      ...['--name', name, '--data-dir', join(folder, name), '--logger', 'zap', '--log-level', 'error'],
      ...['--listen-client-urls', url, '--advertise-client-urls', url],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', initial],
      ...(tls === undefined
        ? []
        : [
            '--cert-file',
            tls.cert,
            '--key-file',
            tls.key,
            '--trusted-ca-file',
            tls.ca,
            '--client-cert-auth',
          ]),
      ...flags,
    ]
    return createMember(name, { url, port, args })
  })
  await Promise.all(started.map((member) => member.start()))
  return {
    members: started,
    urls: started.map(({ url }) => url),
    folder,
    async stop() {
      await Promise.all(started.map((member) => member.kill()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function createMember(
  name: string,
  { url, port, args }: { readonly url: string; readonly port: number; readonly args: readonly string[] },
): EtcdMember {
  let child: ChildProcess | undefined
  return {
    name,
    url,
    port,
    signal(signal) {
      if (child !== undefined) signalChild(child, signal)
    },
    async kill() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => child?.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
    },
    async start() {
      const own = spawn('etcd', args, { stdio: ['ignore', 'ignore', 'pipe'] })
      child = own
      let log = ''
      own.stderr.on('data', (part: Buffer) => {
        log = `${log}${part}`.slice(-4000)
      })
      await listening(port, () => {
        if (own.exitCode !== null) throw new Error(`etcd ended: ${log}`)
      })
    },
  }
}

/** Waits until somebody listens on a port. */
async function listening(port: number, alive: () => void): Promise<void> {
  const { connect } = await import('node:net')
  for (;;) {
    alive()
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Runs etcd's own command line. @returns what it prints */
export function etcdctl({ urls }: Pick<EtcdCluster, 'urls'>, args: readonly string[]): string {
  return execFileSync('etcdctl', [`--endpoints=${urls.join(',')}`, ...args], {
    env: { ...process.env, ETCDCTL_API: '3' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

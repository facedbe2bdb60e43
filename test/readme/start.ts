import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { freePort } from '../support/ports.ts'
import { root } from '../support/server.ts'

/** `npm start` on ports and folders of its own, and a shell beside it with a home of its own. */
export type Start = {
  /** What it printed until it said how to stop it. */
  readonly greeting: string
  readonly folder: string
  /** Runs shell commands as a reader would, with the addresses and folders turned to these. */
  shell(commands: string, path?: string): Promise<Shell>
  /** Interrupts it. Resolves to its exit code. */
  stop(): Promise<number | null>
}

export type Shell = { readonly code: number | null; readonly output: string }

export type Place = {
  readonly folder: string
  /** Of the server, of the identity provider, for a login to wait for its browser on, and of two more servers. */
  readonly ports: readonly [number, number, number, number, number]
  remove(): Promise<void>
}

export async function makePlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-start-'))
  await mkdir(join(folder, 'home'))
  return {
    folder,
    ports: [await freePort(), await freePort(), await freePort(), await freePort(), await freePort()],
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Starts what `npm start` starts, and waits until it has printed its greeting. */
export async function start({ folder, ports }: Place): Promise<Start> {
  const [port, providerPort, browserPort, firstPort, secondPort] = ports
  const { PATH = '' } = process.env
  const child = spawn('npm', ['start', '--silent'], {
    cwd: root,
    env: {
      PATH,
      HOME: join(folder, 'home'),
      COFFER_DATA: join(folder, 'data'),
      COFFER_KEYS: join(folder, 'keys'),
      COFFER_LISTEN: `127.0.0.1:${port}`,
      COFFER_PROVIDER_PORT: String(providerPort),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const closed = once(child, 'close')
  const greeting = await greetingOf(child)

  const here = (commands: string) =>
    commands
      .replaceAll('127.0.0.1:8200', `127.0.0.1:${port}`)
      .replaceAll('127.0.0.1:8201', `127.0.0.1:${providerPort}`)
      .replaceAll('127.0.0.1:8300', `127.0.0.1:${firstPort}`)
      .replaceAll('127.0.0.1:8301', `127.0.0.1:${secondPort}`)
      .replaceAll('port=8250', `port=${browserPort}`)
      .replaceAll('localhost:8250', `localhost:${browserPort}`)
      .replaceAll('$PWD/.coffer/', `${folder}/`)
      .replaceAll('.coffer/', `${folder}/`)

  return {
    greeting,
    folder,
    shell: (commands, path = PATH) => runShell(here(commands), { PATH: path, HOME: join(folder, 'home') }),
    async stop() {
      // A terminal sends Ctrl-C to the whole group.
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT')
      const [code] = await closed
      return typeof code === 'number' ? code : null
    },
  }
}

async function greetingOf(child: ChildProcess): Promise<string> {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      output += part
      if (output.includes('Ctrl-C')) child.emit('greeted')
    })
  }
  await Promise.race([once(child, 'greeted'), once(child, 'close')])
  if (!output.includes('Ctrl-C')) throw new Error(`npm start ended:\n${output}`)
  return output
}

/** Runs commands in the repository's folder, or in another, with these variables alone. */
export async function runShell(commands: string, env: Record<string, string>): Promise<Shell> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', `exec 2>&1\n${commands}`], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 60_000,
  })
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
  return { code: typeof code === 'number' ? code : null, output }
}

/** A search path in which the programs of a folder come first. */
export const pathWith = (folder: string): string => [folder, process.env.PATH ?? ''].join(delimiter)

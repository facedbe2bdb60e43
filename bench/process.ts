import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../test/support/ports.ts'

/** A server of ours that runs; `started` is milliseconds from the start of the process until it serves. */
export type Started = {
  readonly url: string
  readonly started: number
  /** Of the first start only, else empty. */
  readonly token: string
  readonly pid: number
  stop(): Promise<void>
}

const program = join(import.meta.dirname, '..', 'bin', 'coffer')
/** Milliseconds after which a start has failed. */
const patience = 60_000

export type ChildOptions = {
  /** A folder for the CPU profile that is written when the server stops. */
  readonly profile?: string
  /** The `storage` block; without it SQLite below the folder. */
  readonly storage?: string
  /** Where the seal's key lies, which the nodes of one store share; without it below the folder. */
  readonly keys?: string
  /** Processes that serve; one without it. */
  readonly workers?: number
}

/**
 * Starts `coffer server` as an operator would: on a configuration file, with its store, key and audit log below
 * `folder`, and plain HTTP on loopback, as the peers are measured.
 */
export async function startChild(folder: string, options: ChildOptions = {}): Promise<Started> {
  const { profile } = options
  const port = await freePort()
  const config = join(folder, 'coffer.hcl')
  mkdirSync(folder, { recursive: true })
  writeFileSync(config, configuration(folder, port, options))
  const profiling = profile === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profile}` }
  const begun = performance.now()
  const child: ChildProcess = spawn(program, ['server', `-config=${config}`, '-log-level=error'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...profiling },
  })
  const exited = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`
  await untilServing(url, child)
  const started = performance.now() - begun
  return {
    url,
    started,
    token: (await initialize(url)) ?? '',
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

const configuration = (folder: string, port: number, { storage, keys, workers = 1 }: ChildOptions) => `
workers = ${workers}
${storage ?? `storage "sqlite" { path = "${folder}/data/coffer.db" }`}
seal "static" { key_folder = "${keys ?? `${folder}/keys`}" }
listener "tcp" {
  address     = "127.0.0.1:${port}"
  tls_disable = true
}
api_addr = "http://127.0.0.1:${port}"
audit "file" "main" {
  options { file_path = "${folder}/log/audit.log" }
}
`

async function untilServing(url: string, child: ChildProcess): Promise<void> {
  const end = performance.now() + patience
  while (child.exitCode === null && performance.now() < end) {
    try {
      // 501: it serves, and waits to be initialised.
      const { status } = await fetch(`${url}/v1/sys/health`)
      if (status === 200 || status === 501) return
    } catch {
      // Not yet.
    }
    await pause(2)
  }
  throw new Error('the server did not start')
}

/** @returns the root token of a store that was empty */
async function initialize(url: string): Promise<string | undefined> {
  const state = (await (await fetch(`${url}/v1/sys/init`)).json()) as { initialized: boolean }
  if (state.initialized) return undefined
  const answer = await fetch(`${url}/v1/sys/init`, { method: 'PUT', body: '{}' })
  return ((await answer.json()) as { root_token: string }).root_token
}

/** Resident and private MiB of a process, where the system tells (Linux). */
export function memoryOf(pid: number): { resident: number; own: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    const sum = (name: RegExp) =>
      [...text.matchAll(name)].reduce((all, [, kib]) => all + Number(kib), 0) / 1024
    return { resident: sum(/^Rss:\s+(\d+)/gm), own: sum(/^Private_(?:Clean|Dirty):\s+(\d+)/gm) }
  } catch {
    return undefined
  }
}

/** Seconds of processor time that a process has used, all its threads, where the system tells (Linux). */
export function processorTimeOf(pid: number): number | undefined {
  try {
    // After the name, which may hold blanks: utime and stime are the 12th and 13th field, in hundredths.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return undefined
  }
}

/** Bytes of all files right below a folder. */
export function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((all, name) => all + statSync(join(folder, name)).size, 0)
}

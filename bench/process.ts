import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A server of ours that runs; `started` in milliseconds. */
export type Started = {
  readonly url: string
  readonly started: number
  /** Of the first start only. */
  readonly rootToken: string | undefined
  readonly pid: number
  stop(): Promise<void>
}

/** @param profile a folder for the CPU profile that is written when the server stops */
export async function startChild(folder: string, profile?: string): Promise<Started> {
  const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', ...flags, join(import.meta.dirname, 'server.ts'), folder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout as NonNullable<typeof child.stdout> })
  const first = await Promise.race([once(lines, 'line'), exited.then(() => undefined)])
  if (first === undefined) throw new Error('the server did not start')
  const { url, started, rootToken } = JSON.parse(String(first[0]))
  return {
    url,
    started,
    rootToken,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
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

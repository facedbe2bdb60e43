import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'

/** A process that a fault can strike. */
export type Program = {
  readonly name: string
  readonly pid: number
  ended(): boolean
  /** What it has printed last. */
  output(): string
  /** Kills it, wherever it is, and resolves when it is gone. */
  kill(): Promise<void>
  pause(): void
  resume(): void
  /** Asks it to end, and kills it when it takes too long. */
  stop(): Promise<void>
}

export type ProgramOptions = {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly uid?: number
  readonly gid?: number
}

const outputLimit = 20_000
const stopLimit = 10_000

const running = new Set<ChildProcess>()
const killAll = (): void => {
  for (const child of running) child.kill('SIGKILL')
}
process.once('exit', killAll)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    killAll()
    process.exit(1)
  })
}

/** Starts a program with nothing of this process's environment but its path. All that it prints goes to a log, too. */
export function launch(name: string, argv: readonly string[], options: ProgramOptions): Program {
  const [command = '', ...args] = argv
  const { PATH = '' } = process.env
  const child = spawn(command, args, {
    ...options,
    env: { PATH, HOME: options.cwd, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // It is not ended: what a program has started may print on after it.
  const log = createWriteStream(`${options.cwd}/${name}.out`, { flags: 'a' })
  log.on('error', () => {})
  let output = ''
  child.on('error', (error) => {
    output += `${error.message}\n`
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-outputLimit)
      log.write(text)
    })
  }
  running.add(child)
  const closed = new Promise<void>((resolve) => {
    child.once('exit', () => {
      running.delete(child)
      resolve()
    })
  })
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await closed
  }
  return {
    name,
    pid: child.pid ?? 0,
    ended: () => !running.has(child),
    output: () => output,
    kill,
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    async stop() {
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), stopLimit)
      await closed.finally(() => clearTimeout(late))
    },
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { root } from '../support/server.ts'

/** A new user's shell in a copy of the repository. */
export type Session = {
  /** Runs a command in the shell, which keeps variables and folders, and resolves to its exit code and output. */
  run(command: string): Promise<{ readonly code: number; readonly output: string }>
  /** Starts a command that goes on, and resolves when it has printed what matches. */
  start(command: string, printed: RegExp): Promise<void>
  /** Ends everything and removes the copy. */
  stop(): Promise<void>
}

const limit = 120_000
const left = new Set(['node_modules', '.git', '.cache', 'data'])

/** Copies the repository as it would be cloned, with the packages that are installed, and opens a shell in it. */
export async function openSession(): Promise<Session> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-readme-'))
  const repository = join(folder, 'coffer')
  const home = join(folder, 'home')
  await cp(root, repository, {
    recursive: true,
    filter: (path) => !left.has(relative(root, path).split('/')[0] ?? ''),
  })
  await symlink(join(root, 'node_modules'), join(repository, 'node_modules'))
  await mkdir(home)

  // The tools that npm puts in front of PATH are not there for a new user.
  const path = (process.env.PATH ?? '').split(':').filter((entry) => !entry.includes('node_modules'))
  const options = {
    cwd: repository,
    env: { PATH: path.join(':'), HOME: home, LANG: 'C.UTF-8' },
    // A group of its own can be ended as a whole.
    detached: true,
  } as const
  const groups: ChildProcess[] = []
  const shell = spawn('bash', ['--noprofile', '--norc'], { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
  groups.push(shell)
  const read = collect(shell)

  return {
    async run(command) {
      const end = `end-${randomUUID()}`
      const from = read().length
      shell.stdin.write(`{\n${command}\n} </dev/null 2>&1\nprintf '%s %d\\n' ${end} $?\n`)
      const [all, code] = await waitFor(shell, () => new RegExp(`${end} (\\d+)\\n`).exec(read().slice(from)))
      const output = read().slice(from)
      return { code: Number(code), output: output.slice(0, output.indexOf(all ?? '')) }
    },
    async start(command, printed) {
      const child = spawn('bash', ['-c', command], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
      groups.push(child)
      const readChild = collect(child)
      await waitFor(child, () => printed.exec(readChild())).catch((error: Error) => {
        throw new Error(`${error.message}; printed so far:\n${readChild()}`)
      })
    },
    async stop() {
      for (const child of groups.reverse()) await endGroup(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

type Piped = ChildProcess & { readonly stdout: NodeJS.ReadableStream; readonly stderr: NodeJS.ReadableStream }

function collect(child: Piped): () => string {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      output += text
    })
  }
  return () => output
}

/** Looks again whenever the process has printed something, until there is something to find. */
async function waitFor<T>(child: ChildProcess, look: () => T | null): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const again = (): void => {
    const found = look()
    if (found !== null) resolve(found)
  }
  const ended = (): void => reject(new Error('the process ended'))
  const late = setTimeout(() => reject(new Error(`nothing within ${limit / 1000} s`)), limit)
  child.stdout?.on('data', again)
  child.stderr?.on('data', again)
  child.once('close', ended)
  again()
  try {
    return await promise
  } finally {
    clearTimeout(late)
    child.stdout?.off('data', again)
    child.stderr?.off('data', again)
    child.off('close', ended)
  }
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  const group = -child.pid
  process.kill(group, 'SIGTERM')
  const late = setTimeout(() => process.kill(group, 'SIGKILL'), 10_000)
  await closed
  clearTimeout(late)
}

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './ports.ts'
import { launch } from './server.ts'
import { call, expectOk, type Reply, type Target } from './vault.ts'

/** A server of several workers, on SQLite unless the storage says otherwise, and over plain HTTP unless the listener does. */
export type WorkersServer = Target & {
  readonly folder: string
  output(): string
  heard(pattern: RegExp): Promise<void>
  signal(name: NodeJS.Signals): void
  /** The processes of the workers, by their number, as the log has named them last. */
  processes(): ReadonlyMap<number, number>
  /** Resolves with its exit code. */
  readonly ended: Promise<number | null>
  stop(): Promise<void>
}

type Options = {
  readonly workers: number
  readonly seal?: 'static'
  /** The storage block, in place of that of a file of SQLite. */
  readonly storage?: (folder: string) => string
  /** Goes into the listener block, in place of `tls_disable = true`. */
  readonly tls?: (folder: string) => Promise<{ block: string; caFile: string }>
  readonly more?: string
}

const onFile = (folder: string) => `storage "sqlite" { path = "${folder}/data/coffer.db" }`

/** Starts it; all workers listen when it resolves. Nothing is initialised yet. */
export async function startWorkers(options: Options): Promise<WorkersServer> {
  const { workers, seal, storage = onFile, tls, more = '' } = options
  const folder = await mkdtemp(join(tmpdir(), 'coffer-workers-'))
  await mkdir(join(folder, 'log'))
  const port = await freePort()
  const secure = await tls?.(folder)
  const file = join(folder, 'coffer.hcl')
  await writeFile(
    file,
    `workers = ${workers}
pid_file = "${folder}/coffer.pid"
${storage(folder)}
${seal === 'static' ? `seal "static" { key_folder = "${folder}/keys" }` : ''}
listener "tcp" {
  address = "127.0.0.1:${port}"
  ${secure?.block ?? 'tls_disable = true'}
}
audit "file" "main" {
  options { file_path = "${folder}/log/audit.log" }
}
${more}`,
  )
  const child = launch([`-config=${file}`], folder)
  try {
    await child.heard(/Coffer serves/)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
  const server: WorkersServer = {
    ...child,
    token: '',
    address: `${secure === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    caFile: secure?.caFile,
    folder,
    processes() {
      const found = [...child.output().matchAll(/Coffer starts worker=(\d+) \S+ process=(\d+)/g)]
      return new Map(found.map(([, worker, process]) => [Number(worker), Number(process)]))
    },
    async stop() {
      await child.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return server
}

/** Waits until a worker has listened for so many times. */
export const listensAgain = ({ heard }: Pick<WorkersServer, 'heard'>, worker: number, times: number) =>
  heard(new RegExp(`(?:listening worker=${worker} [\\s\\S]*){${times}}`))

/** How many these tests start. */
export const workers = 4
/** Each is a connection of its own, and connections go to the workers in turns: twice as many reach every one. */
export const asks = workers * 2

export const everywhere = (target: Target, method: string, path: string, body?: unknown): Promise<Reply[]> =>
  Promise.all(Array.from({ length: asks }, () => call(target, method, path, body)))
export const statuses = (replies: readonly Reply[]) => [...new Set(replies.map(({ status }) => status))]

export type Opened = WorkersServer & { readonly shares: readonly string[] }

/** Initialises and unseals it. */
export async function open(server: WorkersServer, shares = 1, threshold = 1): Promise<Opened> {
  const sent = { secret_shares: shares, secret_threshold: threshold }
  const made = await expectOk(server, 'PUT', 'sys/init', sent)
  for (const key of made.keys_base64.slice(0, threshold)) await expectOk(server, 'PUT', 'sys/unseal', { key })
  return { ...server, token: made.root_token, shares: made.keys_base64 }
}

/** One that is open, and ends with the test. */
export async function started(t: { after(work: () => Promise<void>): void }): Promise<Opened> {
  const server = await startWorkers({ workers })
  t.after(() => server.stop())
  return open(server)
}

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, launch } from './server.ts'
import type { Target } from './vault.ts'

/** A server of several workers, on SQLite and over plain HTTP unless the listener says otherwise. */
export type WorkersServer = Target & {
  readonly folder: string
  output(): string
  heard(pattern: RegExp): Promise<void>
  signal(name: NodeJS.Signals): void
  /** The processes of the workers, by their number, as the log has named them last. */
  processes(): ReadonlyMap<number, number>
  stop(): Promise<void>
}

type Options = {
  readonly workers: number
  readonly seal?: 'static'
  /** Goes into the listener block, in place of `tls_disable = true`. */
  readonly tls?: (folder: string) => Promise<{ block: string; caFile: string }>
  readonly more?: string
}

/** Starts it; all workers listen when it resolves. Nothing is initialised yet. */
export async function startWorkers({ workers, seal, tls, more = '' }: Options): Promise<WorkersServer> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-workers-'))
  await mkdir(join(folder, 'log'))
  const port = await freePort()
  const secure = await tls?.(folder)
  const file = join(folder, 'coffer.hcl')
  await writeFile(
    file,
    `workers = ${workers}
pid_file = "${folder}/coffer.pid"
storage "sqlite" { path = "${folder}/data/coffer.db" }
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

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Client } from 'pg'
import { issueAuthority, issueLeaf } from '../../src/http/tls/issue.ts'
import type { PostgresOptions } from '../../src/storage/postgres/options.ts'

/** A PostgreSQL server of a test's own, over TLS, with passwords by SCRAM. */
export type PostgresServer = {
  readonly port: number
  readonly folder: string
  /** The authority of its certificate, which is for 127.0.0.1 and localhost. */
  readonly ca: string
  /** How the user `coffer` reaches it. */
  options(
    schema?: string,
  ): Pick<PostgresOptions, 'hosts' | 'database' | 'user' | 'password' | 'tls' | 'schema'>
  /** Runs statements as the superuser, in the database `coffer`. */
  sql(text: string): Promise<Record<string, unknown>[]>
  /** Makes a schema that the user `coffer` owns, and answers its name. */
  newSchema(): Promise<string>
  /** Stops all its processes where they are. */
  pause(): void
  resume(): void
  /** Ends it as a power cut does. */
  kill(): Promise<void>
  /** Ends it in good order. */
  stop(): Promise<void>
  start(): Promise<void>
  /** Puts a copy of its data folder in the place of its data, while it is stopped. */
  restore(copy: string): Promise<void>
  /** Kills it and removes its data. */
  dispose(): Promise<void>
}

export const password = 'a test’s password'

/** The folder of PostgreSQL's programs, the newest where there are several. */
function findPrograms(): string | undefined {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  return versions.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')))
}

const programs = findPrograms()
/** What is missing on this machine, for `requires`. */
export const missingPostgres = programs === undefined ? 'PostgreSQL' : undefined

/** The server refuses to run as root. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (what: '-u' | '-g') => Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** @param settings lines for postgresql.conf */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresServer> {
  const bin = programs ?? ''
  const user = serverUser()
  const folder = mkdtempSync(join(tmpdir(), 'coffer-postgres-'))
  const own = (file: string) => {
    if (user !== undefined) chownSync(file, user.uid, user.gid)
  }
  own(folder)
  const data = join(folder, 'data')
  const write = (file: string, text: string) => {
    writeFileSync(file, text, { mode: 0o600 })
    own(file)
  }
  write(join(folder, 'password'), password)
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync', '-A', 'scram-sha-256'].concat([
      `--pwfile=${join(folder, 'password')}`,
    ]),
    { stdio: 'ignore', ...user },
  )
  const names = [
    { kind: 'ip', text: '127.0.0.1' },
    { kind: 'dns', text: 'localhost' },
  ] as const
  const authority = await issueAuthority(names, Date.now())
  write(join(data, 'server.pem'), (await issueLeaf(authority, names, Date.now())).pem)
  const port = await freePort()
  const lines = [
    `port = ${port}`,
    `listen_addresses = '127.0.0.1'`,
    `unix_socket_directories = ''`,
    'ssl = on',
    `ssl_cert_file = 'server.pem'`,
    `ssl_key_file = 'server.pem'`,
    'max_connections = 150',
    'shared_buffers = 16MB',
    'fsync = off',
    ...settings,
  ]
  appendFileSync(join(data, 'postgresql.conf'), `${lines.join('\n')}\n`)

  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    const started = spawn(join(bin, 'postgres'), ['-D', data], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      ...user,
    })
    child = started
    const lines: string[] = []
    const log = createInterface({ input: started.stderr })
    await new Promise<void>((resolve, reject) => {
      log.on('line', (line) => {
        lines.push(line)
        if (line.includes('database system is ready to accept connections')) resolve()
      })
      started.once('error', reject)
      started.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${lines.join('\n')}`)))
    })
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ended = child
    child = undefined
    if (ended === undefined) return
    const gone = once(ended, 'exit')
    const below = childrenOf(ended.pid as number)
    ended.kill(signal)
    // Its processes notice that it is gone by themselves, and a stopped one does not.
    if (signal === 'SIGKILL') for (const pid of below) signalTo(pid, 'SIGKILL')
    await gone
  }

  function signalAll(signal: NodeJS.Signals): void {
    const pid = child?.pid
    if (pid === undefined) return
    signalTo(pid, signal)
    for (const below of childrenOf(pid)) signalTo(below, signal)
  }

  const options: PostgresServer['options'] = (schema = 'public') => ({
    hosts: [{ host: '127.0.0.1', port }],
    database: 'coffer',
    user: 'coffer',
    password: async () => password,
    tls: async () => ({ ca: authority.certificate }),
    schema,
  })

  async function sql(text: string, database = 'coffer'): Promise<Record<string, unknown>[]> {
    const client = new Client({ ...asSuperuser(database, port), ssl: { ca: authority.certificate } })
    await client.connect()
    try {
      return (await client.query(text)).rows as Record<string, unknown>[]
    } finally {
      await client.end()
    }
  }

  let schemas = 0
  try {
    await start()
    await sql(`CREATE ROLE coffer LOGIN PASSWORD '${password}'`, 'postgres')
    await sql('CREATE DATABASE coffer OWNER coffer', 'postgres')
  } catch (error) {
    await end('SIGKILL')
    throw error
  }
  return {
    port,
    folder,
    ca: authority.certificate,
    options,
    sql,
    async newSchema() {
      const name = `store${++schemas}`
      await sql(`CREATE SCHEMA ${name} AUTHORIZATION coffer`)
      return name
    },
    pause: () => signalAll('SIGSTOP'),
    resume: () => signalAll('SIGCONT'),
    kill: () => end('SIGKILL'),
    // "Immediate" would be SIGQUIT, and "smart" (SIGTERM) waits for clients.
    stop: () => end('SIGINT'),
    start,
    async restore(copy) {
      rmSync(data, { recursive: true })
      renameSync(copy, data)
      execFileSync('chown', ['-R', `${user?.uid ?? process.getuid?.()}`, data])
    },
    async dispose() {
      await end('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const asSuperuser = (database: string, port: number) => ({
  host: '127.0.0.1',
  port,
  database,
  user: 'postgres',
  password,
})

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ESRCH') throw error
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

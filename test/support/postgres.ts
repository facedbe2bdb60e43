import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
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
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { Client } from 'pg'
import { issueAuthority, issueLeaf, type Pair } from '../../src/http/tls/issue.ts'
import type { PostgresOptions } from '../../src/storage/postgres/options.ts'
import { freePort } from './ports.ts'
import { signalTo } from './signals.ts'

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
  /** Runs statements as the superuser, in the database `coffer` unless it is another. */
  sql(text: string, database?: string): Promise<Record<string, unknown>[]>
  /** Makes a schema that the user `coffer` owns, and answers its name. */
  newSchema(): Promise<string>
  /** What it has written into its log since its start. */
  log(): Promise<readonly string[]>
  /** Stops all its processes where they are. */
  pause(): void
  resume(): void
  /** Ends it as a power cut does. */
  kill(): Promise<void>
  /** Ends it in good order. */
  stop(): Promise<void>
  start(): Promise<void>
  /** Starts another server that follows this one. */
  standby(): Promise<PostgresServer>
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

type Place = {
  readonly folder: string
  readonly data: string
  readonly port: number
  readonly authority: Pair
}

/** A new folder that the server's user owns. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-postgres-'))
  own(folder)
  return folder
}

function own(file: string): void {
  const user = serverUser()
  if (user !== undefined) chownSync(file, user.uid, user.gid)
}

function writeOwn(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 })
  own(file)
}

function runProgram(name: string, args: readonly string[]): void {
  execFileSync(join(programs ?? '', name), args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PGPASSWORD: password, HOME: tmpdir() },
    ...serverUser(),
  })
}

/** @param settings lines for postgresql.conf */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresServer> {
  const folder = newFolder()
  const [data, secret] = [join(folder, 'data'), join(folder, 'password')]
  writeOwn(secret, password)
  const form = ['-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync', '-A', 'scram-sha-256']
  runProgram('initdb', ['-D', data, ...form, `--pwfile=${secret}`])
  const names = [
    { kind: 'ip', text: '127.0.0.1' },
    { kind: 'dns', text: 'localhost' },
  ] as const
  const authority = await issueAuthority(names, Date.now())
  writeOwn(join(data, 'server.pem'), (await issueLeaf(authority, names, Date.now())).pem)
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
  const server = createHandle({ folder, data, port, authority })
  try {
    await server.start()
    await server.sql(`CREATE ROLE coffer LOGIN PASSWORD '${password}'`, 'postgres')
    await server.sql('CREATE DATABASE coffer OWNER coffer', 'postgres')
    return server
  } catch (error) {
    await server.dispose()
    throw error
  }
}

/** A standby of another server, which follows it. */
async function startStandby(primary: Place): Promise<PostgresServer> {
  const folder = newFolder()
  const data = join(folder, 'data')
  const from = `host=127.0.0.1 port=${primary.port} user=postgres sslmode=require`
  runProgram('pg_basebackup', ['-D', data, '-d', from, '-R', '-X', 'stream', '-c', 'fast', '--no-sync'])
  const port = await freePort()
  appendFileSync(join(data, 'postgresql.conf'), `port = ${port}\n`)
  const server = createHandle({ folder, data, port, authority: primary.authority })
  await server.start()
  return server
}

function createHandle(place: Place): PostgresServer {
  const { folder, data, port, authority } = place
  let child: ChildProcess | undefined
  let lines: string[] = []
  let log: Interface | undefined

  async function start(): Promise<void> {
    const started = spawn(join(programs ?? '', 'postgres'), ['-D', data], {
      cwd: folder,
      // Where it looks for certificates when it follows another server.
      env: { ...process.env, HOME: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
      ...serverUser(),
    })
    child = started
    const said: string[] = []
    const reading = createInterface({ input: started.stderr })
    lines = said
    log = reading
    await new Promise<void>((resolve, reject) => {
      reading.on('line', (line) => {
        said.push(line)
        if (/database system is ready to accept/.test(line)) resolve()
      })
      started.once('error', reject)
      started.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${said.join('\n')}`)))
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
    async log() {
      const mark = randomUUID()
      const isThere = new Promise<void>((resolve) => {
        log?.on('line', (line) => line.includes(mark) && resolve())
      })
      // What was written before it comes before it.
      await sql(`DO $$ BEGIN RAISE LOG '${mark}'; END $$`)
      await isThere
      return lines.filter((line) => !line.includes(mark))
    },
    pause: () => signalAll('SIGSTOP'),
    resume: () => signalAll('SIGCONT'),
    kill: () => end('SIGKILL'),
    // "Immediate" would be SIGQUIT, and "smart" (SIGTERM) waits for clients.
    stop: () => end('SIGINT'),
    start,
    standby: () => startStandby(place),
    async restore(copy) {
      rmSync(data, { recursive: true })
      renameSync(copy, data)
      execFileSync('chown', ['-R', `${serverUser()?.uid ?? process.getuid?.()}`, data])
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

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { stringify } from 'yaml'
import type { Backing } from './cluster.ts'
import type { Etcd } from './etcd.ts'
import { oneMachine } from './machines.ts'
import { launch, type Program } from './process.ts'

/** PostgreSQL servers under Patroni, with HAProxy in front, which leads to the primary. */
export type Patroni = Backing & {
  readonly members: number
  /** The member that is the primary. Resolves when there is one. */
  primary(): Promise<number>
  /** Kills a member as the loss of its machine does: PostgreSQL and Patroni at once. */
  kill(index: number): Promise<void>
  /** Kills PostgreSQL alone; Patroni lives on and decides what happens. */
  killPostgres(index: number): void
  start(index: number): void
  /** Resolves when there is a primary and every other member follows it, one of them synchronously. */
  ready(): Promise<void>
}

const startLimit = 90_000
/** Where Debian has the programs of PostgreSQL. */
const postgresFolder = '/usr/lib/postgresql/15/bin'

/** What is missing to run it, or undefined. */
export function missingPatroni(): string | undefined {
  if (process.getuid?.() !== 0) return 'leave to run PostgreSQL as its own user'
  const needed = [join(postgresFolder, 'postgres'), '/usr/bin/patroni', '/usr/sbin/haproxy', '/usr/bin/etcd']
  const missing = needed.filter((path) => !existsSync(path))
  return missing.length === 0 ? undefined : missing.join(', ')
}

/** Seconds: the least that Patroni takes as `ttl`, so that its leader's death is known as soon as may be. */
const dcs = {
  ttl: 20,
  loop_wait: 2,
  retry_timeout: 3,
  // What is acknowledged is on two servers, and only the one that has it follows the primary.
  synchronous_mode: true,
  master_start_timeout: 0,
  postgresql: { use_pg_rewind: true, parameters: { max_connections: 200, shared_buffers: '32MB' } },
}

type Ports = { readonly sql: number; readonly rest: number }

/** @param etcd what Patroni keeps its own leader in */
export async function startPatroni(folder: string, etcd: Etcd, members = 3): Promise<Patroni> {
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres']))) as [
    number,
    number,
  ]
  const home = join(folder, 'patroni')
  await mkdir(home, { mode: 0o700 })
  await chown(home, uid, gid)
  const password = join(folder, 'password')
  await writeFile(password, 'postgres')
  // PostgreSQL's user has to get through to its own folder.
  await chmod(dirname(home), 0o711)
  const all = Array.from({ length: members }, (_, index) => index)
  const ports: Ports[] = []
  for (const _ of all) ports.push({ sql: await oneMachine.port(), rest: await oneMachine.port() })
  const front = await oneMachine.port()
  const programs: Program[] = []
  const data = (index: number) => join(home, `data${index}`)

  const configuration = (index: number, { sql, rest }: Ports) => ({
    scope: 'coffer',
    name: `pg${index}`,
    restapi: { listen: `127.0.0.1:${rest}`, connect_address: `127.0.0.1:${rest}` },
    etcd3: { hosts: etcd.endpoints.map((endpoint) => endpoint.slice('http://'.length)) },
    bootstrap: { dcs, initdb: [{ encoding: 'UTF8' }, 'data-checksums'] },
    postgresql: {
      listen: `127.0.0.1:${sql}`,
      connect_address: `127.0.0.1:${sql}`,
      data_dir: data(index),
      bin_dir: postgresFolder,
      pgpass: join(home, `pgpass${index}`),
      authentication: {
        superuser: { username: 'postgres', password: 'postgres' },
        replication: { username: 'replicator', password: 'replicator' },
        rewind: { username: 'rewinder', password: 'rewinder' },
      },
      parameters: { unix_socket_directories: home },
      pg_hba: ['local all all trust', 'host all all 127.0.0.1/32 scram-sha-256'].concat(
        'host replication replicator 127.0.0.1/32 scram-sha-256',
      ),
    },
  })

  function start(index: number): void {
    const argv = ['patroni', join(home, `pg${index}.yml`)]
    programs[index] = launch(`pg${index}`, argv, { cwd: home, uid, gid })
  }

  /** The process of PostgreSQL that all its others belong to, as its own file names it. */
  function postmaster(index: number): number | undefined {
    const file = join(data(index), 'postmaster.pid')
    return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined
  }
  function killPostgres(index: number): void {
    const pid = postmaster(index)
    try {
      if (pid !== undefined) process.kill(pid, 'SIGKILL')
    } catch {
      // It had ended by itself.
    }
  }
  const killAll = () => {
    for (const index of all) killPostgres(index)
  }
  process.once('exit', killAll)

  /** What Patroni says of all its members. */
  async function membersNow(): Promise<readonly { name: string; role: string; state: string }[]> {
    for (const { rest } of ports) {
      try {
        const reply = await fetch(`http://127.0.0.1:${rest}/cluster`, { signal: AbortSignal.timeout(1000) })
        // Whoever speaks here is Patroni 3, whose answer has this form.
        const body = (await reply.json()) as { members: { name: string; role: string; state: string }[] }
        return body.members
      } catch {
        // The next one may know.
      }
    }
    return []
  }
  async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const began = performance.now()
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      if (performance.now() - began > startLimit)
        throw new Error(`Patroni: ${what}:\n${programs.map((one) => one.output().slice(-2000)).join('\n')}`)
      await pause(100)
    }
  }

  const haproxy = `
defaults
  mode tcp
  timeout connect 1s
  timeout client 1h
  timeout server 1h
  timeout check 1s
listen primary
  bind 127.0.0.1:${front}
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
${ports.map(({ sql, rest }, index) => `  server pg${index} 127.0.0.1:${sql} check port ${rest}`).join('\n')}
`
  let balancer: Program | undefined
  const patroni: Patroni = {
    members,
    storage: (_, folder) => `storage "postgres" {
  hosts         = ["127.0.0.1:${front}"]
  database      = "postgres"
  user          = "postgres"
  password_file = "${password}"
  tls_disable   = true
  state_folder  = "${folder}"
}`,
    primary: () =>
      until('no primary', async () => {
        const leader = (await membersNow()).find(
          ({ role, state }) => role === 'leader' && state === 'running',
        )
        return leader === undefined ? undefined : Number(leader.name.slice('pg'.length))
      }),
    async kill(index) {
      await programs[index]?.kill()
      killPostgres(index)
    },
    killPostgres,
    start,
    ready: () =>
      until('not complete', async () => {
        const seen = await membersNow()
        const running = seen.filter(({ state }) => state === 'running' || state === 'streaming')
        const roles = new Set(seen.map(({ role }) => role))
        return (running.length === members && roles.has('leader') && roles.has('sync_standby')) || undefined
      }).then(() => {}),
    async stop() {
      await balancer?.stop()
      await Promise.all(programs.map((one) => one.stop()))
      killAll()
      process.off('exit', killAll)
    },
  }
  try {
    for (const index of all) {
      const file = join(home, `pg${index}.yml`)
      await writeFile(file, stringify(configuration(index, ports[index] as Ports)))
      await chown(file, uid, gid)
    }
    await writeFile(join(home, 'haproxy.cfg'), haproxy)
    start(0)
    await patroni.primary()
    for (const index of all.slice(1)) start(index)
    balancer = launch('haproxy', ['/usr/sbin/haproxy', '-db', '-f', join(home, 'haproxy.cfg')], { cwd: home })
    await patroni.ready()
    return patroni
  } catch (error) {
    await patroni.stop()
    throw error
  }
}

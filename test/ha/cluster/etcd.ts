import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Backing } from './cluster.ts'
import type { Machines } from './machines.ts'
import { launch, type Program } from './process.ts'

/** An etcd cluster with one member on each machine. */
export type Etcd = Backing & {
  readonly members: number
  /** Where members are asked, such as `http://127.0.0.1:2379`. */
  readonly endpoints: readonly string[]
  member(index: number): Program
  start(index: number): void
  /** The member that leads, as the others see it. Resolves when there is one. */
  leader(): Promise<number>
  /** Resolves when every member takes part. */
  ready(): Promise<void>
}

/** What is missing to run it, or undefined. */
export const missingEtcd = (): string | undefined =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'etcd')))
    ? undefined
    : 'etcd'

type Status = { readonly member: string; readonly leader: string }

const startLimit = 30_000

/**
 * With the settings that etcd has by itself: a heartbeat each 100 ms, an election after 1,000 ms without one. Only that a
 * member which was cut off asks before it calls for an election, as newer versions have it by themselves, is told to it.
 */
export async function startEtcd(folder: string, machines: Machines, members = 3): Promise<Etcd> {
  const all = Array.from({ length: members }, (_, index) => index)
  const client: string[] = []
  const peer: string[] = []
  for (const index of all) {
    client.push(`http://${machines.address(index)}:${await machines.port()}`)
    peer.push(`http://${machines.address(index)}:${await machines.port()}`)
  }
  const programs: Program[] = []
  const home = join(folder, 'etcd')
  await mkdir(home, { recursive: true })

  function start(index: number): void {
    const [ours = '', theirs = ''] = [client[index], peer[index]]
    const argv = [
      'etcd',
      ...['--name', `m${index}`, '--data-dir', join(home, `m${index}`), '--log-level', 'warn', '--pre-vote'],
      ...['--listen-client-urls', ours, '--advertise-client-urls', ours],
      ...['--listen-peer-urls', theirs, '--initial-advertise-peer-urls', theirs],
      ...['--initial-cluster', all.map((i) => `m${i}=${peer[i]}`).join(',')],
    ]
    programs[index] = launch(`etcd${index}`, machines.on(index, argv), { cwd: home })
  }

  async function status(index: number): Promise<Status | undefined> {
    const asked = { method: 'POST', body: '{}', signal: AbortSignal.timeout(1000) }
    try {
      const reply = await fetch(`${client[index]}/v3/maintenance/status`, asked)
      // Whoever speaks here is etcd 3.4, whose answer has this form.
      const body = (await reply.json()) as { header: { member_id: string }; leader?: string }
      return { member: body.header.member_id, leader: body.leader ?? '0' }
    } catch {
      return undefined
    }
  }

  /** Polls, since etcd has no event for it. */
  async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const began = performance.now()
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      if (performance.now() - began > startLimit) {
        throw new Error(`etcd: ${what}:\n${programs.map((one) => one.output()).join('\n')}`)
      }
      await pause(50)
    }
  }

  const etcd: Etcd = {
    members,
    endpoints: client,
    member: (index) => programs[index] as Program,
    start,
    storage: (_, folder) => `storage "etcd" {
  endpoints    = ${JSON.stringify(client)}
  state_folder = "${folder}"
}`,
    leader: () =>
      until('no leader', async () => {
        const seen = await Promise.all(all.map(status))
        const leader = seen.find((one) => one !== undefined && one.leader !== '0')?.leader
        const index = seen.findIndex((one) => one?.member === leader)
        return leader === undefined || index < 0 ? undefined : index
      }),
    ready: () =>
      until('not complete', async () => {
        const seen = await Promise.all(all.map(status))
        const [first] = seen
        const agreed =
          first !== undefined && first.leader !== '0' && seen.every((one) => one?.leader === first.leader)
        return agreed || undefined
      }).then(() => {}),
    async stop() {
      await Promise.all(programs.map((one) => one.stop()))
    },
  }
  for (const index of all) start(index)
  await etcd.ready()
  return etcd
}

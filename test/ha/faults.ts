import { setTimeout as pause } from 'node:timers/promises'
import { type Answer, newClient } from './ask.ts'
import type { Cluster } from './cluster/cluster.ts'
import type { Etcd } from './cluster/etcd.ts'
import type { Machines } from './cluster/machines.ts'
import type { Patroni } from './cluster/patroni.ts'
import type { Fault } from './run.ts'

/** What strikes a node of the cluster: each time another. */
export function nodeFaults(cluster: Cluster): Fault[] {
  let turn = 0
  const next = () => turn++ % cluster.addresses.length
  return [
    {
      name: 'node killed',
      lasts: 1000,
      async strike() {
        const index = next()
        await cluster.node(index).kill()
        return () => cluster.start(index)
      },
    },
    {
      name: 'node paused',
      lasts: 3000,
      async strike() {
        const node = cluster.node(next())
        node.pause()
        return async () => node.resume()
      },
    },
  ]
}

/** What strikes a member of etcd. */
export function etcdFaults(etcd: Etcd): Fault[] {
  const follower = async () => ((await etcd.leader()) + 1) % etcd.members
  const fault = (
    name: string,
    which: () => Promise<number>,
    { strike, heal }: { strike(index: number): unknown; heal(index: number): unknown },
  ): Fault => ({
    name,
    lasts: 3000,
    async strike() {
      const index = await which()
      await strike(index)
      return async () => {
        await heal(index)
        await etcd.ready()
      }
    },
  })
  const kill = { strike: (index: number) => etcd.member(index).kill(), heal: etcd.start }
  const stop = {
    strike: (index: number) => etcd.member(index).pause(),
    heal: (index: number) => etcd.member(index).resume(),
  }
  return [
    fault('etcd leader killed', etcd.leader, kill),
    fault('etcd leader paused', etcd.leader, stop),
    fault('etcd member killed', follower, kill),
    fault('etcd member paused', follower, stop),
  ]
}

/** What strikes the primary of PostgreSQL; it ends when there is another, and comes back as a standby. */
export function patroniFaults(patroni: Patroni): Fault[] {
  const next = async (old: number): Promise<void> => {
    while ((await patroni.primary()) === old) await pause(100)
  }
  return [
    {
      name: 'PostgreSQL primary killed',
      lasts: 1000,
      async strike() {
        const old = await patroni.primary()
        patroni.killPostgres(old)
        await next(old)
        return patroni.ready
      },
    },
    {
      name: 'PostgreSQL primary and its Patroni killed',
      lasts: 1000,
      async strike() {
        const old = await patroni.primary()
        await patroni.kill(old)
        await next(old)
        return async () => {
          patroni.start(old)
          await patroni.ready()
        }
      },
    },
  ]
}

/**
 * One machine, with its node and its etcd member, is cut off from the two others; clients reach all three. Whatever
 * its node answers that needs the store is an answer that there must not be.
 */
export function partition(
  cluster: Cluster,
  etcd: Etcd,
  { cut, join }: NonNullable<Machines['network']>,
): Fault {
  let turn = 0
  return {
    name: 'minority cut off',
    lasts: 8000,
    async strike(alarm) {
      // By turns the machine whose etcd leads, and one whose etcd follows.
      const machine = ((await etcd.leader()) + (turn++ % 2)) % etcd.members
      await cut(machine)
      const watched = watch(cluster, machine, alarm)
      return async () => {
        await watched.stop()
        await join(machine)
        await etcd.ready()
      }
    },
  }
}

function watch({ addresses, root }: Cluster, machine: number, alarm: (text: string) => void) {
  const client = newClient(1000)
  const address = addresses[machine] ?? ''
  let stopped = false
  const served = (what: string, { status }: Answer) =>
    alarm(`a node that was cut off answered a ${what} with ${status}`)
  const watching = (async () => {
    while (!stopped) {
      const read = await client(address, 'plain/none', { token: root })
      if (typeof read === 'object' && read.status < 500) served('read', read)
      const write = await client(address, 'plain/cut-off', {
        method: 'POST',
        token: root,
        body: { cut: true },
      })
      if (typeof write === 'object' && write.status < 500) served('write', write)
    }
  })()
  return {
    async stop() {
      stopped = true
      await watching
    },
  }
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cluster, startCluster } from './cluster/cluster.ts'
import { missingEtcd, startEtcd } from './cluster/etcd.ts'
import { oneMachine } from './cluster/machines.ts'
import { namespaces } from './cluster/namespaces.ts'
import { missingPatroni, startPatroni } from './cluster/patroni.ts'
import { sqliteBacking } from './cluster/sqlite.ts'
import { etcdFaults, nodeFaults, partition, patroniFaults } from './faults.ts'
import type { Fault } from './run.ts'

/** A cluster that stands, with all that can happen to it. */
export type Standing = {
  readonly cluster: Cluster
  readonly faults: readonly Fault[]
  stop(): Promise<void>
}

/** A kind of store, and how three nodes stand on it. */
export type Suite = {
  readonly name: string
  /** What stands where, for a reader of the report. */
  readonly about: string
  /** What this machine lacks for it, or undefined. */
  missing(): string | undefined
  start(surroundings: Surroundings): Promise<Standing>
}

export type Surroundings = {
  /** Whether this process has a network of its own, in which it can make machines. */
  readonly apart: boolean
}

const nodes = 3

/** Starts one thing after another in a folder of their own; when one fails, or in the end, all are stopped again. */
async function stand(
  build: (folder: string, standing: { stop(): Promise<void> }[]) => Promise<Omit<Standing, 'stop'>>,
): Promise<Standing> {
  const folder = await mkdtemp(join(tmpdir(), 'coffer-ha-'))
  const standing: { stop(): Promise<void> }[] = []
  const stop = async (): Promise<void> => {
    for (const one of standing.reverse()) await one.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    return { ...(await build(folder, standing)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const sqlite: Suite = {
  name: 'SQLite',
  about: 'three processes on one machine and one file; one of them has the file’s lock and writes for all',
  missing: () => undefined,
  start: () =>
    stand(async (folder, standing) => {
      const backing = await sqliteBacking(folder)
      const cluster = await startCluster({ folder, machines: oneMachine, backing, nodes })
      standing.push(cluster)
      return { cluster, faults: nodeFaults(cluster) }
    }),
}

const etcd: Suite = {
  name: 'etcd',
  about:
    'three machines, each with one node and one member of etcd with the settings of docs/etcd.md (an election after 1 s without the leader; `--pre-vote`)',
  missing: missingEtcd,
  start: ({ apart }) =>
    stand(async (folder, standing) => {
      const machines = apart ? await namespaces(nodes) : oneMachine
      standing.push({ stop: machines.remove })
      const backing = await startEtcd(folder, machines)
      standing.push(backing)
      const cluster = await startCluster({ folder, machines, backing, nodes })
      standing.push(cluster)
      const faults = [...nodeFaults(cluster), ...etcdFaults(backing)]
      const { network } = machines
      return {
        cluster,
        faults: network === undefined ? faults : [...faults, partition(cluster, backing, network)],
      }
    }),
}

const postgres: Suite = {
  name: 'PostgreSQL',
  about:
    'three nodes; three servers of PostgreSQL under Patroni (`ttl` 20 s, `loop_wait` 2 s, `retry_timeout` 3 s, `synchronous_mode` on, `master_start_timeout` 0), which has three members of etcd; the nodes reach the primary through HAProxy (a check each 0.5 s)',
  missing: missingPatroni,
  start: () =>
    stand(async (folder, standing) => {
      const etcd = await startEtcd(folder, oneMachine)
      standing.push(etcd)
      const backing = await startPatroni(folder, etcd)
      standing.push(backing)
      const cluster = await startCluster({ folder, machines: oneMachine, backing, nodes })
      standing.push(cluster)
      return { cluster, faults: [...nodeFaults(cluster), ...patroniFaults(backing)] }
    }),
}

export const suites: Readonly<Record<string, Suite>> = { sqlite, etcd, postgres }

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { program } from '../../support/server.ts'
import { expectAnswer, newClient } from '../ask.ts'
import type { Machines } from './machines.ts'
import { launch, type Program } from './process.ts'

/** What all nodes store in. */
export type Backing = {
  /** The `storage` block of the configuration of a node, which may keep something in a folder of its own. */
  storage(node: number, folder: string): string
  stop(): Promise<void>
}

/** Equal nodes on one store. */
export type Cluster = {
  readonly root: string
  /** Where each node is asked, such as `http://127.0.0.1:8200`. */
  readonly addresses: readonly string[]
  node(index: number): Program
  /** Starts a node again that has ended. */
  start(index: number): Promise<void>
  /** Resolves when every node that is asked serves reads. */
  ready(): Promise<void>
  stop(): Promise<void>
}

export type ClusterOptions = {
  readonly folder: string
  readonly machines: Machines
  readonly backing: Backing
  readonly nodes: number
  /** The command that runs Coffer; the product's own unless a test has spoilt it. */
  readonly command?: (node: number) => readonly string[]
}

/** The store names it for all nodes, as it does on machines of their own; it lies in each node's own folder. */
const auditLog = '/proc/self/cwd/audit.log'

const startLimit = 30_000

/** Starts nodes one after another, initialises them, and mounts `kv/` of version 2, `plain/` of version 1 and `userpass`. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { folder, machines, backing, nodes, command = () => [program] } = options
  const programs: Program[] = []
  const addresses: string[] = []
  const client = newClient(5000)
  const keys = join(folder, 'keys')
  await mkdir(keys, { recursive: true, mode: 0o700 })

  async function start(index: number): Promise<void> {
    const home = join(folder, `node${index}`)
    await mkdir(home, { recursive: true })
    const file = join(home, 'coffer.hcl')
    await writeFile(file, configuration(index, home))
    const argv = machines.on(index, [...command(index), 'server', `-config=${file}`])
    programs[index] = launch(`node${index}`, argv, { cwd: home })
    await answers(index, (status) => status !== 0)
  }

  const configuration = (index: number, home: string) => `${backing.storage(index, home)}
listener "tcp" {
  address     = "${(addresses[index] ?? '').slice('http://'.length)}"
  tls_disable = true
}
seal "static" { key_folder = "${keys}" }
audit "file" "main" {
  options {
    file_path = "${auditLog}"
  }
}
log_level = "warn"
api_addr  = "${addresses[index]}"
`

  async function answers(index: number, enough: (status: number) => boolean): Promise<void> {
    const address = addresses[index] ?? ''
    const began = performance.now()
    for (;;) {
      const outcome = await client(address, 'sys/health')
      const status = typeof outcome === 'object' ? outcome.status : 0
      if (enough(status)) return
      const node = programs[index]
      if (node?.ended()) throw new Error(`node ${index} ended:\n${node.output()}`)
      if (performance.now() - began > startLimit)
        throw new Error(`node ${index} does not serve (${status}):\n${node?.output()}`)
      // There is no event to wait for: a port that nobody listens on refuses.
      await pause(20)
    }
  }

  const serves = (index: number) => answers(index, (status) => status === 200)
  const stop = async () => {
    await Promise.all(programs.map((node) => node.stop()))
  }
  try {
    for (let index = 0; index < nodes; index++)
      addresses[index] = `http://${machines.address(index)}:${await machines.port()}`
    const [first = ''] = addresses
    await start(0)
    const ask = { method: 'PUT', body: {} }
    const { root_token: root } = await expectAnswer(client, first, 'sys/init', ask)
    await serves(0)
    for (const [path, version] of [
      ['kv', '2'],
      ['plain', '1'],
    ]) {
      const body = { type: 'kv', options: { version } }
      await expectAnswer(client, first, `sys/mounts/${path}`, { method: 'POST', token: root, body })
    }
    // A write that is asked for again while nothing answers may land very often in the end.
    const versions = { method: 'POST', token: root, body: { max_versions: 1000 } }
    await expectAnswer(client, first, 'kv/config', versions)
    const userpass = { method: 'POST', token: root, body: { type: 'userpass' } }
    await expectAnswer(client, first, 'sys/auth/userpass', userpass)
    for (let index = 1; index < nodes; index++) {
      await start(index)
      await serves(index)
    }
    return {
      root,
      addresses,
      node: (index) => programs[index] as Program,
      async start(index) {
        await start(index)
        await serves(index)
      },
      async ready() {
        for (let index = 0; index < nodes; index++) await serves(index)
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

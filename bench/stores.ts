import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { missingEtcd, startEtcd } from '../test/support/etcd.ts'
import { missingPostgres, password, startPostgres } from '../test/support/postgres.ts'
import { type Measured, measure } from './load/load.ts'
import { processorTimeOf, type Started, startChild } from './process.ts'
import { milliseconds, printTable, whole } from './table.ts'
import { prepare, type Work } from './work.ts'

const nodeCounts = [1, 2, 3]
const connections = 32

/** A store that is empty and runs, and the `storage` block by which one of several nodes reaches it. */
type Place = { storage(node: number): string | undefined; stop(): Promise<void> }
type Kind = {
  readonly name: string
  /** What this machine lacks for it. */
  readonly missing: string | undefined
  start(folder: string): Promise<Place>
}

const kinds: readonly Kind[] = [
  {
    name: 'SQLite, one file',
    missing: undefined,
    start: async (folder) => ({
      storage: () => `storage "sqlite" { path = "${folder}/data/coffer.db" }`,
      stop: async () => undefined,
    }),
  },
  ...[1, 3].map((members) => ({
    name: `etcd, ${members === 1 ? 'one member' : `${members} members`}`,
    missing: missingEtcd,
    async start(folder: string) {
      const cluster = await startEtcd({ members })
      const endpoints = JSON.stringify(cluster.urls)
      return {
        storage: (node: number) =>
          `storage "etcd" {\n  endpoints = ${endpoints}\n  state_folder = "${folder}/state${node}"\n}`,
        stop: () => cluster.stop(),
      }
    },
  })),
  {
    name: 'PostgreSQL, one server',
    missing: missingPostgres,
    async start(folder) {
      const server = await startPostgres(['fsync = on', 'synchronous_commit = on', 'shared_buffers = 128MB'])
      writeFileSync(join(folder, 'password'), password, { mode: 0o600 })
      writeFileSync(join(folder, 'ca.pem'), server.ca)
      return {
        storage: (node) => `storage "postgres" {
  hosts         = ["127.0.0.1:${server.port}"]
  password_file = "${folder}/password"
  tls_ca_file   = "${folder}/ca.pem"
  state_folder  = "${folder}/state${node}"
}`,
        stop: () => server.dispose(),
      }
    },
  },
]

/** Reads and writes a second, of all nodes together, as nodes are added. */
export async function benchStores(folder: string, seconds: number): Promise<void> {
  const rows: string[][] = []
  for (const kind of kinds) {
    if (kind.missing !== undefined) {
      console.error(`${kind.name} is left out: ${kind.missing} is missing here`)
      continue
    }
    for (const nodes of nodeCounts)
      rows.push(await benchOne(kind, nodes, join(folder, `s${rows.length}`), seconds))
  }
  console.log(`## Stores and nodes, ${connections} connections\n`)
  printTable(
    [
      'store',
      'nodes',
      'reads/s',
      'p50 ms',
      'p99 ms',
      'CPU µs',
      'writes/s',
      'p50 ms',
      'p99 ms',
      'CPU µs',
      'failed',
    ],
    rows,
  )
}

async function benchOne(kind: Kind, count: number, folder: string, seconds: number): Promise<string[]> {
  mkdirSync(folder, { recursive: true })
  const place = await kind.start(folder)
  const nodes: Started[] = []
  try {
    for (let i = 0; i < count; i++) {
      const storage = place.storage(i)
      const at = join(folder, `node${i}`)
      nodes.push(
        await startChild(at, { keys: join(folder, 'keys'), ...(storage === undefined ? {} : { storage }) }),
      )
    }
    const [first] = nodes
    if (first === undefined) throw new Error('no node was started')
    const work = await prepare(first)
    const of = (kind: Work['kind']) =>
      measureAll(
        nodes,
        work.find((one) => one.kind === kind),
        seconds,
      )
    const measured = [await of('read'), await of('write')]
    return [
      kind.name,
      String(count),
      ...measured.flatMap(({ perSecond, p50, p99, processor }) => [
        whole(perSecond),
        milliseconds(p50),
        milliseconds(p99),
        whole(processor),
      ]),
      String(measured.reduce((sum, { failed }) => sum + failed, 0)),
    ]
  } finally {
    await Promise.all(nodes.map((node) => node.stop()))
    await place.stop()
  }
}

type Together = Pick<Measured, 'perSecond' | 'p50' | 'p99' | 'failed'> & {
  /** Microseconds of the nodes' processor time a request. */
  readonly processor: number
}

/** The same load on all nodes at once, which share the connections; the times are those of the slowest. */
async function measureAll(
  nodes: readonly Started[],
  work: Work | undefined,
  seconds: number,
): Promise<Together> {
  const used = () => nodes.reduce((sum, { pid }) => sum + (processorTimeOf(pid) ?? Number.NaN), 0)
  const before = used()
  const requests = work?.requests ?? []
  const share = Math.ceil(connections / nodes.length)
  const all = await Promise.all(
    nodes.map(({ url }, i) =>
      measure({
        url,
        // Each node gets its own part, so that none waits for a row of another's.
        requests: requests.filter((_, at) => at % nodes.length === i),
        connections: share,
        seconds,
      }),
    ),
  )
  const sum = (of: (one: Measured) => number) => all.reduce((total, one) => total + of(one), 0)
  return {
    perSecond: sum((one) => one.perSecond),
    p50: Math.max(...all.map((one) => one.p50)),
    p99: Math.max(...all.map((one) => one.p99)),
    failed: sum((one) => one.failed),
    processor: ((used() - before) * 1_000_000) / sum((one) => one.answers),
  }
}

/**
 * What Coffer does a second, on this machine, over HTTP, with the store on disk and an audit log.
 *
 *     npm run bench -- [--seconds N] [--large] [--profile FOLDER] [--stores] [--against URL [--token T] [--pid PID]]
 *
 * `--against` does the same work against another server that speaks the API and prints ratios; its token is
 * T or VAULT_TOKEN, and mounts named `bench` and `bench-jwt` stay there. `--large` also starts with 1,000,000
 * secrets, and has 1,000,000 people, tokens and policies. `--profile` measures nothing else and writes CPU profiles of
 * the server, a folder for each kind of request. `--stores` measures reads and writes on each store with one, two and
 * three nodes instead; it leaves out what this machine lacks.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fillSecrets, fillTokens } from './fill.ts'
import { type Measured, measure } from './load/load.ts'
import { bytesIn, memoryOf, processorTimeOf, startChild } from './process.ts'
import { benchStores } from './stores.ts'
import { milliseconds, printTable, whole } from './table.ts'
import { prepare, reads, type Server, type Work } from './work.ts'

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    large: { type: 'boolean', default: false },
    profile: { type: 'string' },
    against: { type: 'string' },
    token: { type: 'string' },
    pid: { type: 'string' },
    stores: { type: 'boolean', default: false },
  },
})
const seconds = Number(options.seconds)
const connectionCounts = [1, 32, 256]
const folder = mkdtempSync(join(tmpdir(), 'coffer-bench-'))

type Measurable = Server & { readonly pid: number }
type Row = {
  readonly name: string
  readonly connections: number
  readonly measured: Measured
  /** Seconds of the server's processor time a request. */
  readonly processorTime?: number | undefined
}

try {
  if (options.stores) await benchStores(folder, seconds)
  else if (options.profile === undefined) await bench()
  else await profileEach(options.profile)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function bench(): Promise<void> {
  console.log(`${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, ${seconds} s a row\n`)
  const ours = await startChild(folder)
  try {
    const other = options.against === undefined ? undefined : otherServer(options.against)
    const [rows = [], theirs] = await benchRequests(other === undefined ? [ours] : [ours, other])
    console.log('## Coffer\n')
    printRows(rows)
    printMemory(ours.pid)
    if (other !== undefined && theirs !== undefined) {
      console.log(`## ${other.url}\n`)
      printRows(theirs)
      printMemory(other.pid)
      printRatios(rows, theirs)
    }
  } finally {
    await ours.stop()
  }
  await benchGrowth()
}

function otherServer(url: string): Measurable {
  const { token = process.env.VAULT_TOKEN ?? '', pid } = options
  return { url, token, pid: Number(pid ?? Number.NaN) }
}

/** The same for each server, in turns: what else the machine does then slows all of them alike. */
async function benchRequests(servers: readonly Measurable[]): Promise<Row[][]> {
  const prepared: { server: Measurable; work: Work[]; rows: Row[] }[] = []
  for (const server of servers) prepared.push({ server, work: await prepare(server), rows: [] })
  for (const [i, { name }] of prepared[0]?.work.entries() ?? []) {
    for (const connections of connectionCounts) {
      for (const { server, work, rows } of prepared) {
        rows.push({ name, connections, ...(await measureOne(server, work[i], connections)) })
      }
    }
  }
  return prepared.map(({ rows }) => rows)
}

async function measureOne({ url, pid }: Measurable, work: Work | undefined, connections: number) {
  const { requests = [], beside = [] } = work ?? {}
  const before = processorTimeOf(pid)
  const [measured] = await Promise.all([
    measure({ url, requests, connections, seconds }),
    beside.length === 0 ? undefined : measure({ url, requests: beside, connections: 1, seconds }),
  ])
  const after = processorTimeOf(pid)
  // What the server did for the other connection cannot be told from the rest.
  const isKnown = before !== undefined && after !== undefined && beside.length === 0
  const used = isKnown ? (after - before) / measured.answers : undefined
  return { measured, processorTime: used }
}

/** Start time, size on disk, and reads, as the store grows. */
async function benchGrowth(): Promise<void> {
  const grown = join(folder, 'grown')
  const server = await startChild(grown)
  await prepare(server)
  await server.stop()
  const starts: string[][] = []
  let before = 0
  let bytes = 0
  for (const count of [0, 10_000, ...(options.large ? [1_000_000] : [])]) {
    // Closing the store moves everything into the one file, with nothing to add too.
    await fillSecrets(grown, count)
    const now = bytesIn(join(grown, 'data'))
    const each = count > before ? whole((now - bytes) / (count - before)) : ''
    const next = await startChild(grown)
    const memory = memoryOf(next.pid)
    await next.stop()
    starts.push([whole(count), whole(next.started), each, memory === undefined ? '' : whole(memory.resident)])
    before = count
    bytes = now
  }
  console.log('## Starting with secrets\n')
  printTable(['secrets', 'start ms', 'bytes a secret', 'resident MiB'], starts)

  const rows: Row[] = []
  for (const [count, callers] of [
    [1_000, [1_000]],
    [options.large ? 1_000_000 : 100_000, [1_000, 10_000]],
  ] as const) {
    const tokens = await fillTokens(grown, count)
    const next = await startChild(grown)
    for (const used of callers) {
      const requests = reads(tokens.filter((_, i) => i % (count / used) === 0))
      const name = `${whole(count)} people, tokens and policies, ${whole(used)} in use`
      const measured = await measure({ url: next.url, requests, connections: 32, seconds })
      rows.push({ name, connections: 32, measured })
    }
    await next.stop()
  }
  console.log('## Reads by many callers, each with a policy of its own\n')
  printRows(rows)
}

/** A server and a profile for each kind of request. */
async function profileEach(into: string): Promise<void> {
  const rows: Row[] = []
  for (const kind of ['read', 'write', 'list', 'lookup', 'login'] as const) {
    const at = join(folder, kind)
    const server = await startChild(at, { profile: join(into, kind) })
    const work = (await prepare(server)).find((one) => one.kind === kind)
    if (work === undefined) throw new Error(`there is no work for ${kind}`)
    const { name, requests } = work
    const measured = await measure({ url: server.url, requests, connections: 32, seconds: seconds * 3 })
    await server.stop()
    rows.push({ name: `${name}, profiled`, connections: 32, measured })
  }
  printRows(rows)
}

function printRows(rows: readonly Row[]): void {
  printTable(
    ['', 'connections', 'a second', 'p50 ms', 'p95 ms', 'p99 ms', 'CPU µs', 'failed'],
    rows.map(({ name, connections, measured: { perSecond, p50, p95, p99, failed }, processorTime }) => [
      name,
      String(connections),
      whole(perSecond),
      milliseconds(p50),
      milliseconds(p95),
      milliseconds(p99),
      processorTime === undefined ? '' : whole(processorTime * 1_000_000),
      String(failed),
    ]),
  )
}

function printMemory(pid: number): void {
  const memory = memoryOf(pid)
  if (memory === undefined) return
  console.log(
    `Memory afterwards: ${whole(memory.resident)} MiB resident, ${whole(memory.own)} MiB private.\n`,
  )
}

function printRatios(ours: readonly Row[], theirs: readonly Row[]): void {
  console.log('## Coffer over the other, requests a second: more is faster\n')
  const rate = (rows: readonly Row[], name: string, connections: number) =>
    rows.find((row) => row.name === name && row.connections === connections)?.measured.perSecond ?? 0
  printTable(
    ['connections', ...connectionCounts.map(String)],
    [...new Set(ours.map(({ name }) => name))].map((name) => [
      name,
      ...connectionCounts.map((count) => (rate(ours, name, count) / rate(theirs, name, count)).toFixed(2)),
    ]),
  )
}

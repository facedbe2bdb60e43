/**
 * What several workers of one server do a second, over SQLite, beside one process: how long commits and reads take
 * as workers are added. Rounds alternate, and the median counts.
 *
 *     node bench/workers.ts [--seconds N] [--rounds N] [--workers 1,2,4]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Measured, measure } from './load/load.ts'
import { startChild } from './process.ts'
import { milliseconds, printTable, whole } from './table.ts'
import { prepare, type Server } from './work.ts'

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    workers: { type: 'string', default: '1,2,4' },
  },
})
const seconds = Number(options.seconds)
const counts = options.workers.split(',').map(Number)
const kinds = ['KV v1 write', 'KV v1 read']
const connections = 32

/** Resolves when all of them serve. */
async function untilAllServe({ url, token }: Server, workers: number): Promise<void> {
  const headers = { 'X-Vault-Token': token }
  for (;;) {
    const text = await (await fetch(`${url}/v1/sys/metrics?format=prometheus`, { headers })).text()
    if ((text.match(/^process_start_time_seconds/gm) ?? []).length === workers) return
    await pause(50)
  }
}

async function round(workers: number): Promise<Map<string, Measured>> {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-bench-'))
  const server = await startChild(folder, { workers })
  try {
    await untilAllServe(server, workers)
    const found = new Map<string, Measured>()
    for (const { name, requests } of await prepare(server)) {
      if (kinds.includes(name))
        found.set(name, await measure({ url: server.url, requests, connections, seconds }))
    }
    return found
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

const found = new Map(counts.map((count): [number, Map<string, Measured>[]] => [count, []]))
for (let done = 0; done < Number(options.rounds); done++) {
  for (const [count, rounds] of found) rounds.push(await round(count))
}
const load = loadavg()[0]?.toFixed(1)
console.log(`${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, load ${load}\n`)
printTable(
  [`${connections} connections`, 'workers', 'a second', 'p50 ms', 'p99 ms', 'failed'],
  kinds.flatMap((kind) =>
    counts.map((count) => {
      const all = (found.get(count) ?? []).flatMap((one) => one.get(kind) ?? [])
      const of = (part: (one: Measured) => number) => median(all.map(part))
      return [
        kind,
        String(count),
        whole(of(({ perSecond }) => perSecond)),
        milliseconds(of(({ p50 }) => p50)),
        milliseconds(of(({ p99 }) => p99)),
        String(all.reduce((sum, { failed }) => sum + failed, 0)),
      ]
    }),
  ),
)

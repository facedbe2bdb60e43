/**
 * What the SQLite store costs by itself, in one process: reads, lists, commits.
 *
 *     node bench/storage.ts [folder]
 *
 * The store lies in a new folder below `folder`, which decides what a forced write costs.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createState } from '../src/storage/sqlite/state.ts'
import { openSqlite, type SqliteStore } from '../src/storage/sqlite/store.ts'
import type { StorageKey, Version } from '../src/storage/store.ts'
import { milliseconds, printTable, whole } from './table.ts'

const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'coffer-bench-'))
const path = join(folder, 'store')
const mount = 'ns/root/mount/0b8f6c2e-8a54-4e2f-9c1e-7d1f0e5f4a11'
const rows = 200_000
const value = Buffer.alloc(300, 7)
// In an order of their own, so that neighbours on the disk are none in the run.
const keyOf = (i: number) => `${mount}/secret/${((i * 7919) % rows).toString(36)}` as StorageKey

const store = await openSqlite({ path })
try {
  await fill(store)
  await readTable(store)
  await listTable(store)
  await commitTable(store)
} finally {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
}

async function fill({ commit, limits }: SqliteStore): Promise<void> {
  const keys = [
    ...Array.from({ length: rows }, (_, i) => keyOf(i)),
    ...Array.from({ length: 10_000 }, (_, i) => `${mount}/users/user-${i}@example.org/x` as StorageKey),
    ...Array.from({ length: 100_000 }, (_, i) => `${mount}/flat/user-${i}@example.org` as StorageKey),
    ...Array.from({ length: 200 }, (_, i) => `${mount}/few/secret-${i}` as StorageKey),
  ]
  for (let i = 0; i < keys.length; i += limits.keysPerCommit) {
    await commit({ put: keys.slice(i, i + limits.keysPerCommit).map((key) => ({ key, value })) })
  }
}

/** Microseconds of one call: the median of eleven runs, since other work only ever slows one down. */
function microseconds(calls: number, work: (i: number) => unknown): number {
  const times: number[] = []
  for (let run = 0; run < 11; run++) {
    const began = performance.now()
    for (let i = 0; i < calls; i++) work(run * calls + i)
    times.push(((performance.now() - began) * 1000) / calls)
  }
  return times.sort((a, b) => a - b)[5] ?? 0
}

/** The same for single calls, each after something that does not count. */
function microsecondsAfter(before: () => void, work: () => unknown): number {
  const times: number[] = []
  for (let run = 0; run < 301; run++) {
    before()
    const began = performance.now()
    work()
    times.push((performance.now() - began) * 1000)
  }
  return times.sort((a, b) => a - b)[150] ?? 0
}

async function readTable({ read, commit, snapshot }: SqliteStore): Promise<void> {
  const table: string[][] = []
  // Says that another process wrote, after which nothing that was known counts.
  const other = new DatabaseSync(path, { timeout: 1000 })
  other.exec('PRAGMA synchronous=OFF')
  const state = createState(other)
  const touch = () => state.write({ ...state.read(), outside: state.read().outside + 1 })
  for (const count of [1, 8]) {
    const keys = Array.from({ length: count }, (_, i) => keyOf(i * 1000))
    const found = await read(keys)
    const known = found.map((row) => (typeof row === 'object' ? row.version : undefined)) as Version[]
    const cold = (i: number) => keys.map((_, k) => keyOf(i * count + k))
    const line = (name: string, time: number) => table.push([`${name}, ${count} keys`, time.toFixed(1)])
    line(
      'versions known, nothing changed',
      microseconds(2000, () => read(keys, known)),
    )
    line(
      'versions known, another process wrote',
      microsecondsAfter(touch, () => read(keys, known)),
    )
    line(
      'values, warm',
      microseconds(2000, () => read(keys)),
    )
    line(
      'values, scattered over 200,000 rows',
      microseconds(500, (i) => read(cold(i))),
    )
    line(
      'in a snapshot of its own, versions known',
      microseconds(1000, () => {
        const instant = snapshot()
        instant.read(keys, known)
        instant.release()
      }),
    )
  }
  other.close()
  const keys = Array.from({ length: 8 }, (_, i) => keyOf(i * 1000))
  const known = (await read(keys)).map((row) => (typeof row === 'object' ? row.version : undefined))
  let writing = true
  const writers = Array.from({ length: 32 }, async (_, i) => {
    for (let n = 0; writing; n++) await commit({ put: [{ key: keyOf(9 + i + n * 32), value }] })
  })
  const times: number[] = []
  for (let run = 0; run < 200; run++) {
    await new Promise((resolve) => setImmediate(resolve))
    const began = performance.now()
    for (let i = 0; i < 50; i++) read(keys, known)
    times.push(((performance.now() - began) * 1000) / 50)
  }
  writing = false
  await Promise.all(writers)
  table.push([
    'versions known, this process writes beside, 8 keys',
    (times.sort((a, b) => a - b)[100] ?? 0).toFixed(1),
  ])
  console.log('## Reads\n')
  printTable(['', 'µs'], table)
}

async function listTable({ list }: SqliteStore): Promise<void> {
  const table: string[][] = []
  const time = async (name: string, prefix: string, limit: number) => {
    const times: number[] = []
    let names = 0
    for (let run = 0; run < 9; run++) {
      const began = performance.now()
      // A limit of its own each time, so that no earlier answer serves.
      names = (await list(prefix, { limit: limit + run })).names.length
      times.push(performance.now() - began)
    }
    table.push([name, whole(names), (times.sort((a, b) => a - b)[4] ?? 0).toFixed(2)])
  }
  await time('folder of 200 rows', `${mount}/few/`, 500)
  await time('first page of 100,000 rows', `${mount}/flat/`, 900)
  await time('100,000 rows', `${mount}/flat/`, 200_000)
  await time('10,000 folders', `${mount}/users/`, 20_000)
  const began = performance.now()
  for (let i = 0; i < 1000; i++) await list(`${mount}/few/`)
  table.push([
    'folder of 200 rows again, nothing changed',
    '200',
    ((performance.now() - began) / 1000).toFixed(4),
  ])
  console.log('## Lists\n')
  printTable(['', 'names', 'ms'], table)
}

async function commitTable({ commit }: SqliteStore): Promise<void> {
  const table: string[][] = []
  for (const size of [1, 16]) {
    for (const inFlight of [1, 32, 256]) {
      const spans: number[] = []
      const seconds = 2
      const end = performance.now() + seconds * 1000
      const cpu = process.cpuUsage()
      await Promise.all(
        Array.from({ length: inFlight }, async (_, lane) => {
          for (let n = 0; performance.now() < end; n++) {
            const began = performance.now()
            const put = Array.from({ length: size }, (__, i) => ({
              key: keyOf((lane * 1009 + n) * size + i),
              value,
            }))
            await commit({ put })
            spans.push(performance.now() - began)
          }
        }),
      )
      const { user, system } = process.cpuUsage(cpu)
      spans.sort((a, b) => a - b)
      const at = (share: number) => milliseconds(spans[Math.floor(spans.length * share)] ?? 0)
      table.push([
        `${size} rows`,
        `${inFlight}`,
        whole(spans.length / seconds),
        at(0.5),
        at(0.99),
        ((user + system) / spans.length).toFixed(0),
      ])
    }
  }
  console.log('## Commits\n')
  printTable(['', 'in flight', 'a second', 'p50 ms', 'p99 ms', 'CPU µs'], table)
}

import assert from 'node:assert/strict'
import { type ChildProcess, type ForkOptions, fork } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { CofferError } from '../../src/base/errors.ts'
import type { SqliteOptions } from '../../src/storage/sqlite/store.ts'
import type {
  Commit,
  CommitResult,
  Listing,
  ListOptions,
  ReadResult,
  Scanning,
  StorageKey,
  Version,
} from '../../src/storage/store.ts'
import { signalChild } from '../support/signals.ts'
import type { Operation } from './history/history.ts'
import type { Acknowledged, Reply, Request } from './messages.ts'

/** A real process with a store open; the calls are those of the store, over the process's channel. */
export type StoreProcess = {
  readonly child: ChildProcess
  /** What its own work was told, in order; see `writing.ts`. */
  readonly acknowledged: readonly Acknowledged[]
  become(user: number): Promise<void>
  open(options: Omit<SqliteOptions, 'clock'>): Promise<void>
  writeOn(name: string, workers: number): Promise<void>
  writeNoMore(): Promise<void>
  /** What its work was told, in the order in which it ended; see `history/work.ts`. */
  readonly recorded: readonly Operation[]
  work(name: string, workers: number, seed: number): Promise<void>
  workNoMore(): Promise<void>
  /** Resolves once so many more operations of its work were recorded. */
  records(more: number): Promise<void>
  commit(commit: Commit): Promise<CommitResult>
  read(keys: readonly StorageKey[], known?: readonly (Version | undefined)[]): Promise<readonly ReadResult[]>
  list(prefix: string, options?: ListOptions): Promise<Listing>
  scan(prefix: string, options?: ListOptions): Promise<Scanning>
  check(): Promise<readonly string[]>
  close(): Promise<void>
  /** Resolves once so many more commits of its own work were acknowledged. */
  acknowledges(more: number): Promise<void>
  kill(signal?: NodeJS.Signals): Promise<void>
}

const program = fileURLToPath(new URL('process.ts', import.meta.url))

/** Starts a process without a store; it ends with the test file at the latest. */
export function startProcess(options: ForkOptions & { program?: string } = {}): StoreProcess {
  const child = fork(options.program ?? program, { serialization: 'advanced', ...options })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const acknowledged: Acknowledged[] = []
  const recorded: Operation[] = []
  const told = new Set<() => void>()
  let count = 0
  let gone = false
  const exited = once(child, 'exit')
  const end = () => {
    gone = true
    for (const { reject } of waiting.values()) reject(new Error('the process has ended'))
    waiting.clear()
  }
  child.on('exit', end)
  child.on('error', end)
  after(async () => {
    child.kill('SIGKILL')
    await exited
  })
  child.on('message', (reply: Reply) => {
    if (!('id' in reply)) {
      if ('acknowledged' in reply) acknowledged.push(reply.acknowledged)
      else recorded.push(reply.recorded)
      for (const look of told) look()
      return
    }
    const call = waiting.get(reply.id)
    waiting.delete(reply.id)
    if ('failed' in reply) call?.reject(new CofferError(reply.failed.code, reply.failed.text))
    else call?.resolve(reply.result)
  })

  function grows(list: readonly unknown[], more: number): Promise<void> {
    const wanted = list.length + more
    return new Promise((resolve, reject) => {
      const look = () => {
        if (list.length < wanted && !gone) return
        told.delete(look)
        if (gone) reject(new Error('the process has ended'))
        else resolve()
      }
      told.add(look)
      child.once('exit', look)
    })
  }

  // Each call resolves with what the store's method of that name answers.
  function ask<T>(request: Request): Promise<T> {
    const call = Promise.withResolvers<unknown>()
    if (gone) call.reject(new Error('the process has ended'))
    else {
      waiting.set(++count, call)
      child.send({ id: count, request })
    }
    return call.promise as Promise<T>
  }

  return {
    child,
    acknowledged,
    become: (user) => ask({ call: 'become', user }),
    open: (opening) => ask({ call: 'open', options: opening }),
    writeOn: (name, workers) => ask({ call: 'writeOn', name, workers }),
    writeNoMore: () => ask({ call: 'writeNoMore' }),
    recorded,
    work: (name, workers, seed) => ask({ call: 'work', name, workers, seed }),
    workNoMore: () => ask({ call: 'workNoMore' }),
    records: (more) => grows(recorded, more),
    commit: (commit) => ask({ call: 'commit', commit }),
    read: (keys, known = []) => ask({ call: 'read', keys, known }),
    list: (prefix, listing) => ask({ call: 'list', prefix, options: listing }),
    scan: (prefix, scanning) => ask({ call: 'scan', prefix, options: scanning }),
    check: () => ask({ call: 'check' }),
    close: () => ask({ call: 'close' }),
    acknowledges: (more) => grows(acknowledged, more),
    async kill(signal = 'SIGKILL') {
      assert.ok(signalChild(child, signal))
      if (signal === 'SIGKILL' || signal === 'SIGTERM') await exited
    },
  }
}

/** Starts a process and opens a store in it. */
export async function openProcess(options: Omit<SqliteOptions, 'clock'>): Promise<StoreProcess> {
  const started = startProcess()
  await started.open(options)
  return started
}

/** A folder that goes with the test file, and is open to nobody else. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'coffer-storage-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The program of {@link startProcess} in a place where every user of the machine may read it. */
export function programForAll(): string {
  const folder = temporaryFolder()
  const root = fileURLToPath(new URL('../..', import.meta.url))
  for (const part of ['package.json', 'src/base', 'src/storage', 'test/storage']) {
    cpSync(join(root, part), join(folder, part), { recursive: true })
  }
  return join(folder, 'test/storage/process.ts')
}

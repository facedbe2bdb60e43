import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import type { Clock } from '../../base/clock.ts'
import { fail } from '../../base/errors.ts'
import { defaultLimit } from '../store.ts'
import { backupFile } from './backup.ts'
import { explain, explained } from './explain.ts'
import { logPath, prepareFiles } from './files.ts'
import type { SqliteStore } from './handle.ts'
import { createJobs } from './jobs/jobs.ts'
import { answerRead } from './reading/answer.ts'
import { createFresh } from './reading/fresh.ts'
import { createConnection } from './reading/reader.ts'
import { createSnapshots } from './reading/snapshots.ts'
import { connectReader } from './schema.ts'
import { limits } from './writer/limits.ts'
import { startQueue } from './writer/queue.ts'

/** What is scanned on the main thread, since it takes no longer than asking another: rows, and bytes of their values. */
const shortScan = { rows: 100, bytes: 256 * 1024 }

type Settings = {
  readonly clock: Clock
  readonly logLimit: number
  readonly patience: number
  readonly maxPages: number | undefined
}

/** Opens a store on a file, beside any other processes that have it open. */
export async function openFile(
  givenPath: string,
  { clock, logLimit, patience, maxPages }: Settings,
): Promise<SqliteStore> {
  const path = explained(() => prepareFiles(givenPath))
  const fresh = createFresh()
  const queue = await startQueue({ path, process: randomUUID(), maxPages, patience }, fresh)
  try {
    return createStore(path, { fresh, queue, clock, logLimit })
  } catch (error) {
    await queue.close()
    throw explain(error)
  }
}

type Parts = {
  readonly fresh: ReturnType<typeof createFresh>
  readonly queue: Awaited<ReturnType<typeof startQueue>>
  readonly clock: Clock
  readonly logLimit: number
}

function createStore(path: string, { fresh, queue, clock, logLimit }: Parts): SqliteStore {
  const open = () => createConnection(connectReader(path), queue.versions)
  const main = open()
  const data = { path, lineage: queue.versions.lineage }
  const jobs = createJobs(data)
  const snapshots = createSnapshots({
    open,
    fresh,
    clock,
    logLimit,
    logSize: () => statSync(logPath(path), { throwIfNoEntry: false })?.size ?? 0,
  })
  const checking = new Set<ReturnType<typeof createJobs>>()
  let closing: Promise<void> | undefined

  const use = (): void => {
    if (closing !== undefined) fail('storage_failed', 'the store is closed')
    if (queue.unusable !== undefined) throw queue.unusable
  }

  /** Runs `work` on the main connection, at one instant, with what is known to be right at it. */
  function atOnce<T>(work: () => T): T {
    use()
    return explained(() => {
      main.begin()
      try {
        fresh.at(main.state())
        return work()
      } finally {
        main.end()
      }
    })
  }

  return {
    limits,
    read: (keys, known = []) => atOnce(() => answerRead(main, keys, known, fresh)),
    async list(prefix, options = {}) {
      if ((options.limit ?? defaultLimit) > defaultLimit) {
        use()
        const { names, more } = await jobs.run({ kind: 'list', prefix, options })
        return { names: names === '' ? [] : names.split('\0'), more }
      }
      return atOnce(() => {
        const remembered = fresh.names(prefix, options)
        if (remembered !== undefined) return remembered
        const listing = main.names(prefix, options)
        fresh.learnNames(prefix, options, listing)
        return listing
      })
    },
    async scan(prefix, options = {}) {
      if ((options.limit ?? defaultLimit) <= shortScan.rows) {
        return atOnce(() => main.rows(prefix, options, shortScan.bytes))
      }
      use()
      return jobs.run({ kind: 'scan', prefix, options })
    },
    snapshot() {
      use()
      return snapshots.take()
    },
    async commit(commit) {
      use()
      return queue.commit(commit)
    },
    async check() {
      use()
      // A thread of its own: it takes long, and scans must not wait for it.
      const alone = createJobs(data)
      checking.add(alone)
      try {
        return await alone.run({ kind: 'check' })
      } finally {
        checking.delete(alone)
        await alone.close()
      }
    },
    async backup(destination, progress) {
      use()
      await backupFile(path, destination, progress)
    },
    close() {
      closing ??= (async () => {
        await queue.drain()
        // Readers go first: the last connection to close folds the log into the file, and must be able to.
        await Promise.all([jobs, ...checking].map((thread) => thread.close()))
        snapshots.close()
        main.db.close()
        await queue.close()
      })()
      return closing
    },
  }
}

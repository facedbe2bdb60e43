import { fail } from '../../base/errors.ts'
import type { Measure } from '../measure.ts'
import type { Store } from '../store.ts'
import { createCalls } from './connection/calls.ts'
import { createEndpoint, type TlsSettings } from './connection/endpoints.ts'
import { withAddresses } from './connection/explain.ts'
import { createGuard } from './connection/guard.ts'
import { identify } from './connection/identity.ts'
import { readSeen, seenFile, writeSeen } from './connection/seen.ts'
import { createLayout } from './layout.ts'
import { createReading } from './reading/reader.ts'
import { check } from './upkeep/check.ts'
import { createCompaction } from './upkeep/compaction.ts'
import { createMeasure } from './upkeep/measure.ts'
import { createVersions } from './versions.ts'
import { limits } from './writer/limits.ts'
import { createQueue } from './writer/queue.ts'
import { claimSlots } from './writer/slots.ts'

export type EtcdOptions = {
  /** Addresses of the members, `http://…` or `https://…`; the first that answers is used. */
  readonly endpoints: readonly string[]
  readonly tls?: TlsSettings
  /** A user of etcd's own authentication; the password is asked for at each login. */
  readonly login?: { readonly username: string; readonly password: () => string } | undefined
  /** What all keys begin with; ends in `/`. */
  readonly prefix?: string
  /** Names this process: no other one that is open may have the name. */
  readonly node: string
  /** Where what was seen last of etcd is kept; absent for a store that another start knows nothing of. */
  readonly stateFolder?: string | undefined
  /** Milliseconds after which one try has failed. */
  readonly attempt?: number
  /** Milliseconds after which a call, with all its tries, has failed. */
  readonly deadline?: number
  /** Milliseconds that old revisions stay readable; 0 leaves the compaction to etcd. */
  readonly history?: number
  /** Milliseconds between two looks at what is to be written down or compacted. */
  readonly upkeepInterval?: number
  /** Bytes; a member's file that is no larger is not worth defragmenting. */
  readonly smallFile?: number
}

export type EtcdStore = Store & {
  /** Looks at etcd's alarms and at the whole store. @returns what is wrong, in words */
  check(): Promise<readonly string[]>
  readonly measure: Measure
}

const defaultAttempt = 1500
const defaultDeadline = 10_000
const defaultHistory = 10 * 60_000
const defaultUpkeepInterval = 5000
const defaultSmallFile = 256 * 1024 * 1024

/**
 * Opens the store of a cluster of etcd.
 *
 * @throws storage_format when the data is of a newer format or another program's; storage_locked when another process
 * has the same name; storage_failed when etcd does not answer, refuses the login, is not trusted, is another cluster
 * than before or lost data
 */
export async function openEtcd(options: EtcdOptions): Promise<EtcdStore> {
  const { endpoints, tls = {}, login, prefix = 'coffer/', node, stateFolder } = options
  const { attempt = defaultAttempt, deadline = defaultDeadline } = options
  const guard = createGuard(stateFolder === undefined ? undefined : seenFile(stateFolder))
  const calls = createCalls({
    endpoints: endpoints.map((url) => createEndpoint(url, tls)),
    guard,
    attempt,
    deadline,
    login,
  })
  try {
    const { history = defaultHistory, upkeepInterval = defaultUpkeepInterval } = options
    const { smallFile = defaultSmallFile } = options
    const opening = { calls, guard, node, stateFolder, deadline, history, upkeepInterval, smallFile }
    return await openOn(createLayout(prefix), opening)
  } catch (error) {
    calls.close()
    throw withAddresses(error, endpoints)
  }
}

type Opening = {
  readonly calls: ReturnType<typeof createCalls>
  readonly guard: ReturnType<typeof createGuard>
  readonly node: string
  readonly stateFolder: string | undefined
  readonly deadline: number
  readonly history: number
  readonly upkeepInterval: number
  readonly smallFile: number
}

async function openOn(
  layout: ReturnType<typeof createLayout>,
  { calls, guard, node, stateFolder, deadline, history, upkeepInterval, smallFile }: Opening,
): Promise<EtcdStore> {
  const seen = stateFolder === undefined ? undefined : readSeen(stateFolder)
  if (seen !== undefined) guard.expect(seen)
  const { lineage, revision: storeRevision } = await identify(calls, layout)
  if (seen !== undefined && seen.lineage !== lineage) {
    fail(
      'storage_failed',
      `etcd holds another store than before; if that is meant, remove ${seenFile(stateFolder ?? '')}`,
    )
  }
  const versions = createVersions(lineage, guard.cluster ?? 0n)
  const slots = await claimSlots({ calls, guard, layout, node })
  const queue = createQueue({ calls, guard, layout, versions, slots, storeRevision, deadline })
  let closing: Promise<void> | undefined
  const use = (): void => {
    if (closing !== undefined) fail('storage_failed', 'the store is closed')
    if (guard.broken !== undefined) throw guard.broken
  }
  const reading = createReading({ calls, layout, versions, deadline, use })

  let noted = 0n
  /** @throws storage_failed when it cannot be written */
  function note(): void {
    if (stateFolder === undefined || guard.revision === noted || guard.broken !== undefined) return
    const { revision } = guard
    writeSeen(stateFolder, { cluster: guard.cluster ?? 0n, lineage, revision })
    noted = revision
  }
  note()
  function tryToNote(): void {
    try {
      note()
    } catch {
      // A disk that is full for a while: the next look tries again, and an older note is right as well.
    }
  }
  const compaction = createCompaction(calls, guard, history)
  const upkeep = setInterval(() => {
    compaction.look(performance.now())
    tryToNote()
  }, upkeepInterval).unref()

  return {
    limits,
    ...reading.now,
    snapshot() {
      use()
      return reading.snapshot()
    },
    async commit(commit) {
      use()
      return queue.commit(commit)
    },
    async check() {
      use()
      return check({ calls, layout, smallFile })
    },
    measure: createMeasure(calls, queue.doubts),
    close() {
      closing ??= (async () => {
        await queue.drain()
        clearInterval(upkeep)
        calls.close()
        tryToNote()
      })()
      return closing
    },
  }
}

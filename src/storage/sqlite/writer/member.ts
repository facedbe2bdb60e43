import type { DatabaseSync } from 'node:sqlite'
import { type CofferError, fail, isFailure } from '../../../base/errors.ts'
import { explain } from '../explain.ts'
import { lockPath, logPath } from '../files.ts'
import { connectReader, connectWriter, newLineage } from '../schema.ts'
import { createState } from '../state.ts'
import { type Contact, connectGuest, type Link } from './guest.ts'
import { type Lock, tryLock } from './lock.ts'
import { createOwner, type Owner } from './owner.ts'
import { type Encoded, split } from './protocol/codec.ts'
import type { Answers, FromThread, ThreadData } from './protocol/messages.ts'
import { type CommitServer, forgetAddress, startCommitServer } from './server.ts'
import { createUnanswered } from './unanswered.ts'
import { checkLog } from './wal/log.ts'

/**
 * The part of one process in writing to the store. It owns the writer, or it is a guest of the process that
 * does, and when that one goes it takes over or finds the next. Commits without an answer go to whoever
 * writes then; none is applied twice (see `settled.ts`).
 */
export type Member = {
  send(batch: Uint8Array, oldest: number): void
  close(): void
}

type Role =
  | { readonly kind: 'seeking' }
  | {
      readonly kind: 'owner'
      readonly lock: Lock
      readonly db: DatabaseSync
      readonly owner: Owner
      readonly server: CommitServer
    }
  | { readonly kind: 'guest'; readonly link: Link }
  | { readonly kind: 'closed' }

/** Milliseconds between tries to find or become the owner: the first, and the longest. */
const firstPause = 2
const longestPause = 100
/** Milliseconds after which a start gives up. */
const startTime = 10_000
/** Milliseconds between looks for commits that have waited too long. */
const watchTime = 1000

const silent = 'another process holds the store and does not answer; stop it'
const unanswered = 'the process that writes to the store does not answer'
const replaced = 'the file of the store was replaced while it was in use; start again'

/**
 * Resolves when the role is found. Messages about it and answers go to `post`.
 *
 * @throws storage_format, storage_locked, storage_failed or corrupt when the store cannot be used
 */
export async function createMember(
  { path, process, maxPages, patience }: ThreadData,
  post: (message: FromThread) => void,
): Promise<Member> {
  const waiting = createUnanswered()
  let role: Role = { kind: 'seeking' }
  // TypeScript takes what it saw assigned for what is there after an await.
  const present = (): Role => role
  let lineage: string | undefined
  /** Why the search for an owner goes on. */
  let trouble: CofferError | undefined
  const watch = setInterval(giveUpLate, Math.min(watchTime, patience / 4))
  watch.unref()

  /** Becomes the owner if there is none. */
  async function tryToOwn(): Promise<boolean> {
    const lock = tryLock(lockPath(path))
    if (lock === undefined) return false
    let db: DatabaseSync | undefined
    let server: CommitServer | undefined
    try {
      checkLog(logPath(path))
      db = connectWriter(path, maxPages)
      takeOver(db)
      const owner = createOwner(db, process, stepDown)
      forgetAddress(path, contactOf(db).address)
      server = await startCommitServer(path, owner)
      announce(db, server)
      become({ kind: 'owner', lock, db, owner, server })
      return true
    } catch (error) {
      server?.stop()
      server?.release()
      db?.close()
      lock.release()
      throw error
    }
  }

  async function tryToBeGuest(): Promise<boolean> {
    const contact = readContact(path)
    if (contact === undefined) return false
    const link = await connectGuest(contact, process, patience, { answers: settle, lost })
    if (link === undefined || !link.isOpen()) return false
    become({ kind: 'guest', link })
    return true
  }

  function become(next: Role & { kind: 'owner' | 'guest' }): void {
    if (present().kind === 'closed') {
      leave(next)
      return
    }
    const found = next.kind === 'owner' ? next.owner.lineage : next.link.lineage
    lineage ??= found
    if (found !== lineage) {
      // Another store, whose versions are none of those that this process holds.
      role = { kind: 'closed' }
      leave(next)
      post({ unusable: { code: 'storage_failed', text: replaced } })
      return
    }
    role = next
    trouble = undefined
    post({ reign: next.kind === 'owner' ? next.owner.reign : undefined, lineage })
    hand(waiting.all(), waiting.oldest())
  }

  function lost(): void {
    if (present().kind === 'guest') void seekAgain()
  }

  /** Another process writes, though this one holds what it knows as the lock. */
  function stepDown(): void {
    const last = present()
    if (last.kind !== 'owner') return
    role = { kind: 'seeking' }
    leave(last)
    void seekAgain()
  }

  async function seek(giveUp: boolean): Promise<void> {
    const end = performance.now() + Math.min(startTime, patience)
    for (let pause = firstPause; present().kind === 'seeking'; pause = Math.min(pause * 2, longestPause)) {
      try {
        if ((await tryToOwn()) || (await tryToBeGuest())) return
      } catch (error) {
        if (giveUp) throw error
        trouble = explain(error)
      }
      if (giveUp && performance.now() > end) fail('storage_locked', silent)
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }

  /** A store that was in use comes back when its disk does, so nothing ends the search but closing. */
  async function seekAgain(): Promise<void> {
    role = { kind: 'seeking' }
    await seek(false)
  }

  function hand(commits: readonly Encoded[], oldest: number): void {
    if (commits.length === 0) return
    const now = present()
    if (now.kind === 'owner') now.owner.submit({ process, answer: settle }, commits, oldest)
    if (now.kind === 'guest') {
      now.link.send(
        commits.map(({ bytes }) => bytes),
        oldest,
      )
    }
  }

  function settle(answers: Answers): void {
    if (waiting.size > 0) {
      for (let i = 0; i < answers.landed.length; i += 2) waiting.remove(answers.landed[i] as number)
      for (const [number] of [...answers.conflicts, ...answers.failed]) waiting.remove(number)
    }
    post({ answers })
  }

  function giveUpLate(): void {
    const last = present()
    // An owner answers all that it was handed, at once: to give that up would hide what it writes.
    if (last.kind === 'owner') return
    const late = waiting.takeOlder(performance.now() - patience)
    if (late.length === 0) return
    const { code, message } = trouble ?? { code: 'storage_failed' as const, message: unanswered }
    const text = `${message}; whether this was written is not known`
    post({ answers: { landed: [], conflicts: [], failed: late.map((number) => [number, code, text]) } })
    if (last.kind !== 'guest') return
    // What was sent waits in memory for as long as the connection is open.
    last.link.end()
    void seekAgain()
  }

  await seek(true)
  return {
    send(batch, oldest) {
      const commits = split(batch)
      // What the owner itself commits is answered by this thread, or ends with it.
      if (present().kind !== 'owner') waiting.add(commits, performance.now())
      hand(commits, oldest)
    },
    close() {
      clearInterval(watch)
      const last = present()
      role = { kind: 'closed' }
      if (last.kind === 'owner' || last.kind === 'guest') leave(last)
    },
  }
}

function leave(role: Role & { kind: 'owner' | 'guest' }): void {
  if (role.kind === 'guest') {
    role.link.end()
    return
  }
  role.owner.close()
  role.server.stop()
  role.db.close()
  role.lock.release()
  // Only now: guests look for the next owner as soon as they are cut off.
  role.server.release()
}

/**
 * Begins a reign: tells the other processes where to send commits, and a process that still takes itself for
 * the owner that it is not. A copy made by a backup gets its own lineage here.
 */
function takeOver(db: DatabaseSync): void {
  const stored = createState(db)
  db.exec('BEGIN IMMEDIATE')
  try {
    const state = stored.read()
    stored.write({ ...state, reign: state.reign + 1, lineage: state.lineage || newLineage() })
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function announce(db: DatabaseSync, { address, token }: CommitServer): void {
  db.prepare('UPDATE contact SET address = ?, token = ?').run(address, token)
}

function contactOf(db: DatabaseSync): Contact {
  const row = db.prepare('SELECT address, token FROM contact').get()
  return { address: String(row?.address ?? ''), token: String(row?.token ?? '') }
}

/** @returns undefined while there is none */
function readContact(path: string): Contact | undefined {
  let db: DatabaseSync | undefined
  try {
    db = connectReader(path)
    const contact = contactOf(db)
    return contact.address === '' ? undefined : contact
  } catch (error) {
    if (isFailure(error, 'storage_format')) throw error
    // The owner is about to make the tables.
    return undefined
  } finally {
    db?.close()
  }
}

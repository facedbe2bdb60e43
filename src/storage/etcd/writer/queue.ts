import { setTimeout as wait } from 'node:timers/promises'
import { CofferError, fail } from '../../../base/errors.ts'
import { createKnown } from '../../known.ts'
import { checkCommit, sizeOf } from '../../limits.ts'
import { type Doubts, noDoubts } from '../../measure.ts'
import type { Commit, CommitResult } from '../../store.ts'
import type { Calls } from '../connection/calls.ts'
import { judge } from '../connection/explain.ts'
import type { Guard } from '../connection/guard.ts'
import type { Layout } from '../layout.ts'
import type { TxnResponse } from '../messages/etcd_pb.js'
import { nested, nestedOf, put, type Txn } from '../messages/ops.ts'
import type { Versions } from '../versions.ts'
import { forget, learn, type Upkeep, upkeepOf } from './folders.ts'
import { createGroup } from './group.ts'
import { limits } from './limits.ts'
import { type Attempt, newNonce, type Slot, type Slots } from './slots.ts'
import { standingOf } from './standing/standing.ts'
import { createTurns } from './standing/turns.ts'
import { type Request, requestOf, roomFor, type Unit, unitOf } from './unit.ts'

export type CommitQueue = {
  commit(commit: Commit): Promise<CommitResult>
  /** Waits for what was accepted. */
  drain(): Promise<void>
  readonly doubts: Readonly<Doubts>
}

export type QueueParts = {
  readonly calls: Calls
  readonly guard: Guard
  readonly layout: Layout
  readonly versions: Versions
  readonly slots: Slots
  /** The revision of the row that says whose store this is; see unit.ts. */
  readonly storeRevision: bigint
  /** Milliseconds after which a commit that did not land is given up. */
  readonly deadline: number
}

type Waiting = {
  readonly request: Request
  readonly size: number
  /** When it is given up, on the monotonic clock. */
  readonly until: number
  /** How often its plan failed, or was settled as not landed. */
  tries: number
  resolve(result: CommitResult): void
  reject(error: unknown): void
}
/** One that is ready to be sent. */
type Planned = { readonly waiting: Waiting; readonly upkeep: Upkeep; readonly unit: Unit }
type Sent = Planned & Attempt
type Sending = { readonly group: readonly Sent[]; readonly removed: ReadonlySet<string> }

/** Commits, and bytes of them, that may wait; more are refused. */
const maxWaiting = 4096
const maxWaitingBytes = 64 * 1024 * 1024
const maxGroups = 4
/** Rows that a commit expects and writes, or puts alone, while markers of folders are compared as well. */
const maxRows = 100
const fewPuts = 20
/** Waiting commits that are looked at for one group. */
const maxCandidates = 256
/** Milliseconds between two looks at what waits. */
const expiryInterval = 250
const maxTries = 50
/** Commits that look at whole folders, and are sent, at a time: one that waited long would rest on an old look. */
const maxTurns = 4
const pause = 50
const nothing = new Uint8Array(0)

export function createQueue(parts: QueueParts): CommitQueue {
  const { calls, guard, layout, versions, slots, deadline } = parts
  const beliefs = { marked: createKnown<true>(), witness: createKnown<string>() }
  const planning = { calls, layout, beliefs }
  let ready: Planned[] = []
  const turns = createTurns<Waiting>(maxTurns, (waiting) => void plan(waiting))
  let count = 0
  let bytes = 0
  let groups = 0
  let scheduled = false
  let expiry: NodeJS.Timeout | undefined
  const idle: (() => void)[] = []
  const doubts = noDoubts()

  function finish(waiting: Waiting, end: () => void): void {
    count--
    bytes -= waiting.size
    end()
    turns.end(waiting)
    if (count === 0) for (const wake of idle.splice(0)) wake()
  }
  const refuse = (waiting: Waiting, error: unknown) => finish(waiting, () => waiting.reject(error))

  async function plan(waiting: Waiting): Promise<void> {
    const { request } = waiting
    try {
      // Markers that are put and not compared leave the comparisons to what the caller expects.
      const isCrowded = rowsOf(request) > maxRows && request.put.size > fewPuts
      const believed = isCrowded ? { ...beliefs, marked: createKnown<true>() } : beliefs
      const upkeep = await upkeepOf({ ...planning, beliefs: believed }, request.put.keys(), request.delete)
      const room = roomFor(request, upkeep, layout)
      const isWide = request.expect.length > room
      if (isWide && !turns.take(waiting)) {
        awaitExpiry()
        return
      }
      const standing = isWide ? await standingOf(planning, request, room) : undefined
      if (standing !== undefined && 'conflicts' in standing) {
        finish(waiting, () => waiting.resolve({ ok: false, ...standing }))
        return
      }
      const unit = unitOf(request, upkeep, { layout, storeRevision: parts.storeRevision }, standing)
      ready.push({ waiting, upkeep, unit })
      schedule()
    } catch (error) {
      refuse(waiting, error)
    }
  }

  /** Once more, unless it has had its time. */
  function again(waiting: Waiting): void {
    if (guard.broken !== undefined) refuse(waiting, guard.broken)
    else if (++waiting.tries > maxTries || performance.now() > waiting.until) {
      refuse(waiting, notInTime())
    } else void plan(waiting)
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    // Behind the other requests of this turn, whose commits go along.
    setImmediate(flush)
  }

  function flush(): void {
    scheduled = false
    while (ready.length > 0 && groups < maxGroups) {
      const sending = takeGroup()
      const { group } = sending
      if (group.length === 0) break
      groups++
      send(sending).finally(() => {
        slots.giveBack(group.map(({ slot }) => slot).filter((slot) => !doubtful.has(slot)))
        groups--
        flush()
      })
    }
    awaitExpiry()
  }

  function awaitExpiry(): void {
    if (expiry === undefined && ready.length + turns.waiting > 0) expiry = setTimeout(expire, expiryInterval)
  }

  /** The first that waits, with some of those behind it. */
  function takeGroup(): Sending {
    const group = createGroup()
    const taken: Sent[] = []
    const left: Planned[] = []
    const candidates = ready.splice(0, maxCandidates)
    for (const planned of candidates) {
      const slot = group.fits(planned.unit) ? slots.take() : undefined
      if (slot === undefined) {
        left.push(planned)
        continue
      }
      group.add(planned.unit)
      taken.push({ ...planned, slot, nonce: newNonce() })
    }
    ready = [...left, ...ready]
    return { group: taken, removed: group.removed }
  }

  /** What waits too long to be sent is refused; nothing of it was written. */
  function expire(): void {
    expiry = undefined
    const now = performance.now()
    const isLate = ({ until }: Waiting) => now > until
    const late = ready.filter(({ waiting }) => isLate(waiting))
    ready = ready.filter(({ waiting }) => !isLate(waiting))
    for (const { waiting } of late) {
      refuse(waiting, guard.broken ?? (waiting.tries > 0 ? notInTime() : unanswered()))
    }
    for (const waiting of turns.expire(isLate)) refuse(waiting, guard.broken ?? notInTime())
    flush()
  }

  async function send({ group, removed }: Sending): Promise<void> {
    const txn: Txn = {
      success: [
        ...group.map(({ unit, slot, nonce }) => nested(unit.build(slot, nonce))),
        ...(removed.size === 0 ? [] : [nested({ success: Array.from(removed, (key) => put(key, nothing)) })]),
      ],
      // Never carried out, since nothing is compared: etcd counts no nested puts when it looks whether a request may
      // be refused for want of space.
      failure: [put(layout.store, nothing)],
    }
    const tries = 1 + Math.max(...group.map(({ waiting }) => waiting.tries))
    let answer: TxnResponse
    try {
      answer = await calls.once(({ kv }, options) => kv.txn(txn, options), tries)
    } catch (error) {
      const verdict = judge(error)
      if (verdict.kind === 'unanswered') await settle(group)
      else if (verdict.kind === 'refused' && verdict.maybeDone === true) await look(group, verdict.error)
      else for (const { waiting } of group) refuse(waiting, verdict.error)
      return
    }
    const revision = answer.header?.revision ?? 0n
    for (const [i, sent] of group.entries()) {
      const own = nestedOf(answer.responses[i])
      if (own.succeeded) landed(sent, revision)
      else refused(sent, own)
    }
  }

  function landed({ waiting, upkeep, slot }: Sent, revision: bigint): void {
    slot.revision = revision
    learn(planning, upkeep, waiting.request.put.keys())
    turns.landed(waiting)
    finish(waiting, () => waiting.resolve({ ok: true, version: versions.of(revision) }))
  }

  function refused({ waiting, unit, slot }: Sent, answer: TxnResponse): void {
    try {
      if (unit.replaced(answer)) {
        guard.break(
          new CofferError(
            'storage_failed',
            'the data in etcd was removed or replaced; restart once it is right',
          ),
        )
      }
      slots.check(slot, answer)
    } catch (error) {
      refuse(waiting, error)
      return
    }
    turns.refused(waiting)
    const conflicts = unit.conflicts(answer)
    if (conflicts.length > 0) {
      finish(waiting, () => waiting.resolve({ ok: false, conflicts }))
      return
    }
    const { put, delete: gone } = waiting.request
    forget(beliefs, [...put.keys(), ...gone])
    again(waiting)
  }

  /** All were refused, but some may have landed. */
  async function look(group: readonly Sent[], error: CofferError): Promise<void> {
    try {
      const outcomes = await slots.look(group)
      for (const [i, sent] of group.entries()) {
        const revision = outcomes[i]
        if (revision !== undefined) landed(sent, revision)
        else refuse(sent.waiting, error)
      }
    } catch {
      await settle(group)
    }
  }

  /** Slots of commits of which nothing is known. */
  const doubtful = new Set<Slot>()

  /** The answer was lost: finds out what landed, and sends the rest again, which cannot land any more. */
  async function settle(group: readonly Sent[]): Promise<void> {
    const until = Math.max(...group.map(({ waiting }) => waiting.until))
    try {
      const outcomes = await slots.settle(group, Math.max(until - performance.now(), deadline / 2))
      await wait(pause)
      for (const [i, sent] of group.entries()) {
        const revision = outcomes[i]
        doubts[revision === undefined ? 'not_landed' : 'landed']++
        if (revision !== undefined) landed(sent, revision)
        else again(sent.waiting)
      }
    } catch (error) {
      doubts.unknown += group.length
      for (const { waiting, slot, nonce } of group) {
        doubtful.add(slot)
        void settleLater({ slot, nonce })
        refuse(
          waiting,
          guard.broken ??
            new CofferError(
              'storage_failed',
              'etcd does not answer; it is not known whether the write landed',
              { cause: error },
            ),
        )
      }
    }
  }

  /** Nobody waits any more, but the slot is needed. */
  async function settleLater(attempt: Attempt): Promise<void> {
    while (guard.broken === undefined && !calls.closed) {
      try {
        await wait(1000, undefined, { ref: false })
        await slots.settle([attempt], deadline)
        doubtful.delete(attempt.slot)
        slots.giveBack([attempt.slot])
        schedule()
        return
      } catch {
        // Until the store is closed.
      }
    }
  }

  return {
    doubts,
    async commit(commit) {
      checkCommit(commit, limits)
      const size = sizeOf(commit)
      if (count >= maxWaiting || (count > 0 && bytes + size > maxWaitingBytes)) {
        fail('overloaded', 'too many writes are waiting; try again')
      }
      const request = requestOf(commit, versions, layout)
      count++
      bytes += size
      return new Promise((resolve, reject) => {
        void plan({ request, size, until: performance.now() + deadline, tries: 0, resolve, reject })
      })
    },
    async drain() {
      if (count > 0) await new Promise<void>((resolve) => idle.push(resolve))
    },
  }
}

const notInTime = () => new CofferError('overloaded', 'etcd did not take the write in time; try again')

const unanswered = () => new CofferError('storage_failed', 'etcd does not answer; nothing was written')

const rowsOf = ({ expect, expectEmpty, put: puts, delete: gone }: Request): number =>
  expect.length + expectEmpty.length + puts.size + gone.size

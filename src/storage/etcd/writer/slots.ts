import { randomBytes } from 'node:crypto'
import { CofferError, fail } from '../../../base/errors.ts'
import type { Calls } from '../connection/calls.ts'
import type { Guard } from '../connection/guard.ts'
import type { Layout } from '../layout.ts'
import type { RangeResponse, TxnResponse } from '../messages/etcd_pb.js'
import { encoded, nested, nestedOf, type Op, put, range, rangeOf, writtenAt } from '../messages/ops.ts'

/**
 * A row that one commit at a time expects and replaces, by a nonce of its own. So a commit whose answer was lost is
 * settled by replacing the row once more: if that succeeds, the commit has not landed and never will, and if not, the
 * row names the commit that has.
 */
export type Slot = {
  readonly key: string
  /** The revision that wrote it last, as far as is known. */
  revision: bigint
}

/** What was sent with a nonce in a slot. */
export type Attempt = { readonly slot: Slot; readonly nonce: Uint8Array }

export type Slots = {
  /** One that nobody uses; undefined when there is none. */
  take(): Slot | undefined
  giveBack(slots: Iterable<Slot>): void
  /**
   * Whether attempts have landed. Afterwards none of them can land any more.
   *
   * @returns for each attempt the revision of what landed, or undefined
   * @throws storage_failed when nobody answers in time; then nothing is known
   */
  settle(attempts: readonly Attempt[], patience: number): Promise<(bigint | undefined)[]>
  /** The same of attempts that were answered, so that nothing is on its way any more: changes nothing. */
  look(attempts: readonly Attempt[]): Promise<(bigint | undefined)[]>
  /**
   * Compares a slot with what a refused commit saw of it.
   *
   * @throws storage_failed when another process has it
   */
  check(slot: Slot, answer: TxnResponse): void
}

const maxClaims = 10
export const slotCount = 64
export const newNonce = (): Uint8Array => new Uint8Array(randomBytes(12))

type Parts = { readonly calls: Calls; readonly guard: Guard; readonly layout: Layout; readonly node: string }

/** Makes the slots of a node this process's own: what an earlier process of that name sent cannot land any more. */
export async function claimSlots({ calls, guard, layout, node }: Parts): Promise<Slots> {
  const free = await claimed(
    calls,
    Array.from({ length: slotCount }, (_, i) => layout.slot(node, i)),
  )
  const taken = (): never =>
    guard.break(
      new CofferError(
        'storage_failed',
        'another process writes to etcd under the name of this one, or etcd lost data: check that no two nodes have copies of one state folder, and restart',
      ),
    )

  return {
    take: () => free.pop(),
    giveBack(slots) {
      free.push(...slots)
    },
    async settle(attempts, patience) {
      const success = attempts.map(
        ({ slot: { key, revision }, nonce }): Op =>
          nested({
            compare: [writtenAt(key, revision)],
            success: [put(key, settled(nonce))],
            failure: [range({ key: encoded(key) })],
          }),
      )
      const answer = await calls.repeat(({ kv }, options) => kv.txn({ success }, options), patience)
      return attempts.map(({ slot, nonce }, i) => {
        const { succeeded, responses } = nestedOf(answer.responses[i])
        if (succeeded) {
          slot.revision = answer.header?.revision ?? 0n
          return undefined
        }
        const seen = rangeOf(responses[0])
        // A try of which the answer was lost may have replaced it.
        const marked = holding(seen, settled(nonce))
        const landed = holding(seen, nonce)
        slot.revision = marked ?? landed ?? taken()
        return landed
      })
    },
    async look(attempts) {
      const success = attempts.map(({ slot: { key } }) => range({ key: encoded(key) }))
      const { responses } = await calls.repeat(({ kv }, options) => kv.txn({ success }, options))
      return attempts.map(({ slot, nonce }, i) => {
        const landed = holding(rangeOf(responses[i]), nonce)
        slot.revision = landed ?? slot.revision
        return landed
      })
    },
    check(slot, { responses }) {
      if ((rangeOf(responses[0]).kvs[0]?.modRevision ?? 0n) !== slot.revision) taken()
    },
  }
}

/** What replaces a nonce that has not landed: the same each time, so that a settlement can be asked for again. */
const settled = (nonce: Uint8Array): Uint8Array => Uint8Array.of(...nonce, 0)

/** The revision at which a row holds a nonce, or undefined. */
function holding(answer: RangeResponse, nonce: Uint8Array): bigint | undefined {
  const row = answer.kvs[0]
  return row !== undefined && Buffer.compare(row.value, nonce) === 0 ? row.modRevision : undefined
}

/** Replaces all slots at once, as they are; tries again when an earlier process came in between. */
async function claimed(calls: Calls, keys: readonly string[]): Promise<Slot[]> {
  const nonce = newNonce()
  const look = keys.map((key) => range({ key: encoded(key) }))
  let seen = await calls.repeat(({ kv }, options) => kv.txn({ success: look }, options))
  for (let tries = 0; tries < maxClaims; tries++) {
    const revisions = seen.responses.map((op) => rangeOf(op).kvs[0]?.modRevision ?? 0n)
    const compare = keys.map((key, i) => writtenAt(key, revisions[i] ?? 0n))
    const success = keys.map((key) => put(key, nonce))
    seen = await calls.repeat(({ kv }, options) => kv.txn({ compare, success, failure: look }, options))
    const revision = seen.succeeded ? seen.header?.revision : holding(rangeOf(seen.responses[0]), nonce)
    if (revision !== undefined) return keys.map((key) => ({ key, revision }))
  }
  return fail(
    'storage_locked',
    'another process writes to etcd under the name of this one: check that no two nodes have copies of one state folder',
  )
}

import type { Calls } from '../connection/calls.ts'
import { behind } from '../layout.ts'
import type { RangeResponse } from '../messages/etcd_pb.js'
import { encoded, type Op, range, rangeOf } from '../messages/ops.ts'
import { inParts } from './parts.ts'

/** Keys without values: from one to before another, at most so many. */
export type KeyRange = { readonly from: string; readonly to: string; readonly limit: number }

export type Ranges = { readonly revision: bigint; readonly answers: readonly RangeResponse[] }

/** All keys of a folder's children, or those from `from` on. */
export const childrenFrom = (children: string, limit: number, from = children): KeyRange => ({
  from,
  to: behind(children),
  limit,
})

/**
 * Reads several ranges of keys from one instant.
 *
 * @param revision the instant; 0 for now, which the answer tells
 */
export async function readRanges(
  calls: Calls,
  wanted: readonly KeyRange[],
  revision: bigint,
): Promise<Ranges> {
  async function read(part: readonly KeyRange[], instant: bigint) {
    const success: Op[] = part.map(({ from, to, limit }) =>
      range({
        key: encoded(from),
        rangeEnd: encoded(to),
        limit: BigInt(limit),
        keysOnly: true,
        revision: instant,
      }),
    )
    const answer = await calls.repeat(({ kv }, options) => kv.txn({ success }, options))
    return {
      revision: instant === 0n ? (answer.header?.revision ?? 0n) : instant,
      found: answer.responses.map(rangeOf),
    }
  }
  const { revision: seen, found } = await inParts(wanted, revision, read)
  return { revision: seen, answers: found }
}

import { randomBytes } from 'node:crypto'
import { fail } from '../../../base/errors.ts'
import type { Layout } from '../layout.ts'
import type { KeyValue } from '../messages/etcd_pb.js'
import { emptyBelow, encoded, peekBelow, put, range, rangeOf } from '../messages/ops.ts'
import type { Calls } from './calls.ts'

/** Whose data lies below the prefix. */
export type Identity = {
  /** Drawn when the store was made. */
  readonly lineage: string
  /** The revision of the row that says so. */
  readonly revision: bigint
}

const format = 1

/**
 * Reads whose store it is, and makes a new one where nothing lies below the prefix.
 *
 * @throws storage_format when the data is another program's or of a newer format
 */
export async function identify(calls: Calls, layout: Layout): Promise<Identity> {
  const look = [range({ key: encoded(layout.store) }), peekBelow(layout.prefix, 1)]
  const compare = [emptyBelow(layout.prefix)]
  const lineage = randomBytes(16).toString('hex')
  const success = [put(layout.store, encoded(JSON.stringify({ coffer: format, lineage })))]
  const seen = await calls.repeat(({ kv }, options) => kv.txn({ success: look }, options))
  const anything = rangeOf(seen.responses[1]).kvs.length > 0
  if (anything) return identityOf(layout, rangeOf(seen.responses[0]).kvs[0])
  // Where another node was first, or the answer of the first try was lost, there is one now.
  const made = await calls.repeat(({ kv }, options) => kv.txn({ compare, success, failure: look }, options))
  if (made.succeeded) return { lineage, revision: made.header?.revision ?? 0n }
  return identityOf(layout, rangeOf(made.responses[0]).kvs[0])
}

function identityOf({ prefix }: Layout, row: KeyValue | undefined): Identity {
  if (row === undefined) {
    return fail(
      'storage_format',
      `what lies in etcd below ${JSON.stringify(prefix)} is not Coffer's; name another prefix`,
    )
  }
  const { coffer, lineage } = parsed(row.value)
  if (typeof coffer === 'number' && coffer > format) {
    fail('storage_format', 'the data in etcd is of a newer format; use a newer version of Coffer')
  }
  if (coffer !== format || typeof lineage !== 'string' || !/^[0-9a-f]{32}$/.test(lineage)) {
    fail(
      'storage_format',
      `what lies in etcd below ${JSON.stringify(prefix)} is not Coffer's; name another prefix`,
    )
  }
  return { lineage, revision: row.modRevision }
}

function parsed(value: Uint8Array): { coffer?: unknown; lineage?: unknown } {
  try {
    const found: unknown = JSON.parse(Buffer.from(value).toString())
    return typeof found === 'object' && found !== null ? found : {}
  } catch {
    return {}
  }
}

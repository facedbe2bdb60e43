import type { MessageInitShape } from '@bufbuild/protobuf'
import { behind } from '../layout.ts'
import {
  Compare_CompareResult,
  Compare_CompareTarget,
  type CompareSchema,
  type RangeRequestSchema,
  type RangeResponse,
  type RequestOpSchema,
  type ResponseOp,
  type TxnRequestSchema,
  type TxnResponse,
} from './etcd_pb.js'

/** Operations of one transaction with etcd's default settings, summed along the depth of nesting. */
export const maxOps = 128

export type Range = MessageInitShape<typeof RangeRequestSchema>
export type Op = MessageInitShape<typeof RequestOpSchema>
export type Comparison = MessageInitShape<typeof CompareSchema>
export type Txn = MessageInitShape<typeof TxnRequestSchema>

export const encoded = (text: string): Uint8Array<ArrayBuffer> => Buffer.from(text)

export const range = (value: Range): Op => ({ request: { case: 'requestRange', value } })
export const put = (key: string, value: Uint8Array): Op => ({
  request: { case: 'requestPut', value: { key: encoded(key), value: value as Uint8Array<ArrayBuffer> } },
})
export const remove = (key: string): Op => ({
  request: { case: 'requestDeleteRange', value: { key: encoded(key) } },
})
export const nested = (value: Txn): Op => ({ request: { case: 'requestTxn', value } })

/** Which revision a key has, without its value. */
export const peek = (key: string): Op => range({ key: encoded(key), keysOnly: true })

/** The first `limit` keys that begin with `text`, which ends in `/`. */
export const peekBelow = (text: string, limit: number): Op =>
  range({ key: encoded(text), rangeEnd: encoded(behind(text)), keysOnly: true, limit: BigInt(limit) })

const { EQUAL, GREATER, LESS } = Compare_CompareResult
const { CREATE, MOD } = Compare_CompareTarget

const created = (result: Compare_CompareResult, key: string, end?: string): Comparison => ({
  result,
  target: CREATE,
  key: encoded(key),
  targetUnion: { case: 'createRevision', value: 0n },
  ...(end === undefined ? {} : { rangeEnd: encoded(end) }),
})

export const exists = (key: string): Comparison => created(GREATER, key)
export const absent = (key: string): Comparison => created(EQUAL, key)
/** No key begins with `text`, which ends in `/`. */
export const emptyBelow = (text: string): Comparison => created(EQUAL, text, behind(text))

/** The key was written by this revision; 0 for one that is not there. */
export const writtenAt = (key: string, revision: bigint): Comparison => ({
  result: EQUAL,
  target: MOD,
  key: encoded(key),
  targetUnion: { case: 'modRevision', value: revision },
})

/** The key was not written after a revision, or is not there. */
export const unwrittenSince = (revision: bigint, key: string): Comparison => ({
  result: LESS,
  target: MOD,
  key: encoded(key),
  targetUnion: { case: 'modRevision', value: revision + 1n },
})

/** Nothing between two keys is newer than a revision. */
export const unchangedSince = (revision: bigint, from: string, to: string): Comparison => ({
  ...unwrittenSince(revision, from),
  rangeEnd: encoded(to),
})

/** What a range of a transaction answered. */
export function rangeOf(op: ResponseOp | undefined): RangeResponse {
  if (op?.response.case !== 'responseRange') throw new TypeError('etcd answered something else than a range')
  return op.response.value
}

/** What a nested transaction answered. */
export function nestedOf(op: ResponseOp | undefined): TxnResponse {
  if (op?.response.case !== 'responseTxn')
    throw new TypeError('etcd answered something else than a transaction')
  return op.response.value
}

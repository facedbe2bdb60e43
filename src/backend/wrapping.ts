import type { Clock } from '../base/clock.ts'
import { fail } from '../base/errors.ts'
import { parseOwnJson } from '../base/json/json.ts'
import type { StorageKey } from '../storage/store.ts'
import { blankToken, createToken, type TokenTools } from '../token/create.ts'
import { jsonRecord, type RecordKind } from '../transaction/record.ts'
import type { Transaction } from '../transaction/transaction.ts'
import type { ApiRequest, Reply } from './message.ts'

/** An answer that waits for whoever holds its wrapping token. Times in milliseconds, spans in seconds. */
export type Wrapped = {
  readonly reply: Reply
  readonly path: string
  readonly created: number
  readonly ttl: number
}

const rows = jsonRecord<Wrapped>('wrapped answer')
export const wrappedRecords: RecordKind<Wrapped> = {
  ...rows,
  // The numbers of an answer keep their spelling. The barrier proved that the bytes are ours.
  parse: (bytes) => parseOwnJson(Buffer.from(bytes).toString()) as unknown as Wrapped,
}
/** @param instance of the wrapping token */
export const wrappedKey = (instance: string) => `ns/root/token/wrapped/${instance}` as StorageKey

/** The whole answer as a text: what the wrapped request would have answered. */
export function responseText(requestId: string, reply: Reply): string {
  return JSON.stringify({
    request_id: requestId,
    lease_id: reply.leaseId ?? '',
    renewable: reply.renewable === true,
    lease_duration: reply.leaseDuration ?? 0,
    data: reply.data ?? null,
    wrap_info: null,
    warnings: reply.warnings ?? null,
    auth: reply.auth ?? null,
  })
}

export const wrappingPolicy = 'response-wrapping'

/** @throws invalid_request where a token that wraps nothing would have the policy of those that do */
export function refuseWrappingPolicy(policies: readonly string[]): void {
  if (policies.includes(wrappingPolicy)) fail('invalid_request', `cannot assign policy "${wrappingPolicy}"`)
}

/**
 * Puts an answer away and gives a token of one use in its stead. An answer without content stays as it is.
 */
export async function wrapReply(
  tx: Transaction,
  services: { tokens(): TokenTools; readonly clock: Clock },
  request: Pick<ApiRequest, 'path' | 'wrapTtl'>,
  reply: Reply,
  origin?: { readonly path: string; readonly created: number },
): Promise<Reply> {
  if (reply.data == null && reply.auth === undefined) return reply
  const ttl = request.wrapTtl ?? 0
  const tools = services.tokens()
  const { id, record } = await createToken(tx, tools, {
    ...blankToken,
    policies: [wrappingPolicy],
    path: request.path,
    ttl,
    explicitMaxTtl: ttl,
    numUses: 1,
  })
  const created = origin?.created ?? services.clock.now()
  const path = origin?.path ?? request.path
  tx.put(wrappedRecords, wrappedKey(record.instance), { reply, path, created, ttl })
  return {
    wrap: {
      token: id,
      accessor: record.accessor,
      ttl,
      creation_time: new Date(created).toISOString(),
      creation_path: path,
      ...(reply.auth === undefined ? {} : { wrapped_accessor: reply.auth.accessor }),
    },
  }
}

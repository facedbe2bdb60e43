import { parseJson } from '../../base/json/json.ts'
import type { Answer } from '../answer.ts'
import { ClientError } from '../error.ts'
import { numberOf, objectOf, textOf, textsOf } from '../shape.ts'

/**
 * What the server says of a token, as far as the cache has to know: root and tokens with limited uses keep
 * nothing. `ends` is when the token expires unless it is renewed, in milliseconds since 1970.
 */
export type Holder =
  | { readonly kind: 'keeps'; readonly ends: number | undefined }
  | { readonly kind: 'keeps nothing' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unknown' }

/** @param lookup asks the server about the token that the client has */
export async function lookUpHolder(lookup: () => Promise<Answer>): Promise<Holder> {
  try {
    return holderOf(await lookup())
  } catch (error) {
    if (!(error instanceof ClientError) || error.status !== 403) return { kind: 'unknown' }
    // A token that a policy keeps from looking at itself is good, and root can.
    return error.denied === undefined ? { kind: 'gone' } : { kind: 'keeps', ends: undefined }
  }
}

function holderOf({ data }: Answer): Holder {
  const fields = objectOf(data ?? {})
  const policies = [...textsOf(fields.policies), ...textsOf(fields.identity_policies)]
  if (policies.length === 0 || policies.includes('root') || numberOf(fields.num_uses) !== 0) {
    return { kind: 'keeps nothing' }
  }
  const ends = Date.parse(textOf(fields.expire_time))
  return { kind: 'keeps', ends: Number.isNaN(ends) ? undefined : ends }
}

/** As it is kept beside the answers, so that not every start asks again. */
export const holderText = (holder: Holder): string => JSON.stringify(holder)

export function holderFrom(text: string): Holder {
  const fields = objectOf(parseJson(text))
  if (fields.kind === 'keeps nothing') return { kind: 'keeps nothing' }
  if (fields.kind !== 'keeps') return { kind: 'unknown' }
  const ends = numberOf(fields.ends)
  return { kind: 'keeps', ends: ends > 0 ? ends : undefined }
}

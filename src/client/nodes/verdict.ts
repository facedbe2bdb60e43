import { parseJson } from '../../base/json/json.ts'
import { ClientError } from '../error.ts'
import { objectOf, textsOf } from '../shape.ts'
import type { WireAnswer } from '../wire.ts'
import type { Outgoing } from './outgoing.ts'
import { isOfOneNode, isRepeatable } from './repeatable.ts'

/**
 * What a try tells:
 * - `take`: this is the answer
 * - `move`: another address may answer, and asking this one again soon would not help
 * - `wait`: another address may answer, and so may this one after a while
 * - `pause`: this address answers after a while, and another one is not to be asked instead
 *
 * `after` is the time in milliseconds that the server asked for.
 */
export type Verdict = { readonly next: 'take' | 'move' | 'wait' | 'pause'; readonly after: number }

/** @param now milliseconds since 1970 */
export function verdictOn(wire: WireAnswer, request: Outgoing, now: number): Verdict {
  const after = retryAfter(wire.headers['retry-after'], now)
  if (isOfOneNode(request)) return take
  // The limit is that of a client, not of a node: going elsewhere would get round it.
  if (wire.status === 429) return after === undefined ? take : { next: 'pause', after }
  if (wire.status < 500 || wire.status === 501) return take
  const untouched = wire.status === 503 && isSealedOrStopping(wire)
  if (!untouched && !isRepeatable(request)) return take
  if (after === undefined) return { next: 'move', after: 0 }
  return { next: wire.status === 503 ? 'wait' : 'move', after }
}

/** What a failed try tells: undefined where the request may not go out again. */
export function verdictOnError(error: unknown, request: Outgoing): Verdict | undefined {
  if (!(error instanceof ClientError)) return undefined
  const { reason, sent } = error
  if (reason === 'invalid_argument' || reason === 'bad_answer') return undefined
  if (sent && !isRepeatable(request)) return undefined
  if (reason === 'tls') return { next: 'move', after: 0 }
  // Without a connection a write may go elsewhere at once; whether to wait for it is for its caller to decide.
  return { next: isRepeatable(request) ? 'wait' : 'move', after: 0 }
}

const take: Verdict = { next: 'take', after: 0 }

/** These are said before anything else is looked at, so nothing was carried out. */
function isSealedOrStopping(wire: WireAnswer): boolean {
  return errorTexts(wire).some((text) => /\b(?:sealed|stopping)\b/i.test(text))
}

/** The texts of an answer that is an error; none where it is not in Vault's form. */
export function errorTexts(wire: WireAnswer): string[] {
  try {
    return textsOf(objectOf(parseJson(wire.body)).errors)
  } catch {
    return []
  }
}

/** Milliseconds of a `Retry-After` (RFC 9110 §10.2.3): seconds or a date. Undefined when it is neither. */
export function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000
  const date = /^[A-Z][a-z]{2}, [\w :]{10,30} GMT$/.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

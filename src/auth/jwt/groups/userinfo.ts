import { createHash } from 'node:crypto'
import { createSlotsOfEach } from '../../../backend/logins/slots.ts'
import type { Clock } from '../../../base/clock.ts'
import { isFailure } from '../../../base/errors.ts'
import type { Json, JsonObject } from '../../../base/json/json.ts'
import type { FetchJson } from '../keys/fetch.ts'
import { claimAt } from '../token/claims.ts'
import type { VerifiedToken } from '../token/verify.ts'

export type UserInfoQuestion = {
  readonly url: URL
  /** PEM; see `FetchOptions`. */
  readonly ca: string | undefined
  /** Its signature and all that the role demands must have been checked: it is sent to the provider. */
  readonly token: VerifiedToken
  /** The claim that is wanted, by name or JSON Pointer. */
  readonly claim: string
}

/** `value` is undefined when the provider answered and the person has no such claim. */
export type UserInfoAnswer =
  | { readonly ok: true; readonly value: Json | undefined }
  | { readonly ok: false; readonly reason: string }

/** Asks providers for claims that they do not put into their tokens (OpenID Connect Core 1.0 §5.3). */
export type UserInfo = { ask(question: UserInfoQuestion): Promise<UserInfoAnswer> }

export type UserInfoOptions = {
  readonly fetch: FetchJson
  readonly clock: Clock
  /** Milliseconds that an answer may take. */
  readonly timeout?: number
  /** Questions that may be open at once for each address. */
  readonly places?: number
  /** Bytes of answers that are kept. */
  readonly cacheBytes?: number
}

const maxAnswerBytes = 512 * 1024
const maxCacheTime = 24 * 60 * 60_000

/**
 * Answers are kept by the token's hash until the token ends, within bounds; failures are not kept. The
 * same question that is open already is not asked twice. Never throws: who asks decides what a missing
 * answer means.
 */
export function createUserInfo(options: UserInfoOptions): UserInfo {
  const { fetch, clock, timeout = 3_000 } = options
  const slots = createSlotsOfEach(options.places ?? 32)
  const cache = answerCache(clock, options.cacheBytes ?? 16 * 1024 * 1024)
  const open = new Map<string, Promise<UserInfoAnswer>>()

  async function request({ url, ca, token, claim }: UserInfoQuestion, key: string): Promise<UserInfoAnswer> {
    try {
      const document = await slots.run(url.href, () =>
        fetch(url, { ca, bearer: token.text, timeout, maxBytes: maxAnswerBytes }),
      )
      if (!sameSubject(document, token)) return { ok: false, reason: 'the answer is about another subject' }
      const value = claimAt(document, claim)
      cache.put(key, value, token.expires)
      return { ok: true, value }
    } catch (error) {
      if (isFailure(error, 'rate_limited')) return { ok: false, reason: 'too many logins wait for it' }
      if (isFailure(error, 'provider_failed')) return { ok: false, reason: error.message }
      return { ok: false, reason: 'the question failed' }
    }
  }

  return {
    async ask(question) {
      const key = keyOf(question)
      const kept = cache.get(key)
      if (kept !== undefined) return { ok: true, value: kept.value }
      const asked = open.get(key) ?? request(question, key).finally(() => open.delete(key))
      open.set(key, asked)
      return asked
    },
  }
}

/** OpenID Connect Core 1.0 §5.3.2: without this, an answer about somebody else could be substituted. */
function sameSubject(document: JsonObject, { claims }: VerifiedToken): boolean {
  return typeof claims.sub === 'string' && claims.sub !== '' && document.sub === claims.sub
}

function keyOf({ url, ca = '', claim, token }: UserInfoQuestion): string {
  return createHash('sha256')
    .update(JSON.stringify([url.href, ca, claim, token.text]))
    .digest('base64')
}

type Kept = { readonly value: Json | undefined; readonly until: number; readonly bytes: number }

function answerCache(clock: Clock, maxBytes: number) {
  const kept = new Map<string, Kept>()
  let bytes = 0
  const drop = (key: string) => {
    bytes -= kept.get(key)?.bytes ?? 0
    kept.delete(key)
  }
  return {
    get(key: string): Kept | undefined {
      const found = kept.get(key)
      if (found === undefined || clock.now() < found.until) return found
      drop(key)
      return undefined
    },
    put(key: string, value: Json | undefined, expires: number): void {
      drop(key)
      // A rough price for the entry itself, so that many empty answers are bounded too.
      const size = 200 + (value === undefined ? 0 : JSON.stringify(value).length)
      kept.set(key, { value, until: Math.min(expires, clock.now() + maxCacheTime), bytes: size })
      bytes += size
      for (const oldest of kept.keys()) {
        if (bytes <= maxBytes) break
        drop(oldest)
      }
    },
  }
}

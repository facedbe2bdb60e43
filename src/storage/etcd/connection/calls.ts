import { setMaxListeners } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { CallOptions } from '@connectrpc/connect'
import { CofferError } from '../../../base/errors.ts'
import { within } from '../../measure.ts'
import type { ResponseHeader } from '../messages/etcd_pb.js'
import type { Endpoint } from './endpoints.ts'
import { judge, said } from './explain.ts'
import type { Guard } from './guard.ts'

type Answer = { readonly header?: ResponseHeader | undefined }

export type Work<T extends Answer> = (endpoint: Endpoint, options: CallOptions) => Promise<T>

/** `unanswered` are those that came to no answer in time, or that no member could be asked. */
export type Counts = { answered: number; refused: number; unanswered: number }

export type Calls = {
  /**
   * One try. @throws what it came to; see {@link judge}
   *
   * @param tries which one this is of the same call, from 1: the early ones are given up sooner
   */
  once<T extends Answer>(work: Work<T>, tries?: number): Promise<T>
  /**
   * Asks one member and, when that does not answer, all of them again and again until one does or the time is over:
   * for what changes nothing, or nothing more the second time. Once no member has answered anything for a while, it
   * is given up sooner, so that clients turn to another node.
   *
   * @param patience milliseconds that it lasts whatever other calls came to
   * @throws the refusal, or storage_failed when nobody answers in time
   */
  repeat<T extends Answer>(work: Work<T>, patience?: number): Promise<T>
  /**
   * Asks every member by itself, once; what it answers about itself may be behind the others.
   *
   * @param patience milliseconds after which one does not answer; long enough for a login and a call if absent
   * @returns undefined for each that does not answer
   */
  each<T>(
    work: (endpoint: Endpoint, options: CallOptions) => Promise<T>,
    patience?: number,
  ): Promise<(T | undefined)[]>
  /** Whether no member has answered anything for so long that waiting for them has become useless. */
  readonly silent: boolean
  /** What came of the tries of `once` and `repeat`, since the start. */
  readonly counts: Readonly<Counts>
  readonly closed: boolean
  close(): void
}

/** @property tries which one this is of the same call, from 1 */
type Try = { readonly tries: number; readonly signal: AbortSignal }

/** How long something is tried: from its so-manieth try, until a time of `performance.now()` or until it is over. */
type Span = { readonly from: number; readonly until: number; over(): boolean }

type Result<T> = { readonly answer: T; readonly endpoint: Endpoint } | { readonly refusal: CofferError }

export type CallSettings = {
  readonly endpoints: readonly Endpoint[]
  readonly guard: Guard
  /** Milliseconds after which one try has failed, and of the early ones at most {@link earlyAttempt}. */
  readonly attempt: number
  /** Milliseconds after which there is no other try. */
  readonly deadline: number
  readonly login: { readonly username: string; readonly password: () => string } | undefined
}

const firstPause = 20
const longestPause = 100
/**
 * Milliseconds for one of the early tries. A member that is gone, or that still hands what it is asked to a leader that
 * is gone, never answers; whoever waits for it waits no longer than clients do. Later tries have more time, so that a
 * store that is only slow still answers.
 */
export const earlyAttempt = 500
/** Tries at a member that count as early: together they last longer than an election by etcd's own settings. */
export const earlyTries = 4
/** Milliseconds that a call waits while members are silent; the next one finds out whether they are back. */
const silentPatience = 300

export function createCalls({ endpoints, guard, attempt, deadline, login }: CallSettings): Calls {
  const ending = new AbortController()
  // Calls that wait listen to it, however many they are.
  setMaxListeners(0, ending.signal)
  let current = 0
  let token: Promise<string> | undefined
  const counts: Counts = { answered: 0, refused: 0, unanswered: 0 }
  /** Since when every try has come to nothing; undefined while that is not so, and before the first answer. */
  let quiet: number | undefined
  let heard = false
  /** After a first early try: the others, and a whole one. Longer than an election, and a slow store is not silent. */
  const longSilence = (earlyTries - 1) * Math.min(earlyAttempt, attempt) + attempt
  const isSilent = (): boolean => quiet !== undefined && performance.now() - quiet > longSilence
  /** Looks whether a silent member is back. */
  let looking: Promise<unknown> | undefined

  function logIn(endpoint: Endpoint): Promise<string> {
    if (login === undefined) return Promise.resolve('')
    token ??= endpoint.auth
      .authenticate({ name: login.username, password: login.password() }, { timeoutMs: attempt })
      .then((answer) => answer.token)
    token.catch(() => {
      token = undefined
    })
    return token
  }

  async function optionsAt(endpoint: Endpoint): Promise<CallOptions> {
    const headers = login === undefined ? {} : { token: await logIn(endpoint) }
    return { timeoutMs: attempt, signal: ending.signal, headers }
  }

  async function at<T extends Answer>(endpoint: Endpoint, work: Work<T>, { tries, signal }: Try): Promise<T> {
    if (guard.broken !== undefined) throw guard.broken
    const floor = guard.revision
    const { headers, ...options } = await optionsAt(endpoint)
    try {
      const answer = await work(endpoint, {
        ...options,
        signal,
        timeoutMs: tries <= earlyTries ? Math.min(earlyAttempt, attempt) : attempt,
        // A member that knows no leader says so at once, instead of letting the call wait for one.
        headers: { ...headers, hasleader: 'true' },
      })
      guard.check(answer.header, floor)
      counts.answered++
      quiet = undefined
      heard = true
      return answer
    } catch (error) {
      // Another member was faster: nothing is known of this one.
      if (!signal.aborted) {
        const isAnswer = judge(error).kind !== 'unanswered'
        counts[isAnswer ? 'refused' : 'unanswered']++
        if (isAnswer) quiet = undefined
        else if (heard) quiet ??= performance.now()
      }
      throw error
    }
  }

  /** Asks one member, a second time if only the login had run out. */
  async function ask<T extends Answer>(endpoint: Endpoint, work: Work<T>, one: Try): Promise<T> {
    try {
      return await at(endpoint, work, one)
    } catch (error) {
      const { kind } = judge(error)
      if (kind === 'unanswered' && !one.signal.aborted) endpoint.timedOut()
      if (kind !== 'login' || login === undefined) throw error
      token = undefined
      return at(endpoint, work, one)
    }
  }

  async function once<T extends Answer>(work: Work<T>, tries = 1): Promise<T> {
    // The index is always below the length.
    const endpoint = endpoints[current] as Endpoint
    try {
      return await ask(endpoint, work, { tries, signal: ending.signal })
    } catch (error) {
      // The next call goes to the next member, unless another call has found that out before.
      if (judge(error).kind === 'unanswered' && endpoints[current] === endpoint) {
        current = (current + 1) % endpoints.length
      }
      throw error
    }
  }

  /**
   * Asks one member until it answers.
   *
   * @throws what its last try came to, when the time is over
   */
  async function insist<T extends Answer>(
    endpoint: Endpoint,
    work: Work<T>,
    { from, until, over, signal }: Span & { readonly signal: AbortSignal },
  ): Promise<Result<T>> {
    let tries = from
    for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
      try {
        return { answer: await ask(endpoint, work, { tries, signal }), endpoint }
      } catch (error) {
        const verdict = judge(error)
        if (verdict.kind !== 'unanswered') return { refusal: verdict.error }
        if (signal.aborted || performance.now() + pause > until || over()) throw verdict.error
        if (!said(error)) tries++
        await wait(pause, undefined, { signal })
      }
    }
  }

  /** Asks all members, each until it answers, and takes the first answer. */
  async function everywhere<T extends Answer>(work: Work<T>, span: Span): Promise<T> {
    const done = new AbortController()
    const signal = AbortSignal.any([done.signal, ending.signal])
    try {
      const first = await Promise.any(endpoints.map((one) => insist(one, work, { ...span, signal })))
      if ('refusal' in first) throw first.refusal
      current = endpoints.indexOf(first.endpoint)
      return first.answer
    } finally {
      done.abort()
    }
  }

  /**
   * Waits a moment for members that were silent. One look is under way at a time; it has the time of a whole try, so
   * that those that are only slow are found.
   */
  async function hear<T extends Answer>(work: Work<T>): Promise<void> {
    looking ??= everywhere(work, { from: earlyTries + 1, until: 0, over: () => true }).finally(() => {
      looking = undefined
    })
    await within(looking, silentPatience)
    if (isSilent()) throw new CofferError('storage_failed', 'etcd does not answer')
  }

  return {
    once,
    async repeat(work, patience) {
      const span = {
        from: 2,
        until: performance.now() + (patience ?? deadline),
        over: patience === undefined ? isSilent : () => false,
      }
      if (span.over()) await hear(work)
      try {
        return await once(work)
      } catch (error) {
        const verdict = judge(error)
        if (verdict.kind !== 'unanswered') throw verdict.error
      }
      try {
        return await everywhere(work, span)
      } catch (error) {
        if (ending.signal.aborted) throw new CofferError('storage_failed', 'the store is closed')
        throw error instanceof AggregateError ? judge(error.errors[0]).error : error
      }
    },
    each: (work, patience = 2 * attempt) =>
      Promise.all(
        endpoints.map((endpoint) =>
          within(
            optionsAt(endpoint).then((options) => work(endpoint, options)),
            patience,
          ),
        ),
      ),
    counts,
    get silent() {
      return isSilent()
    },
    get closed() {
      return ending.signal.aborted
    },
    close() {
      ending.abort()
      for (const endpoint of endpoints) endpoint.close()
    },
  }
}

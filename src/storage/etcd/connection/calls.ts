import { setTimeout as wait } from 'node:timers/promises'
import type { CallOptions } from '@connectrpc/connect'
import { CofferError } from '../../../base/errors.ts'
import type { ResponseHeader } from '../messages/etcd_pb.js'
import type { Endpoint } from './endpoints.ts'
import { judge } from './explain.ts'
import type { Guard } from './guard.ts'

type Answer = { readonly header?: ResponseHeader | undefined }

export type Work<T extends Answer> = (endpoint: Endpoint, options: CallOptions) => Promise<T>

export type Calls = {
  /**
   * One try. @throws what it came to; see {@link judge}
   *
   * @param tries which one this is of the same call, from 1: the early ones are given up sooner
   */
  once<T extends Answer>(work: Work<T>, tries?: number): Promise<T>
  /**
   * Tries at one member after the other until there is an answer or the time is over: for what changes nothing, or
   * nothing more the second time.
   *
   * @throws the refusal, or storage_failed when nobody answers in time
   */
  repeat<T extends Answer>(work: Work<T>, patience?: number): Promise<T>
  /**
   * Asks every member by itself, once; what it answers about itself may be behind the others.
   *
   * @returns undefined for each that does not answer
   */
  each<T>(work: (endpoint: Endpoint, options: CallOptions) => Promise<T>): Promise<(T | undefined)[]>
  readonly closed: boolean
  close(): void
}

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
const earlyRounds = 2

export function createCalls({ endpoints, guard, attempt, deadline, login }: CallSettings): Calls {
  const ending = new AbortController()
  let current = 0
  let token: Promise<string> | undefined

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

  async function at<T extends Answer>(endpoint: Endpoint, work: Work<T>, tries: number): Promise<T> {
    const floor = guard.revision
    const { headers, ...options } = await optionsAt(endpoint)
    const answer = await work(endpoint, {
      ...options,
      timeoutMs: tries <= earlyRounds * endpoints.length ? Math.min(earlyAttempt, attempt) : attempt,
      // A member that knows no leader says so at once, instead of letting the call wait for one.
      headers: { ...headers, hasleader: 'true' },
    })
    guard.check(answer.header, floor)
    return answer
  }

  /** The next call goes to the next member, unless another call has found that out before. */
  function leave(endpoint: Endpoint): void {
    endpoint.timedOut()
    if (endpoints[current] === endpoint) current = (current + 1) % endpoints.length
  }

  async function once<T extends Answer>(work: Work<T>, tries = 1): Promise<T> {
    if (guard.broken !== undefined) throw guard.broken
    // The index is always below the length.
    const endpoint = endpoints[current] as Endpoint
    try {
      return await at(endpoint, work, tries)
    } catch (error) {
      const verdict = judge(error)
      if (verdict.kind === 'unanswered') leave(endpoint)
      if (verdict.kind !== 'login' || login === undefined) throw error
      token = undefined
      return at(endpoint, work, tries)
    }
  }

  return {
    once,
    async repeat(work, patience = deadline) {
      const until = performance.now() + patience
      for (let pause = firstPause, tries = 1; ; pause = Math.min(pause * 2, longestPause), tries++) {
        try {
          return await once(work, tries)
        } catch (error) {
          const verdict = judge(error)
          if (verdict.kind !== 'unanswered') throw verdict.error
          if (ending.signal.aborted) throw new CofferError('storage_failed', 'the store is closed')
          if (performance.now() + pause > until) throw verdict.error
          // The first round goes from member to member at once.
          if (tries >= endpoints.length) await wait(pause)
        }
      }
    },
    each: (work) =>
      Promise.all(
        endpoints.map(async (endpoint) => {
          try {
            return await work(endpoint, await optionsAt(endpoint))
          } catch {
            return undefined
          }
        }),
      ),
    get closed() {
      return ending.signal.aborted
    },
    close() {
      ending.abort()
      for (const endpoint of endpoints) endpoint.close()
    },
  }
}

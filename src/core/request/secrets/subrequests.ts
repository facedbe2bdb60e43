import { createHash } from 'node:crypto'
import type { Subrequest, Subrequests } from '../../../backend/context.ts'
import type { ApiRequest, Reply } from '../../../backend/message.ts'
import { CofferError, fail } from '../../../base/errors.ts'
import type { TokenHash } from '../../../token/record.ts'
import type { Transaction } from '../../../transaction/transaction.ts'
import type { Services } from '../../services.ts'
import type { UseCounter } from '../caller/uses.ts'
import type { Target } from '../locate.ts'
import { type Asked, type Inner, newProgress, type Progress, type Within } from '../progress.ts'
import { noteUse } from './secret-use.ts'

/** How the pipeline runs a request that another one's handler makes. */
export type Pipeline = {
  handle(request: ApiRequest, inner: Inner): Promise<Reply>
  attempt(tx: Transaction, request: ApiRequest, progress: Progress): Promise<Reply>
  readonly uses: UseCounter
}

/**
 * What a handler gets to make requests for its caller.
 *
 * @param tx of the present attempt
 * @param progress of the request whose handler it is
 */
export function subrequestsOf(
  pipeline: Pipeline,
  tx: Transaction,
  outer: ApiRequest,
  progress: Progress,
): Subrequests {
  let calls = 0
  const times = new Map<string, number>()
  // What an earlier attempt did is undone.
  for (const one of progress.asked?.within.values() ?? []) one.outcome = undefined

  function asked(): Asked {
    progress.asked ??= { each: new Map(), within: new Map() }
    return progress.asked
  }

  function requestOf({ verb, path, fields }: Subrequest, number: number): ApiRequest {
    const { token, headers, remote, isLate } = outer
    return {
      // Tells in the audit log which request it belongs to.
      id: `${outer.id}.${number}`,
      verb,
      path,
      fields,
      hasBody: verb === 'write' || verb === 'patch',
      token,
      wrapTtl: undefined,
      headers,
      remote,
      ...(isLate === undefined ? {} : { isLate }),
    }
  }

  async function make(request: ApiRequest): Promise<Reply | CofferError> {
    try {
      return await pipeline.handle(request, {})
    } catch (error) {
      if (error instanceof CofferError) return error
      throw error
    }
  }

  /** The same request as in an earlier attempt, whose entry is in the log already, or a new one. */
  function enter(subrequest: Subrequest, inner: Inner): Within {
    const { within } = asked()
    // What is written is in the log too: with other content it is another request.
    const digest = createHash('sha256').update(JSON.stringify(subrequest.fields)).digest('base64')
    const what = `${digest} ${subrequest.verb} ${subrequest.path}`
    const time = (times.get(what) ?? 0) + 1
    times.set(what, time)
    const name = `${time} ${what}`
    const known = within.get(name)
    const request = known?.request ?? requestOf(subrequest, within.size + 1)
    const made: Within = {
      request: { ...request, fields: subrequest.fields },
      progress: { ...(known?.progress ?? newProgress(request)), inner },
      outcome: undefined,
    }
    within.set(name, made)
    return made
  }

  async function takeUse(own: Progress, hash: TokenHash): Promise<void> {
    const left = await pipeline.uses.take(hash)
    if (left === undefined) fail('permission_denied')
    own.taken = { hash, left }
  }

  return {
    each(request) {
      const { each } = asked()
      const number = ++calls
      const made = each.get(number) ?? make(requestOf(request, number))
      each.set(number, made)
      return made
    },
    async within(request, carryOut) {
      const one = enter(request, { carryOut, holder: progress.inner?.holder })
      const { progress: own } = one
      try {
        const hash = progress.taken?.hash
        if (hash !== undefined && own.taken === undefined) await takeUse(own, hash)
        const reply = await pipeline.attempt(tx, one.request, own)
        one.outcome = reply
        return reply
      } catch (error) {
        if (error instanceof Error) one.outcome = error
        throw error
      }
    },
  }
}

/** Secrets, and nothing that would act on the server or make tokens. */
export function isSecretTarget({ installed: { backend } }: Target): boolean {
  return ('secrets' in backend && backend.secrets !== undefined) || backend.type === 'cubbyhole'
}

/**
 * Writes the second entry of what a request asked inside of its transaction, now that this has landed or failed.
 *
 * @param error why it did not land
 */
export async function settleWithin(
  services: Pick<Services, 'recorder' | 'usage' | 'journal' | 'clock'>,
  uses: UseCounter,
  progress: Progress,
  error: unknown,
): Promise<void> {
  if (progress.asked === undefined) return
  const { recorder } = services
  const all = [...progress.asked.within.values()]
  progress.asked.within.clear()
  await Promise.all(
    all.map(async ({ request, progress: own, outcome }) => {
      // The outer request has a use of its own, so that none of these is the last to go.
      if (own.taken !== undefined) uses.release(own.taken.hash)
      if (error === undefined && outcome !== undefined && !(outcome instanceof Error)) {
        if (own.use !== undefined) noteUse(services, own.use)
        return recorder.response(own.entry, outcome, undefined)
      }
      if (own.unrecorded) return
      const failure = outcome instanceof Error ? outcome : (error ?? notCarriedOut())
      // What was never tried has left nothing to tell.
      const entry =
        own.entry ?? (outcome === undefined ? undefined : recorder.refused(request, own.known, failure))
      await recorder.response(entry, undefined, failure)
    }),
  )
}

const notCarriedOut = () => new CofferError('conflict', 'was not carried out')

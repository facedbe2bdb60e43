import type { Caller, Context, Subrequests } from '../../backend/context.ts'
import type { ApiRequest, Reply, RequestHandler } from '../../backend/message.ts'
import { effectiveTtl, type Mount, mountPoint } from '../../backend/mounts/mount.ts'
import { type MountTable, mountsKey, mountTables, readMounts } from '../../backend/mounts/mount-table.ts'
import { quotasKey, quotaTables } from '../../backend/quotas/table.ts'
import { isListing, isReading, type Operation } from '../../backend/routes/operation.ts'
import type { RequestPath } from '../../backend/routes/path.ts'
import { auditKey, auditRecords } from '../../backend/settings/audit-table.ts'
import { wrapReply } from '../../backend/wrapping.ts'
import { fail, isFailure } from '../../base/errors.ts'
import {
  hashToken,
  servicePrefix,
  type TokenHash,
  tokenKey,
  tokenRecords,
  usesRecords,
} from '../../token/record.ts'
import { revokeToken } from '../../token/revoke.ts'
import { type Transaction, transact, type Want } from '../../transaction/transaction.ts'
import { noteRoute } from '../metrics/trail.ts'
import type { Services } from '../services.ts'
import { createAdmission } from './admission.ts'
import { createAuthorizer, NeedsUse } from './caller/authorize.ts'
import { createHints } from './caller/hints.ts'
import { createUseCounter } from './caller/uses.ts'
import {
  decide,
  operationOf,
  plainOperation,
  refuse,
  refused,
  refuseUnrouted,
  welcomesToken,
} from './caller/verdict.ts'
import { handlerContext } from './context.ts'
import { locate, type Target } from './locate.ts'
import { issueLogin } from './login.ts'
import { type Inner, newProgress, type Progress } from './progress.ts'
import { countRequest } from './records/day-count.ts'
import type { Known } from './records/recorder.ts'
import { listing, run, withWarnings } from './run.ts'
import { noteUse, useOf } from './secrets/secret-use.ts'
import { isSecretTarget, type Pipeline, settleWithin, subrequestsOf } from './secrets/subrequests.ts'
import { withoutToken } from './without-token.ts'

/** A token, for work that goes on after the request that began it. */
export type Holder = {
  /** Of that request. */
  readonly id: string
  readonly path: RequestPath
  readonly hash: TokenHash
  readonly instance: string
  readonly address: string
}

/**
 * Works in a transaction for the holder of a token, as it is then: one that has ended can do nothing any more.
 *
 * @throws permission_denied when the token has ended; whatever `work` throws
 */
export type ActFor = <T>(
  holder: Holder,
  transactIn: (work: (tx: Transaction) => Promise<T>) => Promise<T>,
  work: (tx: Transaction, caller: Caller, subrequests: Subrequests) => Promise<T>,
) => Promise<T>

/**
 * Serves requests on an unsealed node: route → token → policy → audit → handler → commit → audit → reply.
 * A collision with another request's commit runs everything from the routing on again; the use of a counted
 * token and the request's audit entry happen once.
 */
export function createRequestHandler(services: Services): { handle: RequestHandler; actFor: ActFor } {
  const { registry, clock, random, recorder } = services
  const authorizer = createAuthorizer()
  const hints = createHints()
  const uses = createUseCounter(services.ground)
  const admission = createAdmission(clock, services.processes)
  /** Whether there were rate limits at the last request: good enough to read their row ahead. */
  let isLimited = false

  async function handle(request: ApiRequest, inner?: Inner): Promise<Reply> {
    const place = services.inFlight.begin(request, clock.now())
    const progress = newProgress(request, inner)
    try {
      const reply = await serve(request, progress)
      if (reply.refused !== undefined) throw reply.refused
      if (progress.asked !== undefined) await settleWithin(services, uses, progress, undefined)
      // What is written stays written; what is read counts once the answer may leave.
      if (progress.use?.kind === 'write') noteUse(services, progress.use)
      await recorder.response(progress.entry, reply, undefined)
      if (progress.use?.kind === 'read') noteUse(services, progress.use)
      countRequest(services, progress.known, false)
      return reply
    } catch (error) {
      if (progress.asked !== undefined) await settleWithin(services, uses, progress, error)
      if (progress.unrecorded) throw error
      countRequest(services, progress.known, true)
      // Whatever it was refused for, and however early, it is in the log.
      progress.entry ??= recorder.refused(request, progress.known, error)
      await recorder.response(progress.entry, undefined, error)
      throw error
    } finally {
      services.inFlight.end(place)
      const hash = progress.taken?.hash
      if (hash !== undefined && uses.release(hash)) await endUsedUp(hash)
    }
  }

  /** Runs the request, and once more when it turns out that its token counts its uses. */
  async function serve(request: ApiRequest, progress: Progress): Promise<Reply> {
    let reply = await serveStep(request, progress)
    while (reply.afterwards !== undefined) {
      progress.next = await reply.afterwards()
      reply = await serveStep(request, progress)
    }
    return reply
  }

  async function serveStep(request: ApiRequest, progress: Progress): Promise<Reply> {
    try {
      return await transact(services.ground, (tx) => attempt(tx, request, progress))
    } catch (error) {
      if (!(error instanceof NeedsUse)) throw error
      const left = await uses.take(error.hash)
      if (left === undefined) fail('permission_denied')
      progress.taken = { hash: error.hash, left }
      return await transact(services.ground, (tx) => attempt(tx, request, progress))
    }
  }

  async function attempt(tx: Transaction, request: ApiRequest, progress: Progress): Promise<Reply> {
    const known: Known = { operation: plainOperation(request) }
    progress.known = known
    const hash = request.token === undefined ? progress.inner?.holder : hashOf(request.token)
    const guess = await readAhead(tx, request, hash, progress)
    const mounts = await readMounts(tx)
    const devices = await tx.get(auditRecords, auditKey)
    recorder.configure(devices, mounts)
    const target = guess?.mounts === mounts ? guess.target : locate(request, mounts, registry)
    known.target = target
    if (target !== undefined) noteRoute(request.trail, target.mount, target.route, plainOperation(request))
    isLimited = devices?.limited === true
    // What goes on after its request was counted with that.
    if (isLimited && !progress.admitted && progress.inner?.holder === undefined) {
      await admission.admit(tx, request, target, progress)
    }
    const open = target?.route?.unauthenticated === true
    let caller: Caller | undefined
    try {
      if (!open || (request.token !== undefined && welcomesToken(target.route, request))) {
        caller = await authorizer.authorize(tx, services.tokens(), request, mounts, progress.taken, hash)
      }
    } catch (error) {
      if (!open || !isFailure(error, 'permission_denied')) throw error
    }
    known.caller = caller
    if (target === undefined) refuseUnrouted(request, known)

    const { context, warnings } =
      guess?.target === target && guess.draft !== undefined
        ? guess.draft
        : draftFor(tx, request, target, [], progress)
    context.caller = caller
    const operation = await operationOf(request, target, context)
    if (request.trail !== undefined) request.trail.operation = operation
    known.operation = operation
    known.verdict = refused
    context.request.operation = operation
    const verdict = caller === undefined || open ? undefined : decide(request, operation, target, caller)
    if (verdict?.allowed === false) refuse(request, verdict, caller)
    await services.guard(tx, target.mount, request, operation, caller)
    known.verdict = verdict
    if (progress.inner !== undefined && !isSecretTarget(target)) {
      fail('invalid_request', 'only secrets of KV and of the cubbyhole can be reached this way')
    }
    if (caller !== undefined && tx.rounds > 1 && progress.inner === undefined) {
      hints.set(caller.token.hash, tx.touched().filter(isAboutCaller))
    }
    progress.entry ??= recorder.request(request, known)
    // Nothing is changed before the log has the request; a read may be prepared meanwhile.
    if (!isReading(operation)) await progress.entry.written

    const names = operation === 'list' ? await services.listed(tx, target.mount, request, caller) : undefined
    const reply = await perform(request, target, progress, context, names, warnings)
    if (reply.afterwards !== undefined) {
      if (request.isLate?.() === true) fail('timed_out')
      await progress.entry.written
      return reply
    }
    const issued =
      reply.login === undefined
        ? reply
        : await issueLogin(tx, services, target, request, reply.login, context)
    progress.use = useOf(request, reply, operation, target, caller)
    const whole = withWarnings(issued, warnings)
    const shown = request.bySession === true ? withoutToken(whole, request.token) : whole
    const final =
      request.wrapTtl === undefined ? shown : await wrapped(tx, request, target.mount, request.wrapTtl, shown)
    // A few reads write: what a browser is sent back to can only be read.
    if (tx.writes > 0) await progress.entry.written
    if (request.isLate?.() === true) fail('timed_out')
    return final
  }

  /** Wraps the answer where that is asked for, for no longer than a token of the mount may live. */
  async function wrapped(
    tx: Transaction,
    { path }: ApiRequest,
    mount: Mount,
    wrapTtl: number,
    reply: Reply,
  ): Promise<Reply> {
    const { max } = effectiveTtl(mount, services.systemTtl)
    if (wrapTtl <= max) return wrapReply(tx, services, { path, wrapTtl }, reply)
    const short = await wrapReply(tx, services, { path, wrapTtl: max }, reply)
    const text = `the wrapping token lives ${max} seconds instead of ${wrapTtl}: the longest TTL here`
    return short.wrap === undefined ? short : { ...short, warnings: [text] }
  }

  /** Of a token that is a row; what a batch token stands for is in itself. */
  const hashOf = (token: string) =>
    token.startsWith(servicePrefix) ? hashToken(services.tokens().keys.id, token) : undefined

  /**
   * Everything that the request will probably stand on, in one round trip.
   *
   * @returns where the request leads if the mounts are still those
   */
  async function readAhead(
    tx: Transaction,
    request: ApiRequest,
    hash: TokenHash | undefined,
    progress: Progress,
  ): Promise<Guess | undefined> {
    const wants: Want[] = [
      { kind: mountTables, key: mountsKey },
      { kind: auditRecords, key: auditKey },
    ]
    if (hash !== undefined) {
      wants.push({ kind: tokenRecords, key: tokenKey(hash) }, ...hints.get(hash))
    }
    if (isLimited) wants.push({ kind: quotaTables, key: quotasKey })
    // The mount table of some earlier request is good enough for a guess.
    const mounts = services.ground().cache.get(mountsKey)?.record as MountTable | undefined
    const target = mounts === undefined ? undefined : locate(request, mounts, registry)
    let draft: Draft | undefined
    if (target?.route?.prefetch !== undefined && !isListing(request.verb)) {
      draft = draftFor(tx, request, target, wants, progress)
      target.route.prefetch(draft.context)
    }
    await tx.fetch(wants)
    return mounts === undefined ? undefined : { mounts, target, draft }
  }

  const pipeline: Pipeline = { handle, attempt, uses }

  /** The context of a request of which neither the caller nor the operation is known yet. */
  function draftFor(
    tx: Transaction,
    request: ApiRequest,
    target: Target,
    wants: Want[],
    progress: Progress,
  ): Draft {
    const { mount, params, installed } = target
    const warnings: string[] = []
    const context: Draft['context'] = handlerContext(
      tx,
      {
        request: {
          id: request.id,
          operation: plainOperation(request),
          path: request.path,
          wrapTtl: request.wrapTtl,
          remote: request.remote,
          fields: request.fields,
          hasBody: request.hasBody,
        },
        params,
        mount,
        ttl: effectiveTtl(mount, services.systemTtl),
        caller: undefined,
        standIn: (folder) => services.listed(tx, mount, { path: mountPoint(mount) + folder }, context.caller),
        clock,
        random,
        warnings,
      },
      installed.privileged
        ? {
            sentToken: request.token,
            subrequests: subrequestsOf(pipeline, tx, request, progress),
          }
        : undefined,
      wants,
    )
    return { context, warnings }
  }

  async function endUsedUp(hash: TokenHash): Promise<void> {
    try {
      await transact(services.ground, (tx) => revokeToken(tx, hash))
    } catch (error) {
      // The answer stands: the count of uses refuses the token anyway, and the sweep takes it when its time is over.
      if (!isFailure(error)) throw error
    }
  }

  return {
    handle: (request) => handle(request),
    async actFor({ id, path, hash, instance, address }, transactIn, work) {
      const request: ApiRequest = {
        id,
        verb: 'write',
        path,
        fields: {},
        hasBody: false,
        token: undefined,
        wrapTtl: undefined,
        headers: {},
        remote: { address, port: 0 },
      }
      const progress = newProgress(request, { holder: hash })
      try {
        const result = await transactIn(async (tx) => {
          const mounts = await readMounts(tx)
          recorder.configure(await tx.get(auditRecords, auditKey), mounts)
          const caller = await authorizer.authorize(tx, services.tokens(), request, mounts, undefined, hash)
          // A token of the same name is another one.
          if (caller.token.record.instance !== instance) fail('permission_denied')
          return work(tx, caller, subrequestsOf(pipeline, tx, request, progress))
        })
        if (progress.asked !== undefined) await settleWithin(services, uses, progress, undefined)
        return result
      } catch (error) {
        if (progress.asked !== undefined) await settleWithin(services, uses, progress, error)
        throw error
      }
    },
  }
}

/** A context to be completed, and where its warnings are collected. */
type Draft = {
  readonly context: Omit<Context, 'caller' | 'request'> & {
    caller: Caller | undefined
    readonly request: Omit<Context['request'], 'operation'> & { operation: Operation }
  }
  readonly warnings: string[]
}

/** Where a request leads by the mounts of some earlier one, and what its rows were announced with. */
type Guess = {
  readonly mounts: MountTable
  readonly target: Target | undefined
  readonly draft: Draft | undefined
}

/** Goes on with what the request has begun, does what an outer request does in its place, or runs its handler. */
function perform(
  request: ApiRequest,
  target: Target,
  { next, inner }: Progress,
  context: Context,
  names: string[] | undefined,
  warnings: string[],
): Reply | Promise<Reply> {
  const { operation } = context.request
  if (next !== undefined) return next(context)
  if (inner?.carryOut !== undefined) {
    return inner.carryOut({ ...target, storage: context.storage, operation })
  }
  return names === undefined ? run(request, operation, target, context, warnings) : listing(names)
}

/** Rows that tell who the caller is and what they may do, but not what this request is about. */
const isAboutCaller = ({ kind, key }: Want) => kind !== usesRecords && !key.startsWith('ns/root/mount/')

import { setTimeout as pause } from 'node:timers/promises'
import { ClientError } from '../error.ts'
import type { Transport, WireAnswer } from '../wire.ts'
import type { Outgoing, Send, Sent } from './outgoing.ts'
import { isRepeatable } from './repeatable.ts'
import { errorTexts, type Verdict, verdictOn, verdictOnError } from './verdict.ts'

/** All times in milliseconds. */
export type SendPolicy = {
  /** Rounds over all addresses after the first one. */
  readonly retries: number
  /** Before the second round, doubled for each further one up to {@link longestPause}, and then varied. */
  readonly delay: number
  /** For a request with all its repetitions. */
  readonly timeout: number
  /** For a connection to one of several addresses. */
  readonly connectTimeout: number
  /** For an answer of one of several addresses, where the request may then go to another one. */
  readonly attemptTimeout: number
}

type Surroundings = {
  /** Of a clock for measuring spans. */
  readonly elapsed: () => number
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
  readonly pause: (milliseconds: number) => Promise<unknown>
}

/** The longest wait between two rounds, in milliseconds; who is asked to wait longer is given up at once. */
export const longestPause = 10_000

const here: Surroundings = { elapsed: () => performance.now(), now: Date.now, random: Math.random, pause }

/** One try at one address: an answer or an error, and what it tells. */
type Try = { readonly base: URL; readonly after: number; readonly next: Verdict['next'] } & (
  | { readonly wire: WireAnswer; readonly url: string }
  | { readonly error: ClientError }
)

/**
 * Sends to the address that answered last, and to the others in turn when it cannot be reached, its TLS is not
 * good, or it says that it is sealed or stopping. What may have arrived goes elsewhere only if it is
 * repeatable; and only that waits for a further round, except where the server said when to come again.
 */
export function sendToNodes(
  transport: Transport,
  addresses: readonly URL[],
  policy: SendPolicy,
  { elapsed, now, random, pause }: Surroundings = here,
): Send {
  const several = addresses.length > 1
  let preferred = 0

  return async (request, within = policy.timeout) => {
    const deadline = elapsed() + Math.min(within, policy.timeout)
    const said = new Map<URL, Try>()
    for (let round = 0; ; round++) {
      const isLast = round >= policy.retries
      const start = preferred
      const tried: Try[] = []
      for (let turn = 0; turn < addresses.length; turn++) {
        const index = (start + turn) % addresses.length
        const base = addresses[index]
        const left = deadline - elapsed()
        if (base === undefined || (left <= 0 && said.size > 0)) break
        const one = await tryAt(request, base, left, isLast)
        said.delete(base)
        said.set(base, one)
        if ('wire' in one && one.next === 'take') {
          preferred = index
          return { wire: one.wire, url: one.url }
        }
        if (one.next === 'take') return give(said)
        tried.push(one)
        if (one.next === 'pause') break
      }
      const wait = Math.max(
        policy.delay * 2 ** round * (0.5 + random() / 2),
        Math.min(...tried.filter(({ next }) => next !== 'move').map(({ after }) => after)),
      )
      if (isLast || !Number.isFinite(wait) || wait > Math.min(longestPause, deadline - elapsed())) {
        return give(said)
      }
      await pause(wait)
    }
  }

  async function tryAt(request: Outgoing, base: URL, left: number, isLast: boolean): Promise<Try> {
    const bounded = several && !isLast && isRepeatable(request)
    const limits = {
      timeout: bounded ? Math.min(left, policy.attemptTimeout) : left,
      connectTimeout: several ? Math.min(left, policy.connectTimeout) : left,
    }
    try {
      const sent = await follow(transport, request, base, { addresses, ...limits })
      return { base, ...sent, ...verdictOn(sent.wire, request, now()) }
    } catch (error) {
      if (!(error instanceof ClientError)) throw error
      return { base, error, ...(verdictOnError(error, request) ?? { next: 'take', after: 0 }) }
    }
  }
}

/** The end of a request that no address took: an answer if there was one, or else the most telling error. */
function give(said: ReadonlyMap<URL, Try>): Sent {
  const tries = [...said.values()]
  const attempts =
    tries.length > 1 ? tries.map((one) => ({ address: nameOf(one.base), text: words(one) })) : []
  const final = tries.at(-1)
  if (final === undefined) throw new ClientError('timeout', 'there was no time left to ask any address')
  if ('error' in final && final.next === 'take') throw final.error.with(attempts)
  const answered = tries.filter((one) => 'wire' in one).at(-1)
  if (answered !== undefined) return { wire: answered.wire, url: answered.url, attempts }
  const errors = tries.flatMap((one) => ('error' in one ? [one.error] : []))
  // What may have been carried out counts most, then what a person has to look into.
  const telling =
    errors.find(({ sent }) => sent) ?? errors.find(({ reason }) => reason !== 'tls') ?? errors[0]
  throw (telling ?? new ClientError('unreachable', 'no address is left')).with(attempts)
}

const nameOf = (base: URL): string => base.origin + base.pathname.replace(/\/$/, '')

function words(one: Try): string {
  if ('error' in one) return one.error.message
  const texts = errorTexts(one.wire).map((text) => text.slice(0, 500))
  return [`answered ${one.wire.status}`, ...texts].join(': ')
}

/**
 * Follows one redirect to the same path on another node, as a standby of a Vault cluster sends it. One that leads
 * elsewhere is an answer like any other and ends as an error: of several addresses, away from all of them; of one,
 * to another host without TLS.
 */
async function follow(
  transport: Transport,
  request: Outgoing,
  base: URL,
  { addresses, ...limits }: { addresses: readonly URL[]; timeout: number; connectTimeout: number },
): Promise<{ wire: WireAnswer; url: string }> {
  const url = new URL(base.origin + base.pathname.replace(/\/$/, '') + request.path)
  const outgoing = { ...request, resend: isRepeatable(request), ...limits }
  const wire = await transport.send({ ...outgoing, url })
  const next = wire.status === 307 || wire.status === 308 ? URL.parse(wire.headers.location ?? '', url) : null
  const sameRequest = next !== null && next.pathname === url.pathname && next.search === url.search
  if (!sameRequest || next.origin === url.origin || !mayFollow(url, next, addresses)) {
    return { wire, url: url.origin + url.pathname }
  }
  return { wire: await transport.send({ ...outgoing, url: next }), url: next.origin + next.pathname }
}

function mayFollow(from: URL, to: URL, addresses: readonly URL[]): boolean {
  if (addresses.length > 1) return addresses.some(({ origin }) => origin === to.origin)
  return to.protocol === 'https:' || (from.protocol === 'http:' && to.hostname === from.hostname)
}

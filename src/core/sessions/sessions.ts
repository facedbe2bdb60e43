import { findToken } from '../../backend/find-token.ts'
import type { Clock } from '../../base/clock.ts'
import { fail } from '../../base/errors.ts'
import type { Random } from '../../base/random.ts'
import { entities, entityKey, mergedKey, references } from '../../identity/record.ts'
import type { TokenTools } from '../../token/create.ts'
import { revokeToken } from '../../token/revoke.ts'
import { type Ground, type Transaction, transact } from '../../transaction/transaction.ts'
import {
  hashSession,
  longest,
  newSessionId,
  ofEntityPrefix,
  type SessionHash,
  type SessionId,
  type SessionRecord,
  sessionKey,
  sessionRecords,
} from './record.ts'
import { dependsOn, dropSession, putSession } from './rows.ts'
import { type SessionView, viewSession } from './view.ts'

/** A session that the store has; whether its token is still good, each request with it finds out. */
export type Session = Pick<SessionRecord, 'token' | 'entityId' | 'ends'> & { readonly hash: SessionHash }

export type BeginOptions = {
  /** Whether a login has just made the token, so that nobody else has it. */
  readonly made: boolean
  /** The session that the browser had; it ends. */
  readonly before: SessionId | undefined
  readonly isLate: () => boolean
}

export type Begun = {
  readonly id: SessionId
  readonly view: SessionView
  /** A token that a login made for the session of before, and that nobody needs any more. */
  readonly left: string | undefined
}

/** What browsers hold in place of tokens. All of it lies in the store, so every process serves every session. */
export type Sessions = {
  /** @throws sealed, not_initialized */
  find(id: SessionId): Promise<Session | undefined>
  /** @throws sealed, not_initialized */
  ready(): void
  /** What is known of a session, or of a token; undefined where the token has ended. */
  view(session: Pick<Session, 'token' | 'ends'>): Promise<SessionView | undefined>
  /**
   * Begins a session under a new id.
   *
   * @throws permission_denied where the token is none that is alive; timed_out when it is late
   */
  begin(token: string, options: BeginOptions): Promise<Begun>
  /** Ends a session and its token, with all that it made. From then on it counts nowhere. */
  end(session: Pick<Session, 'hash'>): Promise<void>
  /** Ends a token with all that it made; one that has ended already stays so. */
  revoke(token: string): Promise<void>
  /** Up to 50 other sessions of the same entity. */
  others(session: Session): Promise<readonly Session[]>
}

const page = 50

type Parts = {
  readonly clock: Clock
  readonly random: Random
  /** @throws sealed, not_initialized */
  ground(): Ground
  /** @throws sealed */
  tokens(): TokenTools
}

export function createSessions({ clock, random, ground, tokens }: Parts): Sessions {
  const resolve = (tx: Transaction, token: string) => findToken(tx, tokens(), token)
  const sessionAt = async (tx: Transaction, hash: SessionHash): Promise<Session | undefined> => {
    const record = await tx.get(sessionRecords, sessionKey(hash))
    if (record === undefined || (record.ends !== undefined && record.ends <= clock.now())) return undefined
    const { token, entityId, ends } = record
    return { hash, token, entityId, ...(ends === undefined ? {} : { ends }) }
  }

  return {
    find: (id) => transact(ground, (tx) => sessionAt(tx, hashSession(id))),
    ready: () => void ground(),
    view: ({ token, ends }) =>
      transact(ground, async (tx) => {
        const found = await resolve(tx, token)
        return found === undefined ? undefined : viewSession(tx, found, clock, ends)
      }),
    begin: (token, { made, before, isLate }) =>
      transact(ground, async (tx) => {
        const found = await resolve(tx, token)
        if (found === undefined) fail('permission_denied')
        const { hash: tokenHash, record, type, lease } = found
        const { instance, entityId } = record
        let left: string | undefined
        if (before !== undefined) {
          const earlier = await dropSession(tx, hashSession(before))
          const needed = earlier?.made !== true || (await dependsOn(tx, tokenHash, earlier.tokenHash))
          left = needed ? undefined : earlier.token
        }
        const id = newSessionId(random)
        const ends =
          lease === undefined
            ? clock.now() + longest
            : type === 'batch'
              ? Math.ceil(lease.expires)
              : undefined
        const ending = ends === undefined ? {} : { ends }
        putSession(tx, hashSession(id), { token, tokenHash, instance, entityId, made, ...ending })
        const view = await viewSession(tx, found, clock, ends)
        if (isLate()) fail('timed_out')
        return { id, view, left }
      }),
    end: ({ hash }) =>
      transact(ground, async (tx) => {
        const record = await dropSession(tx, hash)
        if (record !== undefined) await revokeToken(tx, record.tokenHash)
      }),
    revoke: (token) =>
      transact(ground, async (tx) => {
        const found = await resolve(tx, token)
        if (found !== undefined) await revokeToken(tx, found.hash)
      }),
    others: ({ hash, entityId }) =>
      transact(ground, async (tx) => {
        if (entityId === '') return []
        const found: Session[] = []
        for (const id of await idsOf(tx, entityId)) {
          const { names } = await tx.list(ofEntityPrefix(id), { limit: page + 1 })
          const hashes = names.filter((name) => name !== hash) as SessionHash[]
          const sessions = await Promise.all(hashes.map((one) => sessionAt(tx, one)))
          found.push(...sessions.filter((session) => session !== undefined))
          if (found.length >= page) break
        }
        return found.slice(0, page)
      }),
  }
}

/** The ids that an entity has and had: of those that were merged into it, too. */
async function idsOf(tx: Transaction, entityId: string): Promise<readonly string[]> {
  const into = (await tx.get(references, mergedKey(entityId)))?.id ?? entityId
  const entity = await tx.get(entities, entityKey(into))
  return [...new Set([entityId, into, ...(entity?.merged ?? [])])]
}

import { useQueryClient } from '@tanstack/react-query'
import { Fragment, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { endSession, extendSession, readSession, type Session } from '../../api/session.ts'
import { troubleOf } from '../../api/trouble.ts'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'
import { type Channel, openChannel } from './channel.ts'
import { SessionContext, type SessionState, type SessionTools } from './context.ts'

/** Whose what is open is, and whether their session has ended meanwhile. */
type Last = { readonly session: Session; readonly hasEnded: boolean }

/**
 * Tokens that belong to nobody may be anybody's, whatever they are called. A batch token has not even an accessor, so
 * that after one has ended nobody knows whose the next is.
 */
const isSame = ({ session, hasEnded }: Last, next: Session): boolean =>
  session.entityId === next.entityId &&
  (next.entityId !== '' || (session.accessor === next.accessor && (next.accessor !== '' || !hasEnded)))

/** Knows who is logged in, in this tab and the others. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const { session: texts } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  const [state, setState] = useState<SessionState>({ kind: 'unknown', error: undefined })
  const channel = useRef<Channel>(undefined)

  const last = useRef<Last>(undefined)
  /** Counts the people, so that what one had open is not there for the next. */
  const [people, setPeople] = useState(0)

  const found = useCallback(
    (session: Session | null) => {
      const before = last.current
      if (session === null) {
        if (before === undefined) return setState({ kind: 'out' })
        last.current = { ...before, hasEnded: true }
        return setState({ kind: 'ended', session: before.session })
      }
      last.current = { session, hasEnded: false }
      setState({ kind: 'in', session })
      if (before === undefined) return
      if (isSame(before, session)) {
        // The same token sees the same: to ask all anew would ask for ever where one question is refused.
        const isNew = before.hasEnded || before.session.accessor !== session.accessor
        if (isNew) void queries.invalidateQueries()
        return
      }
      queries.clear()
      setPeople((count) => count + 1)
      say({ text: texts.other, tone: 'bad' })
    },
    [queries, say, texts],
  )
  const gone = useCallback(() => {
    last.current = undefined
    queries.clear()
    setState({ kind: 'out' })
  }, [queries])

  const look = useCallback(() => {
    readSession().then(found, (error: unknown) =>
      // What is open stays open while the server is away.
      setState((before) =>
        before.kind === 'in' || before.kind === 'ended' ? before : { kind: 'unknown', error },
      ),
    )
  }, [found])

  useEffect(() => {
    const opened = openChannel((news) => {
      if (news === 'out') gone()
      else look()
    })
    channel.current = opened
    look()
    return opened.close
  }, [look, gone])

  useEffect(() => {
    // A refusal may mean that the session is over, which only the server knows.
    const refused = (error: unknown) => {
      if (troubleOf(error).kind === 'denied') look()
    }
    const unsubscribe = [
      queries
        .getQueryCache()
        .subscribe(({ type, query }) => type === 'updated' && refused(query.state.error)),
      queries.getMutationCache().subscribe(({ mutation }) => mutation && refused(mutation.state.error)),
    ]
    return () => {
      for (const stop of unsubscribe) stop()
    }
  }, [queries, look])

  useEffect(() => {
    if (state.kind !== 'in' || state.session.ends === undefined) return
    const left = state.session.ends - Date.now()
    const timer = setTimeout(look, Math.min(Math.max(left, 0) + 1000, 2 ** 31 - 1))
    return () => clearTimeout(timer)
  }, [state, look])

  const tools = useMemo<SessionTools>(
    () => ({
      state,
      look,
      began: (session) => {
        found(session)
        channel.current?.tell('began')
      },
      extend: async () => {
        found(await extendSession())
        channel.current?.tell('extended')
        say({ text: texts.extended })
      },
      logout: async (everywhere) => {
        await endSession(everywhere)
        channel.current?.tell('out')
        gone()
        say({ text: everywhere ? texts.outEverywhere : texts.out })
      },
      leave: gone,
    }),
    [state, look, found, gone, say, texts],
  )
  return (
    <SessionContext value={tools}>
      <Fragment key={people}>{children}</Fragment>
    </SessionContext>
  )
}

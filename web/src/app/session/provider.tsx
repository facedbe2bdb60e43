import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { endSession, extendSession, readSession, type Session } from '../../api/session.ts'
import { troubleOf } from '../../api/trouble.ts'
import { useToast } from '../../parts/toasts/context.ts'
import { useTexts } from '../../texts/texts.ts'
import { type Channel, openChannel } from './channel.ts'
import { personOf, SessionContext, type SessionState, type SessionTools } from './context.ts'

/** Knows who is logged in, in this tab and the others. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const { session: texts } = useTexts()
  const queries = useQueryClient()
  const say = useToast()
  const [state, setState] = useState<SessionState>({ kind: 'unknown', error: undefined })
  const channel = useRef<Channel>(undefined)

  const found = useCallback((session: Session | null) => {
    setState((before) => {
      const known = before.kind === 'in' || before.kind === 'ended' ? before.session : undefined
      if (session === null) return known === undefined ? { kind: 'out' } : { kind: 'ended', session: known }
      return { kind: 'in', session }
    })
  }, [])

  const look = useCallback(() => {
    readSession().then(found, (error: unknown) =>
      // What is open stays open while the server is away.
      setState((before) =>
        before.kind === 'in' || before.kind === 'ended' ? before : { kind: 'unknown', error },
      ),
    )
  }, [found])

  const known = state.kind === 'in' || state.kind === 'ended' ? state.session : undefined
  const wasKnown = useRef(known)
  useEffect(() => {
    const before = wasKnown.current
    wasKnown.current = known
    if (known === undefined || before === undefined || before === known) return
    if (personOf(before) === personOf(known)) {
      // The same token sees the same: to ask all anew would ask for ever where one question is refused.
      if (before.accessor !== known.accessor) void queries.invalidateQueries()
      return
    }
    queries.clear()
    say({ text: texts.other, tone: 'bad' })
  }, [known, queries, say, texts])

  useEffect(() => {
    const opened = openChannel((news) => {
      if (news !== 'out') return look()
      queries.clear()
      setState({ kind: 'out' })
    })
    channel.current = opened
    look()
    return opened.close
  }, [look, queries])

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
        queries.clear()
        setState({ kind: 'out' })
        say({ text: everywhere ? texts.outEverywhere : texts.out })
      },
      leave: () => {
        queries.clear()
        setState({ kind: 'out' })
      },
    }),
    [state, look, found, say, queries, texts],
  )
  return <SessionContext value={tools}>{children}</SessionContext>
}

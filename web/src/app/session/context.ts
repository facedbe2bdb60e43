import { createContext, useContext } from 'react'
import type { Session } from '../../api/session.ts'

/**
 * - `unknown`: not asked yet, or the server did not say; `error` is why
 * - `out`: nobody is logged in
 * - `in`: somebody is
 * - `ended`: somebody was, and what they had open is kept for them
 */
export type SessionState =
  | { readonly kind: 'unknown'; readonly error: unknown }
  | { readonly kind: 'out' }
  | { readonly kind: 'in'; readonly session: Session }
  | { readonly kind: 'ended'; readonly session: Session }

export type SessionTools = {
  readonly state: SessionState
  /** Asks the server who is logged in. */
  readonly look: () => void
  /** Somebody has logged in here. */
  readonly began: (session: Session) => void
  readonly extend: () => Promise<void>
  readonly logout: (everywhere: boolean) => Promise<void>
  /** Gives up what was kept of a session that ended. */
  readonly leave: () => void
}

export const SessionContext = createContext<SessionTools | undefined>(undefined)

export function useSession(): SessionTools {
  const tools = useContext(SessionContext)
  if (tools === undefined) throw new Error('there is no session around this')
  return tools
}

import { hashKey, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { type SealStatus, sealKey, useSealStatus } from '../../api/seal.ts'
import { troubleOf } from '../../api/trouble.ts'
import { useSession } from '../session/context.ts'

const isSealed = (error: unknown): boolean =>
  error !== null && error !== undefined && troubleOf(error).kind === 'sealed'

const ownHash = hashKey(sealKey)

export type Closed = {
  /** Where the server stands; undefined while it is open and nothing is held. */
  readonly status: SealStatus | undefined
  /** Keeps what is shown in place of the page, also when the server opens: something is there that is shown once. */
  readonly hold: (isHeld: boolean) => void
}

/**
 * Where the server stands while it is sealed or not initialised. It is asked once something else was answered with
 * that, and everything is asked again when it opens.
 */
export function useClosed(): Closed {
  const queries = useQueryClient()
  const { state, look } = useSession()
  const [since, setSince] = useState<number>()
  const [isHeld, hold] = useState(false)
  const suspect = useCallback(() => setSince((before) => before ?? Date.now()), [])
  const { data, dataUpdatedAt } = useSealStatus(since !== undefined)
  const known = since !== undefined && data !== undefined && dataUpdatedAt >= since ? data : undefined

  const error = state.kind === 'unknown' ? state.error : undefined
  useEffect(() => {
    if (isSealed(error)) suspect()
  }, [error, suspect])

  useEffect(() => {
    const stops = [
      queries.getQueryCache().subscribe(({ type, query }) => {
        if (type === 'updated' && query.queryHash !== ownHash && isSealed(query.state.error)) suspect()
      }),
      queries.getMutationCache().subscribe(({ mutation }) => {
        if (isSealed(mutation?.state.error)) suspect()
      }),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }, [queries, suspect])

  const wasClosed = useRef(false)
  useEffect(() => {
    if (known === undefined) return
    if (known.sealed) {
      wasClosed.current = true
      return
    }
    if (isHeld) return
    setSince(undefined)
    // Another node than the one that was asked may be sealed; then what is shown already has to do.
    if (!wasClosed.current) return
    wasClosed.current = false
    look()
    void queries.invalidateQueries({ predicate: ({ queryHash }) => queryHash !== ownHash })
  }, [known, isHeld, look, queries])

  return { status: isHeld || known?.sealed ? known : undefined, hold }
}

import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Said } from '../../api/many.ts'
import { refresh } from '../../api/secrets.ts'
import { inParts, type Outcome } from './in-parts.ts'

export type Work =
  | { readonly kind: 'ready' }
  /** `total` is 0 while it is not known yet. */
  | { readonly kind: 'running'; readonly done: number; readonly total: number }
  | { readonly kind: 'over'; readonly outcome: Outcome }
  /** What there is to do could not be found out; nothing was done. */
  | { readonly kind: 'failed'; readonly error: unknown }

export type WorkTools = {
  readonly work: Work
  /** @param find what there is to work on @param size of a part */
  readonly run: (
    find: () => Promise<readonly string[]>,
    size: number,
    step: (part: readonly string[]) => Promise<Said>,
  ) => Promise<Outcome | undefined>
  readonly stop: () => void
  readonly reset: () => void
}

/** A work on many secrets: how far it is, and what became of it. */
export function useWork(): WorkTools {
  const queries = useQueryClient()
  const [work, setWork] = useState<Work>({ kind: 'ready' })
  const stopped = useRef(false)
  return {
    work,
    run: async (find, size, step) => {
      stopped.current = false
      setWork({ kind: 'running', done: 0, total: 0 })
      try {
        const items = await find()
        const tell = (done: number) => setWork({ kind: 'running', done, total: items.length })
        tell(0)
        const outcome = await inParts(items, size, step, tell, () => stopped.current)
        setWork({ kind: 'over', outcome })
        return outcome
      } catch (error) {
        setWork({ kind: 'failed', error })
        return undefined
      } finally {
        void refresh(queries)
      }
    },
    stop: () => {
      stopped.current = true
    },
    reset: () => setWork({ kind: 'ready' }),
  }
}

import { InfiniteQueryObserver, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { namesOf } from '../../api/secrets.ts'
import type { Branch } from './rows.ts'

type Watched = { readonly observer: ReturnType<typeof watch>; readonly stop: () => void }

type Branches = {
  readonly branchOf: (folder: string) => Branch | undefined
  /** Brings the next page of names, or asks again for what did not come. */
  readonly more: (folder: string) => void
}

/**
 * The names in each of the open folders, which the list of names shares.
 *
 * @param root with its mount and a slash at the end
 * @param open folders below it
 */
export function useBranches(root: string, open: ReadonlySet<string>): Branches {
  const queries = useQueryClient()
  const [watched] = useState(() => new Map<string, Watched>())
  const [turn, setTurn] = useState(0)

  useEffect(() => {
    const changed = () => setTurn((before) => before + 1)
    for (const [folder, { stop }] of watched) {
      if (open.has(folder)) continue
      stop()
      watched.delete(folder)
    }
    for (const folder of open) {
      if (watched.has(folder)) continue
      const observer = watch(queries, root + folder)
      watched.set(folder, { observer, stop: observer.subscribe(changed) })
      changed()
    }
  }, [queries, root, open, watched])

  useEffect(
    () => () => {
      for (const { stop } of watched.values()) stop()
      watched.clear()
    },
    [watched],
  )

  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn is another answer
  const branchOf = useMemo(() => {
    const known = new Map<string, Branch>()
    return (folder: string) => {
      const found = known.get(folder) ?? branchFrom(watched.get(folder))
      if (found !== undefined) known.set(folder, found)
      return found
    }
  }, [watched, turn])

  const more = useCallback(
    (folder: string) => {
      const observer = watched.get(folder)?.observer
      const { data, isFetching } = observer?.getCurrentResult() ?? {}
      if (observer === undefined || isFetching === true) return
      void (data === undefined ? observer.refetch() : observer.fetchNextPage())
    },
    [watched],
  )
  return useMemo(() => ({ branchOf, more }), [branchOf, more])
}

const watch = (queries: ReturnType<typeof useQueryClient>, folder: string) =>
  new InfiniteQueryObserver(queries, namesOf(folder))

function branchFrom(watched: Watched | undefined): Branch | undefined {
  if (watched === undefined) return undefined
  const { data, error, hasNextPage, isFetchingNextPage } = watched.observer.getCurrentResult()
  const names = data?.pages.flat() ?? []
  const isWaiting = data === undefined || isFetchingNextPage
  return { names, hasMore: hasNextPage, state: error !== null ? 'failed' : isWaiting ? 'loading' : 'there' }
}

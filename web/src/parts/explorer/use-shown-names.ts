import { useMemo } from 'react'
import { useFound } from '../../api/find.ts'
import { moreOf } from '../../api/pages.ts'
import { useNames } from '../../api/secrets.ts'
import { type Only, wantedFor } from './only.ts'

/** The names in a folder; or, where they are narrowed, those in it and below that are so. @param folder with its mount */
export function useShownNames(folder: string, only: Only | undefined) {
  const all = useNames(folder)
  const found = useFound(only === undefined ? undefined : wantedFor(only, folder))
  const names = useMemo(
    () =>
      only === undefined
        ? (all.data?.pages.flat() ?? [])
        : (found.data?.pages ?? []).flatMap((page) =>
            page.found.map(({ path }) => path.slice(folder.length)),
          ),
    [only, all.data, found.data, folder],
  )
  const query = only === undefined ? all : found
  const { data, error, isPending, isFetching, hasNextPage, refetch } = query
  return {
    names,
    isPending,
    isFetching,
    error: data === undefined ? error : null,
    again: () => void refetch(),
    hasMore: hasNextPage,
    more: moreOf(query),
  }
}

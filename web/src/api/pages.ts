import { infiniteQueryOptions, type QueryKey, useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { listOf, textOf } from '../../../src/client/shape.ts'
import { client } from './client.ts'

/** Rows or names that one request asks for, and rows that are fetched without being asked for. */
const pageSize = 500
const mostByItself = 20_000

/**
 * What asks for the names that a path lists, page by page.
 *
 * @param path can be found out first, for each page
 */
export const pagesOfNames = <Key extends QueryKey>(queryKey: Key, path: () => string | Promise<string>) =>
  infiniteQueryOptions({
    queryKey,
    queryFn: async ({ pageParam }) => {
      const query = { limit: pageSize, ...(pageParam !== '' && { after: pageParam }) }
      return (await client.list(await path(), query))?.keys ?? []
    },
    initialPageParam: '',
    getNextPageParam: (last: string[]) => (last.length < pageSize ? undefined : last.at(-1)),
  })

type Paged = {
  readonly hasNextPage: boolean
  readonly fetchNextPage: (options: { readonly cancelRefetch: boolean }) => Promise<unknown>
}

/** Brings the next page, once however often it is called meanwhile; undefined where there is none. */
export const moreOf = ({ hasNextPage, fetchNextPage }: Paged): (() => void) | undefined =>
  hasNextPage ? () => void fetchNextPage({ cancelRefetch: false }) : undefined

type Pages<T> = {
  readonly key: QueryKey
  /** A route that answers a list and, where it is not whole, `next`. */
  readonly path: string
  /** What the list is called in its answer. */
  readonly name: string
  readonly query?: Readonly<Record<string, string>>
  readonly rowOf: (one: JsonObject) => T
  readonly enabled?: boolean
}

/** All rows of a list that comes page by page: the first ones at once, the others as they come. */
export function useAllPages<T>({ key, path, name, query = {}, rowOf, enabled = true }: Pages<T>) {
  const asked = useInfiniteQuery({
    queryKey: key,
    queryFn: async ({ pageParam }) => {
      const page = { ...query, limit: pageSize, ...(pageParam !== '' && { after: pageParam }) }
      const { data } = await client.call('GET', path, { query: page })
      return { rows: listOf(data?.[name]).map(rowOf), next: textOf(data?.next) }
    },
    initialPageParam: '',
    getNextPageParam: ({ next }) => next || undefined,
    enabled,
  })
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = asked
  const rows = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data])
  const goesOn = hasNextPage && !isFetching && !isError
  useEffect(() => {
    if (goesOn && rows.length < mostByItself) void fetchNextPage()
  }, [goesOn, rows.length, fetchNextPage])
  return {
    rows,
    more: moreOf(asked),
    isWhole: data !== undefined && !hasNextPage,
    isPending: asked.isPending,
    isFetching,
    error: asked.error,
    again: () => void asked.refetch(),
  }
}

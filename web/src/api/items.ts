import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { client } from './client.ts'
import { pagesOfNames } from './pages.ts'

/** The names that a mount lists at a path, such as its roles, page by page. */
export const useItems = (path: string) => useInfiniteQuery(pagesOfNames(['items', path], () => path))

/** What is stored at a path; null where nothing is. */
export const useStored = (path: string) =>
  useQuery({
    queryKey: ['stored', path],
    queryFn: async (): Promise<JsonObject | null> => (await client.read(path))?.data ?? null,
    gcTime: 0,
  })

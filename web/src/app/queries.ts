import { QueryClient } from '@tanstack/react-query'
import { troubleOf } from '../api/trouble.ts'

/** What may help itself is asked once more; everything else is shown at once. */
export const makeQueries = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < 1 && ['unreachable', 'busy'].includes(troubleOf(error).kind),
        retryDelay: 1000,
        staleTime: 5000,
        gcTime: 60_000,
        refetchOnWindowFocus: false,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  })

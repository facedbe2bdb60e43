import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { flagOf, numberOf, textOf } from '../../../../src/client/shape.ts'
import { api } from '../client.ts'
import { pagesOfNames } from '../pages.ts'

/** What lies below a prefix: folders end in a slash, the others are the ends of lease ids. */
export const useLeaseNames = (prefix: string) =>
  useInfiniteQuery(pagesOfNames(['leases', prefix], () => `sys/leases/lookup/${prefix}`.replace(/\/$/, '')))

export type Lease = {
  readonly id: string
  /** RFC 3339; the last one is empty where it was never renewed. */
  readonly issued: string
  readonly ends: string
  readonly renewed: string
  /** Seconds. */
  readonly ttl: number
  readonly renewable: boolean
}

export const useLease = (id: string | undefined) =>
  useQuery({
    queryKey: ['lease', id],
    queryFn: async (): Promise<Lease> => {
      const data = (await api.leases.lookup(id ?? '')).data ?? {}
      return {
        id: textOf(data.id),
        issued: textOf(data.issue_time),
        ends: textOf(data.expire_time),
        renewed: textOf(data.last_renewal),
        ttl: numberOf(data.ttl),
        renewable: flagOf(data.renewable),
      }
    },
    enabled: id !== undefined,
  })

export const revokeLease = (id: string) => api.leases.revoke(id, true)
export const revokeBelow = (prefix: string) => api.leases.revokePrefix(prefix.replace(/\/$/, ''), true)
export const forceBelow = (prefix: string) => api.leases.revokeForce(prefix.replace(/\/$/, ''))

import { useQuery } from '@tanstack/react-query'
import type { SealStatus } from '../../../src/client/api/seal.ts'
import { ClientError } from '../../../src/client/error.ts'
import { api } from './client.ts'

export type { SealStatus }

export const sealKey = ['seal-status'] as const

/** Milliseconds after which a closed server is asked again: others give their shares elsewhere. */
const pause = 3000

/** Where the node stands that answers; asked again and again. */
export const useSealStatus = (enabled: boolean) =>
  useQuery({
    queryKey: sealKey,
    queryFn: () => api.seal.status(),
    enabled,
    refetchInterval: pause,
    staleTime: 0,
    retry: false,
  })

/** What became of a share that was given. `progress` of the status counts those that are in. */
export type Given =
  | { readonly kind: 'taken' | 'again' | 'open'; readonly status: SealStatus }
  /** It is no share of a key, or enough of them were given that do not belong together. */
  | { readonly kind: 'none' | 'wrong'; readonly status: SealStatus }

/**
 * Gives one share of the key to this node.
 *
 * @param before where the node stood
 * @throws ClientError for everything but a share that is refused
 */
export async function giveShare(share: string, before: SealStatus): Promise<Given> {
  const status = await api.seal.unseal(share).catch(refusedAs400)
  if (status !== undefined) {
    if (!status.sealed) return { kind: 'open', status }
    return { kind: status.progress > before.progress ? 'taken' : 'again', status }
  }
  const after = await api.seal.status()
  const wasLast = before.t > 1 && before.progress === before.t - 1 && after.progress === 0
  return { kind: wasLast ? 'wrong' : 'none', status: after }
}

function refusedAs400(error: unknown): undefined {
  if (error instanceof ClientError && error.status === 400) return undefined
  throw error
}

export const resetShares = () => api.seal.resetUnseal()

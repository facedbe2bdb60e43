import { api, client } from '../client.ts'
import { useAllPages } from '../pages.ts'
import { tokenOf } from './token.ts'

/** All tokens, or those of one person. */
export const useTokens = (person: string | undefined, enabled = true) =>
  useAllPages({
    enabled,
    key: ['tokens', person],
    path: 'auth/token/details',
    name: 'tokens',
    ...(person !== undefined && { query: { entity_id: person } }),
    rowOf: tokenOf,
  })

/** Ends a token with all that were made with it. */
export const revokeToken = (accessor: string) => api.token.revoke({ kind: 'accessor', accessor })

/** Ends a token alone: what was made with it goes on by itself. */
export const revokeAlone = (accessor: string) => client.write('auth/token/revoke-orphan', { accessor })

/**
 * Ends several, one after the other, and goes on where one does not work.
 *
 * @param ended hears how many are done
 * @throws the first error, when all were tried
 */
export async function revokeTokens(
  accessors: readonly string[],
  ended: (count: number) => void,
): Promise<void> {
  let failure: unknown
  let count = 0
  for (const accessor of accessors) {
    try {
      await revokeToken(accessor)
      ended(++count)
    } catch (error) {
      failure ??= error
    }
  }
  if (failure !== undefined) throw failure
}

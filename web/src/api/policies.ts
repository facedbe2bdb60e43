import { type QueryClient, useQuery } from '@tanstack/react-query'
import { api } from './client.ts'
import { unlessOvertaken } from './secrets.ts'

/** Policies that the server keeps for itself. */
export const builtInPolicies: ReadonlySet<string> = new Set(['root', 'response-wrapping'])

export const usePolicies = () => useQuery({ queryKey: ['policies'], queryFn: () => api.policies.list() })

/** The text of a policy; null where there is none of that name. */
export const usePolicy = (name: string | undefined) =>
  useQuery({
    queryKey: ['policy', name],
    queryFn: () => readPolicy(name ?? ''),
    enabled: name !== undefined,
  })

export const readPolicy = async (name: string): Promise<string | null> =>
  (await api.policies.read(name)) ?? null

/**
 * Writes a policy.
 *
 * @param base the text that its writer saw; empty where there was to be none
 * @throws Overtaken when somebody else changed it meanwhile
 */
export async function writePolicy(name: string, text: string, base: string): Promise<void> {
  await unlessOvertaken(api.policies.write(name, text, base))
}

export async function deletePolicy(name: string): Promise<void> {
  await api.policies.delete(name)
}

/** The policies are asked for anew. */
export async function refreshPolicies(queries: QueryClient): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: ['policies'] }),
    queries.invalidateQueries({ queryKey: ['policy'] }),
    queries.invalidateQueries({ queryKey: ['allowed'] }),
  ])
}

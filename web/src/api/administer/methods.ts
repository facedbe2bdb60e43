import { useQuery } from '@tanstack/react-query'
import { objectsOf, textOf } from '../../../../src/client/shape.ts'
import { client } from '../client.ts'

export type Method = { readonly path: string; readonly type: string; readonly accessor: string }

/** The methods by which people log in, as far as somebody can have a name at one. */
export const useMethods = (enabled = true) =>
  useQuery({ queryKey: ['methods'], queryFn: readMethods, staleTime: 60_000, enabled })

async function readMethods(): Promise<Method[]> {
  const { data } = await client.call('GET', 'sys/auth')
  return Object.entries(objectsOf(data ?? {}))
    .map(([path, method]) => ({ path, type: textOf(method.type), accessor: textOf(method.accessor) }))
    .filter(({ type }) => type !== 'token')
}

import { useQuery } from '@tanstack/react-query'
import { listOf, objectOf, textOf } from '../../../src/client/shape.ts'
import { client } from './client.ts'

/** What an entity, or one of its logins, says that the person is called; empty where none does. */
export const useEntityName = (id: string | undefined) =>
  useQuery({
    queryKey: ['entity-name', id],
    queryFn: () => readName(id ?? ''),
    enabled: id !== undefined,
    staleTime: 300_000,
  })

async function readName(id: string): Promise<string> {
  const data = (await client.read(`identity/entity/id/${id}`))?.data ?? {}
  const said = [data, ...listOf(data.aliases)].map(({ metadata }) => textOf(objectOf(metadata).name))
  return said.find((name) => name !== '') ?? ''
}

import { useQuery } from '@tanstack/react-query'
import { objectOf } from '../../../../src/client/shape.ts'
import { client } from '../client.ts'
import { type Operation, operationsOf } from './operations.ts'

/** What the server says that it does, for whoever is logged in. */
export const useOperations = () =>
  useQuery({ queryKey: ['operations'], queryFn: readOperations, staleTime: 300_000 })

async function readOperations(): Promise<readonly Operation[]> {
  const { body } = await client.call('GET', 'sys/internal/specs/openapi')
  return operationsOf(objectOf(body))
}

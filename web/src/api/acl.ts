import { useQuery } from '@tanstack/react-query'
import { type Allowed, allowedBy } from './allowed.ts'
import { client } from './client.ts'

export const useAllowed = (): Allowed => {
  const { data } = useQuery({ queryKey: ['allowed'], queryFn: readAllowed, staleTime: 60_000 })
  return data ?? nothing
}

const nothing: Allowed = () => false

async function readAllowed(): Promise<Allowed> {
  const answer = await client.read('sys/internal/ui/resultant-acl')
  return allowedBy(answer?.data ?? {})
}

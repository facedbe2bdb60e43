import { useQuery } from '@tanstack/react-query'
import { objectOf, textOf } from '../../../src/client/shape.ts'
import { client } from './client.ts'

/** As many as the server tells at once. */
const most = 100

type Waiting = {
  readonly id: string
  readonly tell: (name: string) => void
  readonly fail: (error: unknown) => void
}
let waiting: Waiting[] = []

/** What somebody is called, as far as the server tells this session; empty where it does not. */
export const useName = (entityId: string) =>
  useQuery({
    queryKey: ['name', entityId],
    queryFn: () => nameOf(entityId),
    enabled: entityId !== '',
    staleTime: 300_000,
    retry: false,
  })

/** Those whose names are asked for at the same time are asked for together. */
function nameOf(id: string): Promise<string> {
  return new Promise((tell, fail) => {
    if (waiting.length === 0) setTimeout(() => void askAll(), 0)
    waiting.push({ id, tell, fail })
  })
}

async function askAll(): Promise<void> {
  const all = waiting
  waiting = []
  for (let at = 0; at < all.length; at += most) await ask(all.slice(at, at + most))
}

async function ask(some: readonly Waiting[]): Promise<void> {
  try {
    const ids = some.map(({ id }) => id).join(',')
    const names = objectOf((await client.read('sys/internal/ui/people', { ids }))?.data?.names)
    for (const { id, tell } of some) tell(textOf(names[id]))
  } catch (error) {
    for (const { fail } of some) fail(error)
  }
}

import { useQuery } from '@tanstack/react-query'
import { flagOf, listOf, numberOf, objectOf, textOf, textsOf } from '../../../src/client/shape.ts'
import { useAllowed } from './acl.ts'
import { api, client } from './client.ts'
import type { Deed, SpaceEvent } from './deed.ts'
import { whoOf } from './who.ts'

/** What somebody did with secrets lately, and what others did with theirs; the newest first. */
export const useDeeds = () => useQuery({ queryKey: ['usage', 'recent'], queryFn: readDeeds })

async function readDeeds(): Promise<Deed[]> {
  const { entries = null } = (await client.call('GET', 'sys/usage/recent')).data ?? {}
  return listOf(entries).map((one) => ({
    mount: textOf(one.mount),
    name: textOf(one.name),
    operation: textOf(one.operation),
    times: numberOf(one.times),
    first: textOf(one.first),
    last: textOf(one.last),
    address: textOf(one.remote_address),
    who: whoOf(one),
    way: one.way === 'opening' || one.way === 'locker' ? one.way : undefined,
    isOwn: flagOf(one.own),
  }))
}

/** Milliseconds that events are shown for. */
const shown = 30 * 24 * 3600_000

/** What happened to the space of whoever asks lately; the newest first. Not asked for whoever is no person. */
export function useSpaceEvents(isPerson = true) {
  const allowed = useAllowed()
  return useQuery({
    queryKey: ['space-events'],
    queryFn: readEvents,
    enabled: isPerson && allowed('sys/spaces/events', 'list'),
    staleTime: 60_000,
  })
}

async function readEvents(): Promise<SpaceEvent[]> {
  // Ids begin with their time.
  const after = String(Date.now() - shown).padStart(14, '0')
  const found = await api.spaces.events({ after })
  return Object.entries(found)
    .map(([id, one]) => ({
      id,
      kind: textOf(one.kind),
      time: textOf(one.time),
      by: one.by === undefined ? undefined : whoOf(objectOf(one.by)),
      reason: textOf(one.reason),
      until: textOf(one.until),
      capabilities: textsOf(one.capabilities),
    }))
    .reverse()
}

import type { JsonObject } from '../../base/json/json.ts'
import type { Random } from '../../base/random.ts'
import type { ListOptions, StorageKey } from '../../storage/store.ts'
import { jsonRecord } from '../../transaction/record.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import type { Actor } from './actor.ts'
import { type Owner, type Space, segmentOf } from './space.ts'

export type EventKind =
  /** An operator may look into the space for a time. */
  | 'opened'
  /** That ended before its time. */
  | 'closed'
  /** The name by which a login finds the owner's entity was made, changed, taken away or joined to another. */
  | 'alias_created'
  | 'alias_renamed'
  | 'alias_removed'
  | 'alias_merged'
  /** The configuration trusts another issuer or claim, one more provider, or one less. */
  | 'provider_changed'
  | 'provider_added'
  | 'provider_removed'
  | 'mount_moved'

/**
 * Something that happened to a space and that its owner should know. Nothing removes it: no route does, and
 * no duty. Time in milliseconds.
 */
export type SpaceEvent = {
  readonly time: number
  readonly kind: EventKind
  /** Absent where the configuration of the server did it. */
  readonly by?: Actor
  /** What else there is to know, as answers show it. */
  readonly details: JsonObject
}

const events = jsonRecord<SpaceEvent>('event of a space')
const prefixOf = (space: Space) => `ns/root/spaces/event/${space.mount}/${segmentOf(space)}/`

const digits = 14
const idAt = (time: number) => String(time).padStart(digits, '0')
const isEventId = (text: string) => /^\d{14}-[0-9a-f-]{36}$/.test(text)

/** An id that sorts by time. */
export const timedId = (random: Random, time: number) => `${idAt(time)}-${random.uuid()}`

/** Records an event for the owner of a space; with an empty folder, for all owners there. */
export function recordEvent(tx: Transaction, random: Random, space: Space, event: SpaceEvent): void {
  tx.put(events, `${prefixOf(space)}${timedId(random, event.time)}` as StorageKey, event)
}

export type Found = { readonly id: string; readonly event: SpaceEvent }

/** The most events of one answer. */
const maxShown = 500

/** What happened to an owner's space, and to all of its mount since they own it; the oldest first. */
export async function eventsOf(
  tx: Transaction,
  space: Space,
  owner: Owner,
  { after, limit }: ListOptions,
): Promise<Found[]> {
  const most = Math.min(limit ?? maxShown, maxShown)
  const own = await tx.list(prefixOf(space), { after, limit: most })
  const since = idAt(owner.since)
  const shared = await tx.list(prefixOf({ ...space, folder: '' }), {
    after: after === undefined || after < since ? since : after,
    limit: most,
  })
  const ids = [...own.names, ...shared.names].sort().slice(0, most)
  const found = await Promise.all(ids.map((id) => eventOf(tx, space, owner, id)))
  return found.filter((one) => one !== undefined)
}

/** One event, if it is of this owner's. */
export async function eventOf(
  tx: Transaction,
  space: Space,
  owner: Owner,
  id: string,
): Promise<Found | undefined> {
  if (!isEventId(id)) return undefined
  const own = await tx.get(events, `${prefixOf(space)}${id}` as StorageKey)
  if (own !== undefined) return { id, event: own }
  const shared = await tx.get(events, `${prefixOf({ ...space, folder: '' })}${id}` as StorageKey)
  return shared === undefined || shared.time < owner.since ? undefined : { id, event: shared }
}

import type { Clock } from '../../base/clock.ts'
import type { Random } from '../../base/random.ts'
import type { StorageKey } from '../../storage/store.ts'
import { jsonRecord } from '../../transaction/record.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import type { Operation } from '../message.ts'
import { type Actor, actorData } from './actor.ts'
import { recordEvent, timedId } from './events.ts'
import { type Space, segmentOf } from './space.ts'

/** What an opening can allow; the policies of its holder have to allow it too. */
export const openingCapabilities = ['read', 'list', 'create', 'update', 'delete'] as const
export type OpeningCapability = (typeof openingCapabilities)[number]

/** A space that is open to one token for a time. Times in milliseconds. */
export type Opening = {
  readonly id: string
  readonly space: Space
  /** The UUID that names the token itself, see `TokenRecord.instance`. */
  readonly token: string
  readonly by: Actor
  readonly reason: string
  readonly capabilities: readonly OpeningCapability[]
  readonly from: number
  readonly until: number
}

/** What the guard reads: one row for a space and a token. */
type Pass = Pick<Opening, 'id' | 'capabilities' | 'until'>
type Tools = { readonly clock: Clock; readonly random: Random }

export const openings = jsonRecord<Opening>('opening of a space')
const passes = jsonRecord<Pass>('pass to a space')

export const openingPrefix = 'ns/root/spaces/open/'
/** Whether a text has the form of an opening's id: milliseconds since 1970 of its end, and a UUID. */
export const isOpeningId = (text: string) => /^\d{14}-[0-9a-f-]{36}$/.test(text)
/** @param id sorts by the end of the opening */
export const openingKey = (id: string) => `${openingPrefix}${id}` as StorageKey
const passKey = (space: Space, token: string) =>
  `ns/root/spaces/pass/${space.mount}/${segmentOf(space)}/${token}` as StorageKey

/** Opens a space and records it for the owner in the same commit. An opening that the token has is replaced. */
export async function openSpace(
  tx: Transaction,
  tools: Tools,
  wanted: Omit<Opening, 'id' | 'from' | 'until'>,
  milliseconds: number,
): Promise<Opening> {
  const from = tools.clock.now()
  const until = from + milliseconds
  const opening: Opening = { ...wanted, id: timedId(tools.random, until), from, until }
  const key = passKey(opening.space, opening.token)
  const before = await tx.get(passes, key)
  if (before !== undefined) tx.delete(openingKey(before.id))
  tx.put(openings, openingKey(opening.id), opening)
  tx.put(passes, key, { id: opening.id, capabilities: opening.capabilities, until })
  recordEvent(tx, tools.random, opening.space, {
    time: from,
    kind: 'opened',
    by: opening.by,
    details: {
      capabilities: [...opening.capabilities],
      opening: opening.id,
      reason: opening.reason,
      until: new Date(until).toISOString(),
    },
  })
  return opening
}

/** Ends an opening before its time and tells the owner. */
export async function closeSpace(tx: Transaction, tools: Tools, opening: Opening, by: Actor): Promise<void> {
  await dropOpening(tx, opening)
  recordEvent(tx, tools.random, opening.space, {
    time: tools.clock.now(),
    kind: 'closed',
    by,
    details: { opened_by: actorData(opening.by), opening: opening.id },
  })
}

/** Takes the rows of an opening away; what the owner can read of it stays. */
export async function dropOpening(tx: Transaction, opening: Opening): Promise<void> {
  tx.delete(openingKey(opening.id))
  const key = passKey(opening.space, opening.token)
  if ((await tx.get(passes, key))?.id === opening.id) tx.delete(key)
}

/** Whether a space is open now to a token, for this operation. */
export async function isOpenTo(
  tx: Transaction,
  space: Space,
  token: string,
  operation: Operation,
  now: number,
): Promise<boolean> {
  const pass = await tx.get(passes, passKey(space, token))
  return pass !== undefined && now < pass.until && pass.capabilities.includes(capabilityOf(operation))
}

function capabilityOf(operation: Operation): OpeningCapability {
  if (operation === 'scan') return 'list'
  return operation === 'patch' ? 'update' : operation
}

import { shape } from '../../../backend/answers/shape.ts'
import type { JsonObject } from '../../../base/json/json.ts'
import { timeText } from '../../../base/time.ts'
import type { StorageKey } from '../../../storage/store.ts'
import type { TokenHash } from '../../../token/record.ts'
import { jsonRecord } from '../../../transaction/record.ts'

/**
 * A move that is too large for one commit. It is written in the commit of its first part and changed in that of each
 * other one, so that what is left to do is what still lies at the source. Times in milliseconds.
 */
export type Move = {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly overwrite: boolean
  readonly state: 'running' | 'done' | 'stopped'
  /** Why it stopped. */
  readonly reason?: string
  readonly moved: number
  readonly started: number
  readonly updated: number
  /** Who began it: the token, by its hash. */
  readonly hash: TokenHash
  readonly instance: string
  readonly entityId: string
  readonly address: string
}

export const moves = jsonRecord<Move>('move')
export const movePrefix = 'ns/root/kv-move/'
export const moveKey = (id: string) => `${movePrefix}${id}` as StorageKey

const moveMembers = {
  atomic: shape.boolean(),
  from: shape.string(),
  to: shape.string(),
  moved: shape.integer('Secrets that have moved.'),
}
const jobMembers = {
  job: shape.string(),
  state: shape.string(),
  started_time: shape.time(),
  updated_time: shape.time(),
}
const reason = { reason: shape.string('Why it stopped.') }
/** A move under way. */
export const moveShape = shape.object({ ...moveMembers, ...jobMembers }, reason)
/** A move that was done at once, or one that is under way. */
export const movedShape = shape.object(moveMembers, { ...jobMembers, ...reason })

export const shownMove = (move: Move): JsonObject => ({
  atomic: false,
  job: move.id,
  state: move.state,
  ...(move.reason === undefined ? {} : { reason: move.reason }),
  from: move.from,
  to: move.to,
  moved: move.moved,
  started_time: timeText(move.started),
  updated_time: timeText(move.updated),
})

import type { JsonObject } from '../../base/json/json.ts'
import { shape } from '../answers/shape.ts'
import type { Caller } from '../context.ts'

/** Who did something, as an owner may see it. */
export type Actor = {
  readonly displayName: string
  /** Empty for a token without an entity. */
  readonly entityId: string
  readonly accessor: string
}

/** Who holds a token, by what the token says of itself. */
export function actorOf({ token: { record } }: { readonly token: Pick<Caller['token'], 'record'> }): Actor {
  return { displayName: record.displayName, entityId: record.entityId, accessor: record.accessor }
}

/** The same as answers and events show it. */
export const actorData = ({ displayName, entityId, accessor }: Actor): JsonObject => ({
  accessor,
  display_name: displayName,
  entity_id: entityId,
})

/** What {@link actorData} shows. */
export const actorShape = shape.object({
  accessor: shape.string(),
  display_name: shape.string(),
  entity_id: shape.string(),
})

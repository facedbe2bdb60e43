import type { JsonObject } from '../../../src/base/json/json.ts'
import { textOf } from '../../../src/client/shape.ts'

/** Who did something. */
export type Who = {
  readonly displayName: string
  /** Empty for a token that belongs to nobody. */
  readonly entityId: string
}

/** Who is named in a part of an answer. */
export const whoOf = (one: JsonObject): Who => ({
  displayName: textOf(one.display_name),
  entityId: textOf(one.entity_id),
})

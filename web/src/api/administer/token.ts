import type { JsonObject } from '../../../../src/base/json/json.ts'
import { flagOf, numberOf, objectOf, textOf, textsOf } from '../../../../src/client/shape.ts'

/** A token that somebody holds, known by its accessor, which opens nothing. */
export type Token = {
  readonly accessor: string
  readonly displayName: string
  /** Whose it is now; empty for a token that belongs to nobody. */
  readonly ownerId: string
  /** What its owner is called; empty where there is none. */
  readonly ownerName: string
  /** It is refused until its owner is enabled. */
  readonly isClosed: boolean
  readonly policies: readonly string[]
  /** Milliseconds since 1970. */
  readonly created: number
  /** Milliseconds since 1970; undefined for one that does not end. */
  readonly ends: number | undefined
  /** Undefined for one without a limit. */
  readonly usesLeft: number | undefined
  /** What made it. */
  readonly path: string
  readonly isOrphan: boolean
  /** The accessor of the token that it ends with; empty without one. */
  readonly parent: string
  readonly meta: JsonObject
  readonly renewable: boolean
}

export function tokenOf(one: JsonObject): Token {
  const ends = Date.parse(textOf(one.expire_time))
  return {
    accessor: textOf(one.accessor),
    displayName: textOf(one.display_name),
    ownerId: textOf(one.owner_id),
    ownerName: textOf(one.owner_name),
    isClosed: flagOf(one.owner_disabled),
    policies: textsOf(one.policies),
    created: numberOf(one.creation_time) * 1000,
    ends: Number.isNaN(ends) ? undefined : ends,
    usesLeft: numberOf(one.num_uses) || undefined,
    path: textOf(one.path),
    isOrphan: flagOf(one.orphan),
    parent: textOf(one.parent_accessor),
    meta: objectOf(one.meta),
    renewable: flagOf(one.renewable),
  }
}

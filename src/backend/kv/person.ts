import type { Caller } from '../context.ts'

/** Who did something with a secret, as their token says it; `entityId` is empty for a token that belongs to nobody. */
export type Person = { readonly displayName: string; readonly entityId: string }

export const personOf = (caller: Caller | undefined): Person | undefined =>
  caller === undefined
    ? undefined
    : { displayName: caller.token.record.displayName, entityId: caller.token.record.entityId }

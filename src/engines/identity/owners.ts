import { callerOf, type SystemContext } from '../../backend/context.ts'
import { actorOf } from '../../backend/spaces/actor.ts'
import type { EventKind } from '../../backend/spaces/events.ts'
import { recordAliasEvent } from '../../backend/spaces/logins.ts'
import type { JsonObject } from '../../base/json.ts'
import type { Alias } from '../../identity/record.ts'

/** Tells the owner of a space that the name of their alias was touched, if there is such an owner. */
export const tellOwner = (
  context: SystemContext,
  alias: Pick<Alias, 'mountAccessor' | 'name'>,
  kind: EventKind & `alias_${string}`,
  details: JsonObject,
): Promise<void> => recordAliasEvent(context.tx, context, alias, kind, actorOf(callerOf(context)), details)

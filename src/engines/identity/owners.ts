import { callerOf, type SystemContext } from '../../backend/context.ts'
import { actorOf } from '../../backend/spaces/actor.ts'
import type { EventKind } from '../../backend/spaces/events.ts'
import { recordAliasEvent } from '../../backend/spaces/logins.ts'
import type { JsonObject } from '../../base/json/json.ts'
import type { Change } from '../../identity/login.ts'

/** Tells the owner of a space that an alias of theirs was touched, if there is such an owner. */
export const tellOwner = (
  context: SystemContext,
  change: Pick<Change, 'entity' | 'alias'>,
  kind: EventKind & `alias_${string}`,
  details: JsonObject,
): Promise<void> => recordAliasEvent(context.tx, context, change, kind, actorOf(callerOf(context)), details)

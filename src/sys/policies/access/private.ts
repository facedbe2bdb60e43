import { callerOf, type SystemContext } from '../../../backend/context.ts'
import { actorData } from '../../../backend/spaces/actor.ts'
import { type Opening, openingKey, openingPrefix, openings } from '../../../backend/spaces/openings.ts'
import { ownerOf, personId, type Space } from '../../../backend/spaces/space.ts'
import type { JsonObject } from '../../../base/json/json.ts'
import { timeText } from '../../../base/time.ts'
import { entityOfPerson } from '../../../identity/persons.ts'
import type { Entity } from '../../../identity/record.ts'
import { resolveAccessor } from '../../../token/resolve.ts'
import type { SystemServices } from '../../services.ts'

/** Openings that one answer looks through. */
const maxOpenings = 1000

export type PrivateSpace = {
  /** Whether it is the caller's own. */
  readonly isOwn: boolean
  readonly data: JsonObject
}

/** Who gets into a private space: its owner, and for a time those tokens that it was opened to. */
export async function privateSpace(
  services: SystemServices,
  context: SystemContext,
  space: Space,
): Promise<PrivateSpace> {
  const { tx } = context
  const owner = await ownerOf(tx, space)
  const person = owner && personId(owner)
  const isOwn = person !== undefined && callerOf(context).token.record.person === person
  const entity = person === undefined ? undefined : await entityOfPerson(tx, person)
  const open: JsonObject[] = []
  for (const opening of await livingOpenings(services, context, space)) {
    open.push({
      by: actorData(opening.by),
      capabilities: [...opening.capabilities],
      until: timeText(opening.until),
    })
  }
  return {
    isOwn,
    data: {
      is_own: isOwn,
      owner: entity === undefined ? null : { id: entity.id, name: entity.name, called: calledIn(entity) },
      openings: open,
    },
  }
}

/** What people know somebody by: the name that was given, or that a login says, or comes by. */
export function calledIn({ name, metadata, aliases }: Entity): string {
  const said = [metadata, ...aliases.map((alias) => alias.metadata)].map((texts) => texts?.name ?? '')
  const isDrawn = /^entity_[0-9a-f]{12}$/.test(name)
  return said.find((one) => one !== '') ?? ((isDrawn ? aliases[0]?.name : undefined) || name)
}

async function livingOpenings(
  services: SystemServices,
  { tx, clock }: SystemContext,
  space: Space,
): Promise<Opening[]> {
  // Ids begin with the end of their opening.
  const now = String(clock.now()).padStart(14, '0')
  const { names } = await tx.list(openingPrefix, { after: now, limit: maxOpenings })
  await tx.fetch(names.map((id) => ({ kind: openings, key: openingKey(id) })))
  const living: Opening[] = []
  for (const id of names) {
    const opening = await tx.get(openings, openingKey(id))
    const { mount, people, folder } = opening?.space ?? {}
    if (opening === undefined || mount !== space.mount || people !== space.people) continue
    if (folder !== space.folder || opening.until <= clock.now()) continue
    const holder = await resolveAccessor(tx, services.tokens(), opening.by.accessor)
    if (holder?.record.instance === opening.token) living.push(opening)
  }
  return living
}

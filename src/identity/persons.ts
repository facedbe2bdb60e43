import type { Transaction } from '../transaction/transaction.ts'
import { type Entity, entities, entityKey, personKey, references } from './record.ts'

/** The entity of a person whom a trusted provider names, whatever login they come by. */
export async function entityOfPerson(tx: Transaction, person: string): Promise<Entity | undefined> {
  const reference = await tx.get(references, personKey(person))
  return reference === undefined ? undefined : tx.get(entities, entityKey(reference.id))
}

/** The entity as one that the person finds from now on, unless they have one already. */
export async function withPerson(tx: Transaction, entity: Entity, person: string): Promise<Entity> {
  if ((await entityOfPerson(tx, person)) !== undefined) return entity
  tx.put(references, personKey(person), { id: entity.id })
  return { ...entity, persons: [...new Set([...(entity.persons ?? []), person])].sort() }
}

/** The entity without the persons for whom no alias of it is proven any more: they do not find it again. */
export function withoutStrangers(tx: Transaction, entity: Entity): Entity {
  const { persons = [], ...rest } = entity
  const kept = persons.filter((person) => entity.aliases.some((alias) => alias.person === person))
  if (kept.length === persons.length) return entity
  forgetPersons(tx, { persons: persons.filter((person) => !kept.includes(person)) })
  return kept.length === 0 ? rest : { ...rest, persons: kept }
}

/** Lets the persons of an entity find it no more. */
export function forgetPersons(tx: Transaction, { persons = [] }: Pick<Entity, 'persons'>): void {
  for (const person of persons) tx.delete(personKey(person))
}

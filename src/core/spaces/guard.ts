import type { Caller } from '../../backend/context.ts'
import type { Person } from '../../backend/logins/login.ts'
import type { Operation } from '../../backend/message.ts'
import { type Entrant, mayEnter } from '../../backend/spaces/entry.ts'
import { namedSpace, ownerKey, ownerOf, owners, personId, type Space } from '../../backend/spaces/space.ts'
import { fail } from '../../base/errors.ts'
import type { Transaction } from '../../transaction/transaction.ts'

/**
 * Makes a person's space at their first login.
 *
 * @throws forbidden when the folder belongs to somebody of another issuer
 */
export async function claimSpace(tx: Transaction, space: Space, person: Person, now: number): Promise<void> {
  const owner = await ownerOf(tx, space)
  const { issuer, claim, value } = person
  if (owner === undefined) return tx.put(owners, ownerKey(space), { issuer, claim, value, since: now })
  if (personId(owner) !== personId(person)) {
    fail('forbidden', 'a space of this name belongs to a person of another identity provider or claim')
  }
}

/**
 * Lets nobody but the owner pass, whatever their policies say, root included; and a token that the space was
 * opened to, for what and for how long it was.
 *
 * @throws policy_denied
 */
export async function guardSpace(
  tx: Transaction,
  space: Space,
  { path, operation }: { readonly path: string; readonly operation: Operation },
  caller: Entrant | undefined,
  now: number,
): Promise<void> {
  if (!(await mayEnter(tx, space, operation, caller, now))) {
    fail('policy_denied', '', { denied: { path, missing: [], by: 'owner' } })
  }
}

/** The names that a listing of a folder of people shows to the caller: their own space, if it is there. */
export async function ownSpaces(
  tx: Transaction,
  people: Space,
  caller: Caller | undefined,
): Promise<string[]> {
  const { person, space } = caller?.token.record ?? {}
  const own = namedSpace(space)
  if (person === undefined || own?.mount !== people.mount || own.people !== people.people) return []
  const owner = await ownerOf(tx, own)
  return owner !== undefined && personId(owner) === person ? [`${own.folder}/`] : []
}

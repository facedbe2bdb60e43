import type { Login, ProvenPerson } from '../../backend/logins/login.ts'
import { readSpacesTable } from '../../backend/spaces/logins.ts'
import { personId, spaceName } from '../../backend/spaces/space.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import { folderName, isFolderName } from './names.ts'
import type { SpacesSettings } from './settings.ts'

/**
 * Who comes by a login method that spaces did not make: a person, if they have proven by it all that the login
 * of spaces would ask for, and the name of their space. Such a method takes what its operator says, also tokens
 * that were made for another service, which could act as its users here.
 */
export async function knownElsewhere(
  tx: Transaction,
  { person }: Login,
  all: readonly SpacesSettings[],
): Promise<{ person?: string; space?: string }> {
  if (person === undefined) return {}
  const { logins } = await readSpacesTable(tx)
  const login = logins.find(
    ({ issuer, claim, retired }) => issuer === person.issuer && claim === person.claim && retired !== true,
  )
  const settings = all.find(({ name }) => name === login?.name)
  if (login === undefined || settings === undefined || !isMeant(settings, person)) return {}
  const { home: mount, people, qualifier } = login
  return {
    person: personId(person),
    ...(isFolderName(person.value)
      ? { space: spaceName({ mount, people, folder: folderName(person.value, qualifier) }) }
      : {}),
  }
}

/** Whether the token was made for a service and a client that the block takes tokens of. */
function isMeant(
  { boundAudiences, allowAnyAudience, clientIds = [] }: SpacesSettings,
  { audiences, client = '' }: ProvenPerson,
): boolean {
  const forUs = allowAnyAudience === true || audiences.some((audience) => boundAudiences.includes(audience))
  return forUs && (clientIds.length === 0 || clientIds.includes(client))
}

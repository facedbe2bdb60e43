import { createHash } from 'node:crypto'
import type { Caller } from '../../backend/context.ts'
import type { Person } from '../../backend/login.ts'
import { type Mount, mountPoint } from '../../backend/mount.ts'
import { fail } from '../../base/errors.ts'
import type { StorageKey } from '../../storage/store.ts'
import { jsonRecord } from '../../transaction/record.ts'
import type { Transaction } from '../../transaction/transaction.ts'

/** Who owns a space: the issuer, the claim and its value, as they were at the first login. */
type Owner = Person & { readonly since: number }

const owners = jsonRecord<Owner>('owner of a space')
const digest = (text: string) => createHash('sha256').update(text).digest('base64url')
const ownerKey = (mount: Mount, folder: string) =>
  `ns/root/spaces/owner/${mount.uuid}/${digest(folder)}` as StorageKey

/** Names a person through every method that trusts the same issuer; part of the tokens that they get. */
export const personId = ({ issuer, claim, value }: Person) => digest(JSON.stringify([issuer, claim, value]))

const usersFolder = 'users/'

/** The name of the space that a path below a spaces mount leads into; undefined outside of `users/`. */
export function spaceOf(mount: Mount, path: string): string | undefined {
  if (mount.spaces === undefined || mount.table !== 'secret') return undefined
  const inside = path.slice(mountPoint(mount).length)
  if (!inside.startsWith(usersFolder)) return undefined
  return inside.slice(usersFolder.length).split('/')[0] ?? ''
}

/** What a person's folder may be called: one segment that means nothing to paths or policies. */
function checkFolder(value: string): void {
  if (!/^[\w@.:~-]{1,256}$/.test(value) || /^\.+$/.test(value)) {
    fail('forbidden', 'the identity provider names you in a form that cannot be the name of a folder')
  }
}

/**
 * Makes a person's space at their first login.
 *
 * @throws forbidden when the folder belongs to somebody of another issuer
 */
export async function claimSpace(tx: Transaction, mount: Mount, person: Person, now: number): Promise<void> {
  checkFolder(person.value)
  const key = ownerKey(mount, person.value)
  const owner = await tx.get(owners, key)
  if (owner === undefined) return tx.put(owners, key, { ...person, since: now })
  if (personId(owner) !== personId(person)) {
    fail('forbidden', 'a space of this name belongs to a person of another identity provider or claim')
  }
}

/**
 * Lets nobody but the owner pass, whatever their policies say, root included.
 *
 * @throws policy_denied
 */
export async function guardSpace(
  tx: Transaction,
  mount: Mount,
  path: string,
  caller: Caller | undefined,
): Promise<void> {
  const folder = spaceOf(mount, path)
  // `users/` itself holds nothing; its listing is answered by ownSpaces.
  if (folder === undefined || folder === '') return
  const owner = await tx.get(owners, ownerKey(mount, folder))
  if (owner === undefined || caller?.token.record.person !== personId(owner)) fail('policy_denied')
}

/** The names that a listing of `users/` shows to the caller: their own space, if they have one. */
export async function ownSpaces(
  tx: Transaction,
  mount: Mount,
  caller: Caller | undefined,
): Promise<string[]> {
  const person = caller?.token.record.person
  if (person === undefined) return []
  const folder = caller?.token.record.space
  if (folder === undefined) return []
  const owner = await tx.get(owners, ownerKey(mount, folder))
  return owner !== undefined && personId(owner) === person ? [`${folder}/`] : []
}

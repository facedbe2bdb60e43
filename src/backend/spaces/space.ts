import { createHash } from 'node:crypto'
import type { StorageKey } from '../../storage/store.ts'
import { jsonRecord } from '../../transaction/record.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import type { Person } from '../logins/login.ts'
import { type Mount, mountPoint } from '../mounts/mount.ts'

/** A person's folder, `<mount>/<people>/<folder>/`; with an empty folder, those of all people there. */
export type Space = { readonly mount: string; readonly people: string; readonly folder: string }

/** Who owns a space: the issuer, the claim and its value, as they were at the first login. */
export type Owner = Person & { readonly since: number }

export const owners = jsonRecord<Owner>('owner of a space')
/** Where the owners of a mount's spaces lie. @param mount its UUID */
export const ownerPrefix = (mount: string) => `ns/root/spaces/owner/${mount}/`

const digest = (text: string) => createHash('sha256').update(text).digest('base64url')

/** The folder of people where a configuration names none. */
export const usualFolder = 'users'

/** One segment of a storage key for a space within its mount; folders hold no slash, so none is another's. */
export const segmentOf = ({ people, folder }: Space) =>
  digest(people === usualFolder ? folder : `${people}/${folder}`)

/** Who owns a space; undefined before the first login of a person whose it would be. */
export const ownerOf = (tx: Transaction, space: Space): Promise<Owner | undefined> =>
  tx.get(owners, ownerKey(space))

/** The row that names the owner of a space. */
export const ownerKey = (space: Space) => `${ownerPrefix(space.mount)}${segmentOf(space)}` as StorageKey

/** Names a person through every method that trusts the same issuer; part of the tokens that they get. */
export const personId = ({ issuer, claim, value }: Person) => digest(JSON.stringify([issuer, claim, value]))

/** How a token names its person's space. */
export const spaceName = ({ mount, people, folder }: Space) => `${mount}/${people}/${folder}`

/** The space that a token names; undefined for a token without one. */
export function namedSpace(name: string | undefined): Space | undefined {
  const [mount, people, folder] = name?.split('/') ?? []
  return mount === undefined || people === undefined || folder === undefined
    ? undefined
    : { mount, people, folder }
}

/** The folders of a mount below which each folder has an owner. */
export function peopleOf({ table, spaces, people }: Mount): readonly string[] {
  return people ?? (table === 'secret' && spaces !== undefined ? [usualFolder] : [])
}

/** The space that a path leads into, with an empty folder for the folder of people itself. */
export function spaceAt(mount: Mount, path: string): Space | undefined {
  return spaceWithin(mount, path.slice(mountPoint(mount).length))
}

/** The same for a path below the mount. */
export function spaceWithin(mount: Mount, path: string): Space | undefined {
  const [people = '', folder] = path.split('/', 2)
  if (folder === undefined || !peopleOf(mount).includes(people)) return undefined
  return { mount: mount.uuid, people, folder }
}

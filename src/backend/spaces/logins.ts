import type { Clock } from '../../base/clock.ts'
import type { JsonObject } from '../../base/json/json.ts'
import type { Random } from '../../base/random.ts'
import type { Alias, Entity } from '../../identity/record.ts'
import type { StorageKey } from '../../storage/store.ts'
import { jsonRecord } from '../../transaction/record.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import { mountPoint } from '../mounts/mount.ts'
import { readMounts } from '../mounts/mount-table.ts'
import type { Actor } from './actor.ts'
import { type EventKind, recordEvent } from './events.ts'
import { ownerOf, type Space } from './space.ts'

/** What one block of the spaces configuration made of itself: whose word counts where. */
export type SpacesLogin = {
  readonly name: string
  readonly issuer: string
  readonly claim: string
  /** The UUIDs of the auth mount and of the secrets mount. */
  readonly auth: string
  readonly home: string
  /** The folder of people on the secrets mount. */
  readonly people: string
  /** Follows the names of its people and groups, so that they are nobody else's; empty for bare names. */
  readonly qualifier: string
  readonly policies: readonly string[]
  /** What it gave to groups, so that a later configuration takes back what it does not say any more. */
  readonly grants?: readonly GroupGrant[]
  /** What the folders below `vos/` are called, for those that have another name for people. */
  readonly titles?: Readonly<Record<string, string>>
  /** The configuration no longer names it: nobody logs in by it, and its people still own their spaces. */
  readonly retired?: true
}

/** A policy that a group has, by the group's id. */
export type GroupGrant = { readonly group: string; readonly policy: string }

export type SpacesTable = { readonly logins: readonly SpacesLogin[] }

export const spacesTables = jsonRecord<SpacesTable>('table of spaces')
export const spacesTableKey = 'ns/root/spaces/table' as StorageKey

/** What each block of the spaces configuration made, as of the transaction's instant. */
export async function readSpacesTable(tx: Transaction): Promise<SpacesTable> {
  return (await tx.get(spacesTables, spacesTableKey)) ?? { logins: [] }
}

type Named = Pick<Alias, 'mountAccessor' | 'name'>

/**
 * Tells the owner of a space that a name by which a login finds them was touched: their name on the login of
 * spaces, which is that of their folder, or any other of the same entity. Names that own nothing are nobody's
 * business.
 *
 * @param entity what the alias leads to, or did
 */
export async function recordAliasEvent(
  tx: Transaction,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  { entity, alias }: { readonly entity: Pick<Entity, 'aliases'>; readonly alias: Named },
  kind: EventKind & `alias_${string}`,
  by: Actor,
  details: JsonObject,
): Promise<void> {
  const { byAccessor } = await readMounts(tx)
  const mount = byAccessor(alias.mountAccessor)
  const own = mount?.spaces !== undefined
  const told = own ? [alias] : entity.aliases.filter((other) => byAccessor(other.mountAccessor)?.spaces)
  const elsewhere = own || mount === undefined ? {} : { alias: alias.name, mount: mountPoint(mount) }
  for (const { mountAccessor, name } of told) {
    const space = await spaceOf(tx, byAccessor(mountAccessor)?.uuid, name)
    if (space === undefined) continue
    recordEvent(tx, random, space, { time: clock.now(), kind, by, details: { ...details, ...elsewhere } })
  }
}

/** The space of whom the login of spaces on an auth mount calls so. */
async function spaceOf(tx: Transaction, mount: string | undefined, name: string): Promise<Space | undefined> {
  const { logins } = await readSpacesTable(tx)
  const login = logins.find(({ auth, qualifier }) => auth === mount && qualifier === qualifierIn(name))
  if (login === undefined) return undefined
  const space: Space = { mount: login.home, people: login.people, folder: name }
  return (await ownerOf(tx, space)) === undefined ? undefined : space
}

/** No name of a person holds an equals sign of its own. */
const qualifierIn = (name: string) => name.split('=')[1] ?? ''

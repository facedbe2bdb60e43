import type { Clock } from '../../base/clock.ts'
import type { JsonObject } from '../../base/json.ts'
import type { Random } from '../../base/random.ts'
import type { Alias } from '../../identity/record.ts'
import type { StorageKey } from '../../storage/store.ts'
import { jsonRecord } from '../../transaction/record.ts'
import type { Transaction } from '../../transaction/transaction.ts'
import { readMounts } from '../mount-table.ts'
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
  /** The configuration no longer names it: nobody logs in by it, and its people still own their spaces. */
  readonly retired?: true
}

export type SpacesTable = { readonly logins: readonly SpacesLogin[] }

export const spacesTables = jsonRecord<SpacesTable>('table of spaces')
export const spacesTableKey = 'ns/root/spaces/table' as StorageKey

export async function readSpacesTable(tx: Transaction): Promise<SpacesTable> {
  return (await tx.get(spacesTables, spacesTableKey)) ?? { logins: [] }
}

/**
 * Tells the owner of a space that the name by which their login finds them was touched. The name is that of
 * their folder. Names that own nothing, or are of other logins, are nobody's business.
 */
export async function recordAliasEvent(
  tx: Transaction,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  { mountAccessor, name }: Pick<Alias, 'mountAccessor' | 'name'>,
  kind: EventKind & `alias_${string}`,
  by: Actor,
  details: JsonObject,
): Promise<void> {
  const mount = (await readMounts(tx)).byAccessor(mountAccessor)
  if (mount?.spaces === undefined) return
  const { logins } = await readSpacesTable(tx)
  const login = logins.find(({ auth, qualifier }) => auth === mount.uuid && qualifier === qualifierIn(name))
  if (login === undefined) return
  const space: Space = { mount: login.home, people: login.people, folder: name }
  if ((await ownerOf(tx, space)) === undefined) return
  recordEvent(tx, random, space, { time: clock.now(), kind, by, details })
}

/** No name of a person holds an equals sign of its own. */
const qualifierIn = (name: string) => name.split('=')[1] ?? ''

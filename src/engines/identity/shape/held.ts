import { shape } from '../../../backend/answers/shape.ts'
import type { SystemContext } from '../../../backend/context.ts'
import type { Reply } from '../../../backend/message.ts'
import { readMounts } from '../../../backend/mounts/mount-table.ts'
import { namesOf } from '../../../backend/routes/listing.ts'
import { fail } from '../../../base/errors.ts'
import type { JsonObject } from '../../../base/json/json.ts'
import { type Alias, references } from '../../../identity/record.ts'
import type { ListOptions, StorageKey } from '../../../storage/store.ts'
import { aliasData, aliasMembers, aliasShape } from '../view.ts'
import { checkedMetadata, checkedName, isId } from './fields.ts'

/** An alias and whose it is: an entity's, or an external group's. */
export type Held<T> = { readonly holder: T; readonly alias: Alias }

export type Sent = {
  readonly id?: string
  readonly name?: string
  readonly canonical_id?: string
  readonly mount_accessor?: string
  readonly custom_metadata?: Readonly<Record<string, string>>
}

/** The aliases of one kind of holder. They lie in the holder's row; rows of their own lead to it. */
export type Holders<T extends { readonly id: string }> = {
  readonly prefix: string
  readonly idKey: (id: string) => StorageKey
  readonly nameKey: (mountAccessor: string, name: string) => StorageKey
  readonly byId: (context: SystemContext, id: string) => Promise<T | undefined>
  readonly aliasesOf: (holder: T) => readonly Alias[]
  /** For an alias that is made without saying whose it is. */
  readonly blank: (context: SystemContext) => T
  /** The alias that a write without an id means, as far as one is there. */
  readonly meant: (context: SystemContext, sent: Sent) => Promise<Held<T> | undefined>
  /** Refuses an alias that the holder cannot have. */
  readonly check: (holder: T, alias: Pick<Alias, 'id' | 'mountAccessor'>) => void
  /** Writes the rows of the holders: of the one before, where the alias comes from another, and of the next. */
  readonly keep: (
    context: SystemContext,
    before: Held<T> | undefined,
    after: Held<T>,
    isNew: boolean,
  ) => Promise<void>
}

type Leads<T extends { readonly id: string }> = Pick<Holders<T>, 'byId' | 'aliasesOf'>

export const heldById =
  <T extends { readonly id: string }>({ idKey, byId, aliasesOf }: Leads<T> & Pick<Holders<T>, 'idKey'>) =>
  async (context: SystemContext, id: string): Promise<Held<T> | undefined> => {
    const reference = isId(id) ? await context.tx.get(references, idKey(id)) : undefined
    const holder = reference === undefined ? undefined : await byId(context, reference.id)
    return holder && of(holder, (alias) => alias.id === id, aliasesOf)
  }

export const heldByName =
  <T extends { readonly id: string }>({ nameKey, byId, aliasesOf }: Leads<T> & Pick<Holders<T>, 'nameKey'>) =>
  async (context: SystemContext, accessor: string, name: string): Promise<Held<T> | undefined> => {
    const reference = await context.tx.get(references, nameKey(accessor, name))
    const holder = reference === undefined ? undefined : await byId(context, reference.id)
    return holder && of(holder, (one) => one.mountAccessor === accessor && one.name === name, aliasesOf)
  }

function of<T>(
  holder: T,
  isIt: (alias: Alias) => boolean,
  aliasesOf: (holder: T) => readonly Alias[],
): Held<T> | undefined {
  const alias = aliasesOf(holder).find(isIt)
  return alias && { holder, alias }
}

/** Makes an alias, or gives one another name, mount or holder. */
export async function writeHeld<T extends { readonly id: string }>(
  context: SystemContext,
  holders: Holders<T>,
  sent: Sent,
): Promise<Reply> {
  const before = await existing(context, holders, sent)
  const accessor = sent.mount_accessor || before?.alias.mountAccessor || ''
  const wanted = sent.name || before?.alias.name || ''
  if (accessor === '' || wanted === '') {
    fail('invalid_request', "'id' or 'mount_accessor' and 'name' must be provided")
  }
  if ((await readMounts(context.tx)).byAccessor(accessor) === undefined)
    fail('invalid_request', `invalid mount accessor ${JSON.stringify(accessor)}`)
  const name = checkedName(wanted, 'alias')
  const start = before?.alias ?? newAlias(context)
  const taken = await context.tx.get(references, holders.nameKey(accessor, name))
  const isTheirs = before?.alias.name === name && before.alias.mountAccessor === accessor
  if (taken !== undefined && !isTheirs) {
    fail('invalid_request', 'combination of mount and alias name is already in use')
  }
  const known = await holderOf(context, holders, sent.canonical_id ?? '', before)
  const holder = known ?? holders.blank(context)
  const alias: Alias = {
    ...start,
    name,
    mountAccessor: accessor,
    customMetadata: checkedMetadata(sent.custom_metadata) ?? start.customMetadata,
    updated: context.clock.now(),
  }
  holders.check(holder, alias)
  if (before !== undefined) forgetReferences(context, holders, before.alias)
  await holders.keep(context, before, { holder, alias }, known === undefined)
  refer(context, holders, alias, holder.id)
  return before === undefined ? { data: { canonical_id: holder.id, id: alias.id } } : {}
}

async function existing<T extends { readonly id: string }>(
  context: SystemContext,
  holders: Holders<T>,
  sent: Sent,
): Promise<Held<T> | undefined> {
  const id = context.params.id ?? sent.id ?? ''
  if (id === '') return holders.meant(context, sent)
  return (await heldById(holders)(context, id)) ?? fail('invalid_request', 'invalid alias ID')
}

async function holderOf<T extends { readonly id: string }>(
  context: SystemContext,
  { byId }: Holders<T>,
  id: string,
  before: Held<T> | undefined,
): Promise<T | undefined> {
  if (id === '' || id === before?.holder.id) return before?.holder
  return (await byId(context, id)) ?? fail('invalid_request', 'invalid canonical ID')
}

function newAlias({ clock, random }: SystemContext): Alias {
  const now = clock.now()
  return {
    id: random.uuid(),
    name: '',
    mountAccessor: '',
    metadata: null,
    customMetadata: null,
    created: now,
    updated: now,
  }
}

type Keys = Pick<Holders<never>, 'idKey' | 'nameKey'>

export function refer({ tx }: SystemContext, { idKey, nameKey }: Keys, alias: Alias, holder: string): void {
  tx.put(references, idKey(alias.id), { id: holder })
  tx.put(references, nameKey(alias.mountAccessor, alias.name), { id: holder })
}

export function forgetReferences({ tx }: SystemContext, { idKey, nameKey }: Keys, alias: Alias): void {
  tx.delete(idKey(alias.id))
  tx.delete(nameKey(alias.mountAccessor, alias.name))
}

export async function showHeld<T extends { readonly id: string }>(
  { tx }: SystemContext,
  { holder, alias }: Held<T>,
): Promise<JsonObject> {
  return aliasData(alias, holder.id, await readMounts(tx))
}

export async function listHeld<T extends { readonly id: string }>(
  context: SystemContext,
  holders: Holders<T>,
  options: ListOptions,
): Promise<Reply> {
  const ids = await namesOf((page) => context.tx.list(holders.prefix, page), options)
  const found = await Promise.all(ids.map((id) => heldById(holders)(context, id)))
  const mounts = await readMounts(context.tx)
  const info: JsonObject = {}
  for (const held of found) {
    if (held !== undefined) info[held.alias.id] = aliasData(held.alias, held.holder.id, mounts)
  }
  const keys = Object.keys(info)
  return keys.length === 0 ? fail('not_found') : { data: { keys, key_info: info } }
}

/** What aliases of both kinds answer. */
export const heldShapes = {
  shown: aliasShape,
  written: shape.object({ canonical_id: shape.string(), id: shape.string() }),
  listed: aliasMembers,
}

import type { SystemContext } from '../../../backend/context.ts'
import type { Reply } from '../../../backend/message.ts'
import { type MountTable, readMounts } from '../../../backend/mounts/mount-table.ts'
import { inOrder, namesOf } from '../../../backend/routes/listing.ts'
import { fail } from '../../../base/errors.ts'
import type { JsonObject } from '../../../base/json/json.ts'
import { references } from '../../../identity/record.ts'
import type { ListOptions, StorageKey } from '../../../storage/store.ts'
import type { RecordKind } from '../../../transaction/record.ts'
import { checkedMetadata, checkedName, checkedPolicies, isId } from './fields.ts'

/** What entities and groups have alike. */
type Named = {
  readonly id: string
  readonly name: string
  readonly policies: readonly string[]
  readonly metadata: Readonly<Record<string, string>> | null
  readonly updated: number
}

type Sent = Partial<Pick<Named, 'id' | 'name' | 'policies'>> & {
  readonly metadata?: Readonly<Record<string, string>>
}

/** A set of things that are found by id and by name, without regard to case. */
export type NamedSet<T extends Named, S extends Sent> = {
  /** `entity`, for texts. */
  readonly what: string
  /** What is said of an id that is nobody's. */
  readonly unknown: string
  readonly rows: RecordKind<T>
  readonly prefix: string
  readonly key: (id: string) => StorageKey
  readonly nameKey: (name: string) => StorageKey
  readonly blank: (id: string, now: number, sent: S) => T
  /** The thing with what only its kind has; `before` is absent for a new one. */
  readonly complete: (context: SystemContext, thing: T, sent: S, before: T | undefined) => Promise<T>
  /** What an answer about a new one tells beside its id and name. */
  readonly made: JsonObject
  /** What the list by id tells of each. */
  readonly info: (context: SystemContext, thing: T, mounts: MountTable) => Promise<JsonObject>
}
type Rows<T extends Named> = Pick<
  NamedSet<T, never>,
  'rows' | 'key' | 'nameKey' | 'prefix' | 'what' | 'unknown'
>

export const byIdIn =
  <T extends Named>({ rows, key }: Pick<Rows<T>, 'rows' | 'key'>) =>
  async ({ tx }: Pick<SystemContext, 'tx'>, id: string): Promise<T | undefined> =>
    isId(id) ? tx.get(rows, key(id)) : undefined

export const byNameIn =
  <T extends Named>({ rows, key, nameKey }: Pick<Rows<T>, 'rows' | 'key' | 'nameKey'>) =>
  async ({ tx }: Pick<SystemContext, 'tx'>, name: string): Promise<T | undefined> => {
    const reference = await tx.get(references, nameKey(name))
    return reference === undefined ? undefined : tx.get(rows, key(reference.id))
  }

/** Makes one, or changes the one that an id or a name in the path or in the fields names. */
async function writeNamed<T extends Named, S extends Sent>(
  context: SystemContext,
  set: NamedSet<T, S>,
  sent: S,
): Promise<Reply> {
  const { tx, clock, random, params } = context
  const name = params.name ?? sent.name ?? ''
  const before = await named(context, set, params.id ?? sent.id ?? '', name)
  const start = before ?? set.blank(random.uuid(), clock.now(), sent)
  const thing: T = {
    ...start,
    name: await claimName(context, set, start, before, name),
    policies: sent.policies === undefined ? start.policies : checkedPolicies(sent.policies),
    metadata: checkedMetadata(sent.metadata) ?? start.metadata,
    updated: clock.now(),
  }
  tx.put(set.rows, set.key(thing.id), await set.complete(context, thing, sent, before))
  return before === undefined ? { data: { ...set.made, id: thing.id, name: thing.name } } : {}
}

async function named<T extends Named>(
  context: SystemContext,
  set: Rows<T>,
  id: string,
  name: string,
): Promise<T | undefined> {
  if (id === '') return name === '' ? undefined : byNameIn(set)(context, name)
  const found = await byIdIn(set)(context, id)
  return found ?? fail('invalid_request', set.unknown)
}

/** The name after a write, which is nobody else's: its row is read, so that of two who take it one fails. */
async function claimName<T extends Named>(
  { tx }: SystemContext,
  { what, nameKey }: Rows<T>,
  start: T,
  before: T | undefined,
  wanted: string,
): Promise<string> {
  const name = wanted === '' ? start.name : checkedName(wanted, what)
  if (before?.name === name) return name
  const other = await tx.get(references, nameKey(name))
  if (other !== undefined && other.id !== start.id) {
    fail('invalid_request', `${what} name is already in use`)
  }
  if (before !== undefined) tx.delete(nameKey(before.name))
  tx.put(references, nameKey(name), { id: start.id })
  return name
}

async function pageOf<T extends Named>(
  { tx }: SystemContext,
  { rows, key, prefix }: Rows<T>,
  options: ListOptions,
): Promise<T[]> {
  const names = await namesOf((page) => tx.list(prefix, page), options)
  await tx.fetch(names.map((id) => ({ kind: rows, key: key(id) })))
  const found = await Promise.all(names.map((id) => tx.get(rows, key(id))))
  return found.filter((thing) => thing !== undefined)
}

async function listIds<T extends Named, S extends Sent>(
  context: SystemContext,
  set: NamedSet<T, S>,
  options: ListOptions,
): Promise<Reply> {
  const mounts = await readMounts(context.tx)
  const info: JsonObject = {}
  for (const thing of await pageOf(context, set, options)) {
    info[thing.id] = await set.info(context, thing, mounts)
  }
  const keys = Object.keys(info)
  return keys.length === 0 ? fail('not_found') : { data: { keys, key_info: info } }
}

/** How the routes of a set find, write and list what is in it. */
export const routed = <T extends Named, S extends Sent>(set: NamedSet<T, S>) => ({
  write: (context: SystemContext, sent: S) => writeNamed(context, set, sent),
  byId: byIdIn(set),
  byName: byNameIn(set),
  list: (context: SystemContext, options: ListOptions) => listIds(context, set, options),
  listNames: (context: SystemContext, options: ListOptions) => listNames(context, set, options),
})

/** Names lie in the store by digest, so all of them are read before a page of them is shown. */
async function listNames<T extends Named>(
  context: SystemContext,
  set: Rows<T>,
  { after, limit }: ListOptions,
): Promise<Reply> {
  const names = (await pageOf(context, set, {})).map(({ name }) => name).sort(inOrder)
  const shown = names.filter((name) => after === undefined || inOrder(after, name) < 0).slice(0, limit)
  return shown.length === 0 ? fail('not_found') : { data: { keys: shown } }
}

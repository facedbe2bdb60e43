import type { Grants } from '../../../backend/backend.ts'
import type { SystemContext } from '../../../backend/context.ts'
import { findTokenOf } from '../../../backend/find-token.ts'
import { type Mount, mountPoint, mountPrefix } from '../../../backend/mounts/mount.ts'
import { readMounts } from '../../../backend/mounts/mount-table.ts'
import { storageBelow } from '../../../backend/storage.ts'
import {
  blankEntity,
  entities,
  entityKey,
  entityPrefix,
  type Group,
  groupKey,
  groupPrefix,
  groups,
  memberPrefix,
  membershipKey,
  memberships,
} from '../../../identity/record.ts'
import { type Identity, resolveIdentity } from '../../../identity/resolve.ts'
import { finalPolicies } from '../../../policy/names.ts'
import type { StorageKey } from '../../../storage/store.ts'
import { accessorKey, accessorPrefix, accessorRecords } from '../../../token/record.ts'
import type { Transaction } from '../../../transaction/transaction.ts'
import type { SystemServices } from '../../services.ts'
import { type Subject, subjectOf, type Way, waysOfIdentity } from '../explain/subject.ts'

/** Who may hold policies, in the order that they are walked in. */
export const holderKinds = ['group', 'role', 'entity', 'token'] as const
export type HolderKind = (typeof holderKinds)[number]

export type Holder = {
  readonly kind: HolderKind
  /** Where the walk goes on behind it. */
  readonly cursor: string
  readonly id: string
  readonly name: string
  /** Of roles. */
  readonly mount?: Mount
  readonly group?: Group
  /** Of tokens. */
  readonly policies?: readonly string[]
  readonly subject: Subject
}

/** Rows that one step reads ahead. */
const chunk = 100

type Place = { readonly kind: HolderKind; readonly after: string }

/** @returns where to begin; undefined for what no answer has told */
export function placeOf(after: string | undefined): Place | undefined {
  if (after === undefined || after === '') return { kind: 'group', after: '' }
  const slash = after.indexOf('/')
  const kind = holderKinds.find((one) => one === after.slice(0, slash))
  return kind === undefined ? undefined : { kind, after: after.slice(slash + 1) }
}

/**
 * All who may hold policies: groups, roles and users of auth methods, entities, and tokens with policies that no login
 * gave them. What holds nothing any more is passed by, as one step of the walk without a holder.
 */
export async function* holders(
  services: SystemServices,
  context: SystemContext,
  begin: Place,
  kinds: readonly HolderKind[],
): AsyncGenerator<Holder | { readonly cursor: string }> {
  for (const kind of kinds.slice(Math.max(0, kinds.indexOf(begin.kind)))) {
    const after = kind === begin.kind ? begin.after : ''
    if (kind === 'group') yield* groupsOf(context, after)
    if (kind === 'role') yield* rolesOf(services, context, after)
    if (kind === 'entity') yield* entitiesOf(context, after)
    if (kind === 'token') yield* tokensOf(services, context, after)
  }
}

/** The names in a folder, and before each chunk of them what makes their rows come together. */
async function* namesIn(
  tx: Transaction,
  folder: string,
  after: string,
  ahead: (names: readonly string[]) => Promise<void>,
): AsyncGenerator<string> {
  for (let last = after; ; ) {
    const { names, more } = await tx.list(folder, { limit: chunk, ...(last !== '' && { after: last }) })
    await ahead(names)
    yield* names
    last = names.at(-1) ?? ''
    if (!more || last === '') return
  }
}

async function* groupsOf(context: SystemContext, after: string) {
  const { tx } = context
  const ahead = (ids: readonly string[]) => tx.fetch(ids.map((id) => ({ kind: groups, key: groupKey(id) })))
  for await (const id of namesIn(tx, groupPrefix, after, ahead)) {
    const cursor = `group/${id}`
    const group = await tx.get(groups, groupKey(id))
    if (group === undefined || group.policies.length === 0) {
      yield { cursor }
      continue
    }
    const way: Way = { kind: 'group', id, name: group.name, direct: true }
    const subject = await subjectOf(context, {
      identity: onlyIn(group),
      names: new Map(group.policies.map((name) => [name, [way]])),
      entrants: [],
    })
    yield { kind: 'group', cursor, id, name: group.name, group, subject } as const
  }
}

/** Somebody of whom nothing is known but that they are in a group: templates of groups have its values. */
const onlyIn = (group: Group): Identity => ({
  entity: { ...blankEntity('', 0), name: '' },
  groups: [group],
  direct: new Set([group.id]),
  policies: group.policies,
  stand: '',
})

async function* rolesOf(services: SystemServices, context: SystemContext, after: string) {
  const { mounts } = await readMounts(context.tx)
  const slash = after.indexOf('/')
  const [from, behind] = slash < 0 ? [after, ''] : [after.slice(0, slash), after.slice(slash + 1)]
  const sorted = mounts
    .filter(({ table, uuid }) => table === 'auth' && uuid >= from)
    .sort((a, b) => (a.uuid < b.uuid ? -1 : 1))
  for (const mount of sorted) {
    const grants = services.grantsOf(mount)
    if (grants !== undefined) yield* rolesOn(context, mount, grants, mount.uuid === from ? behind : '')
  }
}

async function* rolesOn(context: SystemContext, mount: Mount, { folder, kind }: Grants, after: string) {
  const { tx } = context
  const storage = storageBelow(tx, mountPrefix(mount))
  const ahead = async (names: readonly string[]) => {
    await storage.getAll(
      kind,
      names.map((name) => folder + name),
    )
  }
  for await (const name of namesIn(tx, mountPrefix(mount) + folder, after, ahead)) {
    const cursor = `role/${mount.uuid}/${name}`
    const row = await storage.get(kind, folder + name)
    if (row === undefined) {
      yield { cursor }
      continue
    }
    const { policies, noDefaultPolicy } = row.token
    const way: Way = { kind: 'token', path: mountPoint(mount), role: name }
    const subject = await subjectOf(context, {
      identity: undefined,
      names: new Map(finalPolicies(policies, { noDefault: noDefaultPolicy }).map((one) => [one, [way]])),
      entrants: [],
    })
    yield { kind: 'role', cursor, id: name, name, mount, subject } as const
  }
}

async function* entitiesOf(context: SystemContext, after: string) {
  const { tx } = context
  const ahead = (ids: readonly string[]) =>
    tx.fetch(
      ids.flatMap((id) => [
        { kind: entities, key: entityKey(id) },
        { kind: memberships, key: membershipKey(id) },
      ]),
    )
  for await (const id of namesIn(tx, entityPrefix, after, ahead)) {
    const cursor = `entity/${id}`
    const identity = await resolveIdentity(tx, id)
    if (identity === undefined || identity.entity.disabled || identity.policies.length === 0) {
      yield { cursor }
      continue
    }
    const subject = await subjectOf(context, { identity, names: waysOfIdentity(identity), entrants: [] })
    yield { kind: 'entity', cursor, id, name: identity.entity.name, subject } as const
  }
}

async function* tokensOf(services: SystemServices, context: SystemContext, after: string) {
  const { tx } = context
  const ahead = (ids: readonly string[]) =>
    tx.fetch(ids.map((accessor) => ({ kind: accessorRecords, key: accessorKey(accessor) as StorageKey })))
  for await (const accessor of namesIn(tx, accessorPrefix, after, ahead)) {
    const cursor = `token/${accessor}`
    const token = await findTokenOf(tx, services.tokens(), accessor)
    // What a login gave is told with its role.
    if (token === undefined || !token.record.path.startsWith('auth/token/')) {
      yield { cursor }
      continue
    }
    const { path, role, policies } = token.record
    const subject = await subjectOf(context, {
      identity: undefined,
      names: new Map(policies.map((name) => [name, [{ kind: 'token', path, role }]])),
      entrants: [],
    })
    yield { kind: 'token', cursor, id: '', name: '', policies, subject } as const
  }
}

/** How many are directly in a group; beyond the most, no more are counted. */
export async function membersOf(tx: Transaction, group: string, most: number): Promise<number> {
  return (await tx.list(memberPrefix(group), { limit: most })).names.length
}

import { callerOf, type SystemContext } from '../../../backend/context.ts'
import { findTokenOf } from '../../../backend/find-token.ts'
import type { Entrant } from '../../../backend/spaces/entry.ts'
import { fail } from '../../../base/errors.ts'
import { policiesOf } from '../../../identity/acl.ts'
import { type Identity, identityOfToken, resolveIdentity } from '../../../identity/resolve.ts'
import { templateValues } from '../../../identity/templates.ts'
import { type Acl, compileAcl, rootAcl } from '../../../policy/acl.ts'
import type { NamedPolicy } from '../../../policy/explain.ts'
import { foldNames } from '../../../policy/names.ts'
import { parsePolicy } from '../../../policy/parse.ts'
import type { TemplateValues } from '../../../policy/pattern.ts'
import type { TokenRecord } from '../../../token/record.ts'
import type { SystemServices } from '../../services.ts'

/** How a policy came to somebody. */
export type Way =
  | { readonly kind: 'token'; readonly path: string; readonly role: string }
  | { readonly kind: 'entity'; readonly id: string; readonly name: string }
  | { readonly kind: 'group'; readonly id: string; readonly name: string; readonly direct: boolean }
  | { readonly kind: 'asked' }
  | { readonly kind: 'draft' }

/** Whose decision is explained: their policies, how these came to them, and what they are compiled to. */
export type Subject = {
  readonly acl: Acl
  readonly policies: readonly NamedPolicy[]
  readonly values: TemplateValues | undefined
  readonly entrants: readonly Entrant[]
  readonly identity: Identity | undefined
  /** By the name of the policy. */
  readonly ways: ReadonlyMap<string, readonly Way[]>
  /** Names of policies that they have and that are not there. */
  readonly missing: readonly string[]
}

/** A policy that is tried before it is stored. */
export type Draft = { readonly name: string; readonly text: string }

type Parts = {
  readonly identity: Identity | undefined
  readonly names: ReadonlyMap<string, readonly Way[]>
  readonly entrants: readonly Entrant[]
}

/** @throws invalid_request for a draft that does not parse */
export async function subjectOf(
  { tx }: SystemContext,
  { identity, names, entrants }: Parts,
  draft?: Draft,
): Promise<Subject> {
  const ways = new Map(names)
  const found = await policiesOf(tx, [...ways.keys()])
  const missing = [...ways.keys()].filter(
    (name) => name !== 'root' && name !== draft?.name && !found.some((one) => one.name === name),
  )
  const policies =
    draft === undefined || !(ways.has(draft.name) || ways.size === 0)
      ? found
      : [
          ...found.filter(({ name }) => name !== draft.name),
          { name: draft.name, policy: parsePolicy(draft.text) },
        ]
  if (ways.size === 0 && draft !== undefined) ways.set(draft.name, [{ kind: 'draft' }])
  const values = identity === undefined ? undefined : templateValues(identity)
  const acl = ways.has('root') ? rootAcl : compileAcl(policies, values)
  return { acl, policies, values, entrants, identity, ways, missing }
}

/** Who asks. @param own whether it is about their own policies, or about a draft in their hands */
export async function selfOf(context: SystemContext, draft: Draft | undefined): Promise<Subject> {
  const { record } = callerOf(context).token
  const parts = await partsOfToken(context, record)
  if (draft === undefined) return subjectOf(context, parts)
  return subjectOf(context, { ...parts, names: new Map() }, draft)
}

/** @throws invalid_request_wrapped when there is no such token */
export async function tokenOf(
  services: SystemServices,
  context: SystemContext,
  accessor: string,
  draft: Draft | undefined,
): Promise<Subject> {
  const token = await findTokenOf(context.tx, services.tokens(), accessor)
  if (token === undefined) fail('invalid_request_wrapped', 'invalid accessor')
  return subjectOf(context, await partsOfToken(context, token.record), draft)
}

async function partsOfToken({ tx }: SystemContext, record: TokenRecord): Promise<Parts> {
  const identity = await identityOfToken(tx, record)
  const names = waysOfIdentity(identity)
  for (const name of record.policies) {
    add(names, name, { kind: 'token', path: record.path, role: record.role })
  }
  return { identity, names, entrants: [{ token: { record } }] }
}

/**
 * An entity, with policies that a login may give beside those of itself and its groups.
 *
 * @throws invalid_request when there is no such entity
 */
export async function entityOf(
  context: SystemContext,
  id: string,
  policies: readonly string[],
  draft: Draft | undefined,
): Promise<Subject> {
  const identity = await resolveIdentity(context.tx, id)
  if (identity === undefined) fail('invalid_request', 'there is no entity of this id')
  const names = waysOfIdentity(identity)
  for (const name of foldNames(policies)) add(names, name, { kind: 'asked' })
  return subjectOf(context, { identity, names, entrants: entrantsOf(identity) }, draft)
}

/** The persons whom an entity's logins may prove. */
function entrantsOf({ entity }: Identity): Entrant[] {
  const persons = [...(entity.persons ?? []), ...entity.aliases.map(({ person }) => person)]
  return [...new Set(persons)]
    .filter((person) => person !== undefined)
    .map((person) => ({ token: { record: { person, instance: '' } } }))
}

/** Whoever has policies of these names, and is nobody. */
export const namesOf = (context: SystemContext, policies: readonly string[], draft: Draft | undefined) =>
  subjectOf(
    context,
    {
      identity: undefined,
      names: new Map(foldNames(policies).map((name) => [name, [{ kind: 'asked' }]])),
      entrants: [],
    },
    draft,
  )

/** By which of its groups, or by itself, an entity has each of its policies. */
export function waysOfIdentity(identity: Identity | undefined): Map<string, Way[]> {
  const names = new Map<string, Way[]>()
  if (identity === undefined) return names
  const { entity, groups, direct } = identity
  for (const name of entity.policies) add(names, name, { kind: 'entity', id: entity.id, name: entity.name })
  for (const { id, name: group, policies } of groups) {
    for (const name of policies) {
      add(names, name, { kind: 'group', id, name: group, direct: direct.has(id) })
    }
  }
  return names
}

function add(names: Map<string, readonly Way[]>, name: string, way: Way): void {
  names.set(name, [...(names.get(name) ?? []), way])
}

import { answer } from '../../../backend/answers/answer.ts'
import { shape } from '../../../backend/answers/shape.ts'
import type { SystemContext } from '../../../backend/context.ts'
import type { Reply } from '../../../backend/message.ts'
import { mountPoint } from '../../../backend/mounts/mount.ts'
import { readMounts } from '../../../backend/mounts/mount-table.ts'
import { field } from '../../../backend/routes/fields.ts'
import { type RequestPath, requestPath } from '../../../backend/routes/path.ts'
import { systemRoute } from '../../../backend/routes/route.ts'
import { actorShape } from '../../../backend/spaces/actor.ts'
import { readSpacesTable } from '../../../backend/spaces/logins.ts'
import { type Space, spaceAt } from '../../../backend/spaces/space.ts'
import { fail } from '../../../base/errors.ts'
import type { JsonObject } from '../../../base/json/json.ts'
import type { SystemServices } from '../../services.ts'
import { ruleShape } from '../explain/shapes.ts'
import { type Subject, selfOf } from '../explain/subject.ts'
import { type Holder, type HolderKind, holderKinds, holders, membersOf, placeOf } from './holders.ts'
import { calledIn, privateSpace } from './private.ts'
import { type Standing, standingData, standingOf } from './standing.ts'

/** Holders that one answer looks at. */
const maxLooked = 500
/** Members of a group that are counted. */
const maxMembers = 1000

type Page = { readonly after?: string | undefined; readonly limit?: number | undefined }

/** What an answer tells: everything, the groups that concern the caller, whose the space is, or that each token has its own. */
type Scope = 'all' | 'groups' | 'owner' | 'token'

async function show(
  services: SystemServices,
  context: SystemContext,
  page: Page,
  seesOthers: boolean,
): Promise<Reply> {
  const { tx } = context
  const path = requestPath(context.params.path ?? '')
  const self = await selfOf(context, undefined)
  const own = await standingOf(services, tx, path, self)
  const base = { path, you: standingData(own, self) }

  const space = await spaceOf(context, path)
  if (space !== undefined) {
    const found = await privateSpace(services, context, space)
    if (!found.isOwn && !seesOthers) {
      fail('policy_denied', '', { denied: { path, missing: [], by: 'owner' } })
    }
    return { data: { ...base, shown: 'owner' satisfies Scope, space: found.data, holders: [], next: null } }
  }
  if (!seesOthers && own.capabilities.length === 0) {
    fail('policy_denied', '', { denied: { path, missing: ['read'] } })
  }
  const mount = (await readMounts(tx)).find(path)
  if (mount === undefined) fail('no_handler', path)
  if (mount.table === 'secret' && mount.type === 'cubbyhole') {
    return { data: { ...base, shown: 'token' satisfies Scope, space: null, holders: [], next: null } }
  }
  const scope: Scope = seesOthers ? 'all' : 'groups'
  const { found, next } = await look(services, context, path, scope, self, page)
  return { data: { ...base, shown: scope, space: null, holders: found, next } }
}

/** The private space that a path lies in, or is. */
async function spaceOf({ tx }: SystemContext, path: RequestPath): Promise<Space | undefined> {
  const mount = (await readMounts(tx)).find(path)
  const space = mount?.table === 'secret' ? spaceAt(mount, path) : undefined
  return space?.folder === '' ? undefined : space
}

async function look(
  services: SystemServices,
  context: SystemContext,
  path: RequestPath,
  scope: Scope,
  self: Subject,
  { after, limit = maxLooked }: Page,
): Promise<{ found: JsonObject[]; next: string | null }> {
  const place = placeOf(after)
  if (place === undefined) fail('invalid_request', 'after must be the next of an answer')
  const concerns = scope === 'all' ? () => true : await concerning(context, self)
  const kinds: readonly HolderKind[] = scope === 'all' ? holderKinds : ['group']
  const found: JsonObject[] = []
  const tokens = new Map<string, JsonObject & { count: number }>()
  let looked = 0
  let last: string | null = null
  for await (const one of holders(services, context, place, kinds)) {
    if (looked >= maxLooked || found.length + tokens.size >= limit) {
      return { found: [...found, ...tokens.values()], next: last }
    }
    looked++
    last = one.cursor
    if (!('kind' in one) || !concerns(one)) continue
    const standing = await standingOf(services, context.tx, path, one.subject)
    if (standing.capabilities.length === 0) continue
    if (one.kind === 'token') countToken(tokens, one, standing)
    else found.push(await holderData(context, scope, one, standing))
  }
  return { found: [...found, ...tokens.values()], next: null }
}

/** Of groups: the caller’s own, and those that follow from the spaces configuration, which are no secret of anybody. */
async function concerning({ tx }: SystemContext, { identity }: Subject) {
  const own = new Set(identity?.groups.map(({ id }) => id))
  const { logins } = await readSpacesTable(tx)
  const made = new Set(logins.flatMap(({ policies }) => policies))
  return ({ id, group }: Holder) => own.has(id) || group?.policies.some((name) => made.has(name)) === true
}

async function holderData(
  { tx }: SystemContext,
  scope: Scope,
  { kind, id, name, mount, group, subject }: Holder,
  standing: Standing,
): Promise<JsonObject> {
  const members =
    group === undefined || scope !== 'all' ? undefined : await membersOf(tx, group.id, maxMembers)
  return {
    kind,
    id,
    name,
    ...(kind === 'entity' && subject.identity !== undefined && { called: calledIn(subject.identity.entity) }),
    ...(mount !== undefined && { mount: mountPoint(mount), mount_type: mount.type }),
    ...(members !== undefined && { members, members_is_lower_bound: members >= maxMembers }),
    ...standingData(standing, subject),
  }
}

/** Tokens are counted, by what policies they have. */
function countToken(
  tokens: Map<string, JsonObject & { count: number }>,
  { policies = [], subject }: Holder,
  standing: Standing,
): void {
  const key = JSON.stringify(policies)
  const before = tokens.get(key)
  if (before !== undefined) before.count++
  else {
    tokens.set(key, {
      kind: 'token',
      id: '',
      name: '',
      count: 1,
      policies: [...policies],
      ...standingData(standing, subject),
    })
  }
}

const standingMembers = {
  capabilities: shape.strings(),
  is_limited: shape.boolean('Some of it only for requests within limits of what they carry, or wrapped.'),
  rules: shape.list(ruleShape),
}

const accessShape = shape.object({
  path: shape.string(),
  shown: shape.oneOf(['all', 'groups', 'owner', 'token'] as const),
  you: shape.object(standingMembers),
  space: shape.orNull(
    shape.object({
      is_own: shape.boolean(),
      owner: shape.orNull(shape.object({ id: shape.string(), name: shape.string(), called: shape.string() })),
      openings: shape.list(
        shape.object({ by: actorShape, capabilities: shape.strings(), until: shape.time() }),
      ),
    }),
  ),
  holders: shape.list(
    shape.object(
      { kind: shape.oneOf(holderKinds), id: shape.string(), name: shape.string(), ...standingMembers },
      {
        called: shape.string('Of an entity: what people know it by.'),
        mount: shape.string('Of a role or user: where it logs in.'),
        mount_type: shape.string(),
        members: shape.integer(),
        members_is_lower_bound: shape.boolean(),
        count: shape.integer('How many tokens.'),
        policies: shape.strings('Of those tokens.'),
      },
    ),
  ),
  next: shape.orNull(shape.string('What to go on behind.')),
})

const fields = {
  after: field.string('Go on behind this one: the `next` of the answer before.', { maxLength: 2048 }),
  limit: field.integer('Show at most this many holders.', { minimum: 1 }),
}
const bounds =
  'In a private space that is its owner, and whom it is open to for a time; in a cubbyhole the token that it belongs to. ' +
  'What is allowed by several of these together, by batch tokens, or by templates that only a login fills in is not ' +
  `seen, nor who may give themselves policies. One answer looks at ${maxLooked} holders at most, and may show none and ` +
  'still has a `next`, to be sent as `after`.'

/** `sys/policies/access`: who can do something at a path, and by which rules. */
export function accessRoutes(services: SystemServices) {
  return [
    systemRoute({
      path: 'policies/access-self/{path+}',
      summary: 'What the caller could do at a path and why, and whose else it is.',
      description:
        'For whoever could do something at the path. Shown are groups of the caller, and those of the spaces ' +
        `configuration, that can do something too. ${bounds}`,
      fields,
      answers: { read: answer.data(accessShape) },
      operations: { read: (context, page) => show(services, context, page, false) },
    }),
    systemRoute({
      path: 'policies/access/{path+}',
      summary: 'Who can do something at a path, and why.',
      description:
        'Needs sudo. Shown are all groups, roles and users of auth methods, and entities whose policies allow something ' +
        `at the path, each by itself, and how many tokens have policies that no login gave them. ${bounds}`,
      fields,
      answers: { read: answer.data(accessShape) },
      operations: { read: (context, page) => show(services, context, page, true) },
      sudo: true,
    }),
  ]
}

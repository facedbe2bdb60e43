import { useInfiniteQuery } from '@tanstack/react-query'
import { isJsonObject, type JsonObject } from '../../../src/base/json/json.ts'
import { kvPath } from '../../../src/client/api/kv.ts'
import { flagOf, listOf, numberOf, objectOf, textOf, textsOf } from '../../../src/client/shape.ts'
import { client } from './client.ts'
import { ruleOf, type ToldRule } from './explain.ts'
import { below, mountOf } from './secrets.ts'

/** What somebody may do somewhere, and by which rules. */
export type Standing = {
  readonly capabilities: readonly string[]
  /** Some of it only for requests within limits. */
  readonly isLimited: boolean
  readonly rules: readonly ToldRule[]
}

export type HolderKind = 'group' | 'role' | 'entity' | 'token'

/** Whoever may do something: a group, a login, a person, or tokens that nobody logged in for. */
export type Holder = Standing & {
  readonly kind: HolderKind
  readonly id: string
  readonly name: string
  /** Of a login: where. */
  readonly mount: string
  /** Of a group; undefined where it is not told. */
  readonly members: number | undefined
  readonly hasMoreMembers: boolean
  /** Of tokens. */
  readonly count: number
  readonly policies: readonly string[]
}

export type Opening = {
  readonly who: string
  readonly capabilities: readonly string[]
  /** RFC 3339. */
  readonly until: string
}

/** Whose a private space is, and to whom it is open for the moment. */
export type PrivateSpace = {
  readonly isOwn: boolean
  /** Empty for somebody who is not known any more. */
  readonly owner: string
  readonly openings: readonly Opening[]
}

export type AccessPage = {
  /** What is told: everything, groups that concern one, whose a space is, or that it is the login's alone. */
  readonly shown: 'all' | 'groups' | 'owner' | 'token'
  readonly you: Standing
  readonly space: PrivateSpace | undefined
  readonly holders: readonly Holder[]
  readonly next: string
}

/**
 * Who may do something with a secret, or in a folder.
 *
 * @param path with its mount; that of a folder ends in a slash
 * @param seesOthers asks about everybody, which needs sudo
 */
export const useAccess = (path: string, seesOthers: boolean) =>
  useInfiniteQuery({
    queryKey: ['access', path, seesOthers],
    queryFn: ({ pageParam }) => readAccess(path, seesOthers, pageParam),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next || undefined,
  })

async function readAccess(path: string, seesOthers: boolean, after: string): Promise<AccessPage> {
  const mount = await mountOf(path)
  const asked = `sys/policies/access${seesOthers ? '' : '-self'}/${kvPath(mount, 'data', below(mount, path))}`
  const { data } = await client.call('GET', asked, { query: after === '' ? {} : { after } })
  const space = data?.space ?? null
  const shown = textOf(data?.shown)
  return {
    shown: shown === 'all' || shown === 'groups' || shown === 'token' ? shown : 'owner',
    you: standingOf(objectOf(data?.you)),
    space: isJsonObject(space) ? spaceOf(space) : undefined,
    holders: listOf(data?.holders).map(holderOf),
    next: textOf(data?.next),
  }
}

const standingOf = (one: JsonObject): Standing => ({
  capabilities: textsOf(one.capabilities),
  isLimited: flagOf(one.is_limited),
  rules: listOf(one.rules).map(ruleOf),
})

const spaceOf = (space: JsonObject): PrivateSpace => ({
  isOwn: flagOf(space.is_own),
  owner: textOf(objectOf(space.owner ?? {}).called),
  openings: listOf(space.openings).map(({ by, capabilities, until }) => ({
    who: textOf(objectOf(by).display_name),
    capabilities: textsOf(capabilities),
    until: textOf(until),
  })),
})

function holderOf(one: JsonObject): Holder {
  const kind = textOf(one.kind)
  return {
    ...standingOf(one),
    kind: kind === 'group' || kind === 'role' || kind === 'entity' ? kind : 'token',
    id: textOf(one.id),
    name: textOf(one.called) || textOf(one.name),
    mount: textOf(one.mount),
    members: one.members === undefined ? undefined : numberOf(one.members),
    hasMoreMembers: flagOf(one.members_is_lower_bound),
    count: numberOf(one.count),
    policies: textsOf(one.policies),
  }
}

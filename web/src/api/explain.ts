import { useQuery } from '@tanstack/react-query'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { flagOf, listOf, numberOf, textOf, textsOf } from '../../../src/client/shape.ts'
import { client } from './client.ts'

export const operations = ['read', 'list', 'create', 'update', 'patch', 'delete', 'scan'] as const
export type Operation = (typeof operations)[number]

/** What is asked: what somebody could do at a path. */
export type Asked = {
  readonly who:
    | { readonly kind: 'draft' | 'self' }
    | { readonly kind: 'person' | 'token'; readonly id: string }
  readonly path: string
  readonly operation: Operation
  /** A policy as it is in the editor; of a person or a token it takes the place of the stored one. */
  readonly draft: { readonly name: string; readonly text: string } | undefined
}

/** How a policy came to somebody. */
export type Way = {
  readonly kind: string
  readonly name: string
  readonly path: string
  readonly role: string
}

export type ToldRule = {
  readonly policy: string
  /** As it is written. */
  readonly path: string
  readonly line: number
  readonly lastLine: number
  readonly capabilities: readonly string[]
  /** What requests may carry. */
  readonly limits: JsonObject | undefined
  readonly templates: readonly string[]
  readonly ways: readonly Way[]
}

export type Explanation = {
  readonly path: string
  readonly operation: string
  readonly allowed: boolean
  readonly reason: string
  readonly capabilities: readonly string[]
  readonly hasMount: boolean
  readonly rules: readonly ToldRule[]
  readonly overruled: readonly ToldRule[]
  readonly unfilled: readonly ToldRule[]
  readonly missing: readonly string[]
}

/** What the server says that somebody could do, and by which rules. */
export const useExplanation = (asked: Asked | undefined) =>
  useQuery({
    queryKey: ['explanation', asked],
    queryFn: () => explain(asked as Asked), // it is asked where there is something to ask
    enabled: asked !== undefined,
    staleTime: 0,
    gcTime: 0,
    placeholderData: (before) => before,
  })

async function explain({ who, path, operation, draft }: Asked): Promise<Explanation> {
  const whom: JsonObject =
    who.kind === 'person' ? { entity_id: who.id } : who.kind === 'token' ? { accessor: who.id } : {}
  const route = 'id' in who ? 'sys/policies/explain' : 'sys/policies/explain-self'
  const tried: JsonObject =
    who.kind === 'self' || draft === undefined ? {} : { policy: draft.text, name: draft.name }
  const body = { ...whom, ...tried, path: path.replace(/^\/+/, ''), operation }
  const data = (await client.call('POST', route, { body, idempotent: true })).data ?? {}
  const rules = (value: JsonObject[string] | undefined) => listOf(value).map(ruleOf)
  return {
    path: textOf(data.path),
    operation: textOf(data.operation),
    allowed: flagOf(data.allowed),
    reason: textOf(data.reason),
    capabilities: textsOf(data.capabilities),
    hasMount: flagOf(data.has_mount),
    rules: rules(data.rules),
    overruled: rules(data.overruled),
    unfilled: rules(data.unfilled),
    missing: textsOf(data.missing_policies),
  }
}

export function ruleOf(rule: JsonObject): ToldRule {
  const limits = rule.limits ?? null
  return {
    policy: textOf(rule.policy),
    path: textOf(rule.path),
    line: numberOf(rule.line),
    lastLine: numberOf(rule.last_line),
    capabilities: textsOf(rule.capabilities),
    limits:
      limits === null || typeof limits !== 'object' || Array.isArray(limits)
        ? undefined
        : (limits as JsonObject),
    templates: textsOf(rule.templates),
    ways: listOf(rule.via).map((way) => ({
      kind: textOf(way.kind),
      name: textOf(way.name),
      path: textOf(way.path),
      role: textOf(way.role),
    })),
  }
}

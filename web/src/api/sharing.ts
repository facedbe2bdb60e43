import type { JsonObject } from '../../../src/base/json/json.ts'
import { numberOf, textOf } from '../../../src/client/shape.ts'
import { client } from './client.ts'

/** Where the page opens what was wrapped. The token follows in the fragment, which no browser sends and no log sees. */
const opener = '/ui/open'

/** A link that shows something once. `ends` in milliseconds since 1970. */
export type OneTimeLink = { readonly url: string; readonly ends: number }

/** @param ttl seconds */
export async function makeLink(data: JsonObject, ttl: number): Promise<OneTimeLink> {
  const answer = await client.call('POST', 'sys/wrapping/wrap', { body: data, wrapTtl: String(ttl) })
  const wrapped = answer.wrap_info
  if (wrapped === null || wrapped.token === '') throw new Error('the server wrapped nothing')
  return {
    url: `${location.origin}${opener}#${wrapped.token}`,
    ends: Date.now() + wrapped.ttl * 1000,
  }
}

/** What somebody wrapped, as far as it can be told without opening it. `ends` in milliseconds since 1970. */
export type Wrapped = { readonly isLogin: boolean; readonly ends: number }

/** Looks at a wrapping token without using it up. @throws ClientError 400 when it is none, or none any more */
export async function lookAtWrapped(token: string): Promise<Wrapped> {
  const { data } = await client.call('POST', 'sys/wrapping/lookup', { token })
  const ttl = numberOf(data?.creation_ttl)
  return {
    isLogin: textOf(data?.creation_path).startsWith('auth/'),
    ends: Date.parse(textOf(data?.creation_time)) + ttl * 1000,
  }
}

/** Opens what was wrapped; nobody can after that. The page's session has no part in it. */
export async function openWrapped(token: string): Promise<JsonObject> {
  return (await client.call('POST', 'sys/wrapping/unwrap', { token })).data ?? {}
}

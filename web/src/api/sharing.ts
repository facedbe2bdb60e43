import type { JsonObject } from '../../../src/base/json/json.ts'
import { numberOf, textOf } from '../../../src/client/shape.ts'
import { api, client } from './client.ts'

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

/** A token of its own for a job, whose cubbyhole holds what it needs. `ends` in milliseconds since 1970. */
export type Locker = {
  readonly token: string
  /** Of what is in the cubbyhole. */
  readonly name: string
  readonly fields: readonly string[]
  readonly uses: number
  readonly ends: number
}

export type LockerWish = {
  readonly name: string
  readonly data: JsonObject
  /** Seconds. */
  readonly ttl: number
  /** Requests that whoever gets it can make. */
  readonly uses: number
}

/** Makes a locker with something in it; where that cannot be put there, the locker goes as well. */
export async function makeLocker({ name, data, ttl, uses }: LockerWish): Promise<Locker> {
  const { auth } = await api.token.create({
    policies: ['default'],
    ttl: `${ttl}s`,
    // Filling it takes one.
    num_uses: uses + 1,
    renewable: false,
  })
  if (auth === null || auth.client_token === '') throw new Error('the server made no token')
  const { client_token: token, lease_duration } = auth
  try {
    await client.call('POST', `cubbyhole/${name}`, { token, body: data })
  } catch (error) {
    // What failed is what is told; the token ends by itself if this fails as well.
    await client.call('POST', 'auth/token/revoke-self', { token, body: {} }).catch(() => {})
    throw error
  }
  return { token, name, fields: Object.keys(data), uses, ends: Date.now() + lease_duration * 1000 }
}

import { useInfiniteQuery } from '@tanstack/react-query'
import type { JsonObject } from '../../../src/base/json/json.ts'
import { numberOf, objectOf, objectsOf, textOf, textsOf } from '../../../src/client/shape.ts'
import { client } from './client.ts'

/** What is looked for; a secret has to be all of it. */
export type Wanted = {
  /** The folder, with its mount; all places without it. */
  readonly path?: string
  readonly name?: string
  /** A part of custom metadata. */
  readonly note?: string
  /** Seconds within which it ends. */
  readonly expires?: number
  /** Days. */
  readonly unused?: number
  readonly mine?: boolean
  readonly shared?: boolean
  readonly deleted?: boolean
}

/** A secret that was found. */
export type Found = {
  /** With its mount. */
  readonly path: string
  /** Of its custom metadata, what was looked for. */
  readonly notes: readonly (readonly [string, string])[]
  /** When it ends, RFC 3339; empty where that was not asked. */
  readonly ends: string
  /** When its newest version was deleted, RFC 3339, and the number of that; empty where that was not asked. */
  readonly deleted: string
  readonly version: number
}

export type FoundPage = { readonly found: readonly Found[]; readonly after: string | undefined }

const pageSize = 50
/** Requests one after the other while nothing is found; then it is asked whether to go on. */
const mostAsked = 8

/** Secrets in all places, page by page; a search that is not wanted any more ends. */
export const useFound = (wanted: Wanted | undefined) =>
  useInfiniteQuery({
    queryKey: ['find', wanted],
    queryFn: ({ pageParam, signal }) => findMore(wanted ?? {}, pageParam, signal),
    initialPageParam: '',
    getNextPageParam: ({ after }) => after,
    enabled: wanted !== undefined,
    gcTime: 0,
  })

async function findMore(wanted: Wanted, after: string, signal: AbortSignal): Promise<FoundPage> {
  let page = await findPage(wanted, after, signal)
  for (let asked = 1; asked < mostAsked && page.found.length === 0 && page.after !== undefined; asked++) {
    page = await findPage(wanted, page.after, signal)
  }
  return page
}

export async function findPage(wanted: Wanted, after: string, signal: AbortSignal): Promise<FoundPage> {
  // By a body, which is in no address.
  const body: JsonObject = { ...wanted, in_place: true, limit: pageSize, ...(after !== '' && { after }) }
  const data = (await client.call('POST', 'sys/kv/search', { body, idempotent: true, signal })).data ?? {}
  const info = new Map(Object.entries(objectsOf(data.key_info)))
  const found = textsOf(data.keys).map((path) => foundOf(path, info.get(path) ?? {}))
  return { found, after: textOf(data.after) || undefined }
}

const foundOf = (path: string, info: JsonObject): Found => ({
  path,
  notes: Object.entries(objectOf(info.custom_metadata)).map(([key, value]) => [key, textOf(value)]),
  ends: textOf(info.expire_time),
  deleted: textOf(info.deletion_time),
  version: numberOf(info.version),
})

import { type Answer, answer } from '../../backend/answers/answer.ts'
import type { Context } from '../../backend/context.ts'
import { pathOf } from '../../backend/kv/object.ts'
import type { Reply } from '../../backend/message.ts'
import { mountPoint } from '../../backend/mounts/mount.ts'
import { isListing } from '../../backend/routes/operation.ts'
import type { RequestPath } from '../../backend/routes/path.ts'
import { type EngineRoute, type ListHandler, route } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'

/** Clients know the beginning of this text. */
const versioned = 'Invalid path for a versioned K/V secrets engine.'

/** Answers a path that lacks the part of the API, as paths of version 1 do. */
export function wrongPath(context: Context): Reply {
  const point = mountPoint(context.mount)
  const path = pathOf(context)
  const { operation } = context.request
  const isList = isListing(operation)
  const right = `${point}${isList ? 'metadata' : 'data'}/${path}`
  const what = isList ? 'names are listed at' : 'a secret is read and written at'
  return {
    status: 404,
    data: null,
    warnings: [`${versioned} "${point}" keeps versions: ${what} "${right}", or with "coffer kv".`],
  }
}

/** Answers what asks for the secret without a name. */
const noName = (): Reply => ({
  status: 404,
  data: null,
  warnings: ['Non-listing operations on the root of a K/V v2 mount are not supported.'],
})

/** Says that nothing is there, and why that may be where `data/` is in the path twice. */
export function noSecret({ mount, request }: Context, part: string, path: string): never {
  if (!path.startsWith(`${part}/`)) fail('not_found')
  const shorter = path.slice(part.length + 1)
  fail(
    'not_found',
    `nothing at "${request.path}", which has "${part}/" twice: the secret "${shorter}" is at "${mountPoint(mount)}${part}/${shorter}"`,
  )
}

/** Whether the caller could read a secret's metadata by itself, for lists that show it. */
export function mayReadMetadata({ caller, mount, request }: Context, path: string): boolean {
  const question = {
    operation: 'read' as const,
    // A listed name below a canonical path is canonical.
    path: `${mountPoint(mount)}metadata/${path}` as RequestPath,
    fields: {},
    wrapTtl: request.wrapTtl,
    sudo: false,
  }
  return caller?.acl.check(question).allowed === true
}

type RootLists = {
  readonly list?: ListHandler<Context>
  readonly scan?: ListHandler<Context>
  /** What the lists answer, if it is more than names. */
  readonly names?: Answer
}

/** The root of a part of the API, where only lists make sense. */
export const rootRoute = (part: string, { list, scan, names }: RootLists = {}): EngineRoute =>
  route({
    path: part,
    summary: list === undefined ? 'Tell that the name of a secret is missing.' : 'List the names at the top.',
    answers: { read: answer.refusal, ...(names === undefined ? {} : { list: names }) },
    operations: { read: noName },
    ...(list === undefined ? {} : { list }),
    ...(scan === undefined ? {} : { scan }),
  })

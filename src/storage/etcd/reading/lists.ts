import { justBehind } from '../../keys.ts'
import { defaultLimit, type Listing, type ListOptions } from '../../store.ts'
import type { Calls } from '../connection/calls.ts'
import type { Layout } from '../layout.ts'
import { childrenFrom, readRanges } from './ranges.ts'

/** Names that come in one answer. */
const page = 20_000

/** The children of a folder at an instant, 0 for now. @returns the instant, too */
export async function listAt(
  { calls, layout }: { readonly calls: Calls; readonly layout: Layout },
  revision: bigint,
  prefix: string,
  { after = '', limit = defaultLimit }: ListOptions,
): Promise<Listing & { readonly revision: bigint }> {
  const children = layout.children(prefix)
  const names: string[] = []
  let instant = revision
  let from = after === '' ? children : justBehind(children + after)
  for (;;) {
    const wanted = Math.min(page, limit - names.length + 1)
    const answer = await readRanges(calls, [childrenFrom(children, wanted, from)], instant)
    instant = answer.revision
    const [found] = answer.answers
    for (const { key } of found?.kvs ?? []) names.push(Buffer.from(key).toString().slice(children.length))
    if (found?.more !== true || names.length > limit) {
      const more = names.length > limit
      return { names: more ? names.slice(0, limit) : names, more, revision: instant }
    }
    from = justBehind(children + names.at(-1))
  }
}

import { answer } from '../../../backend/answers/answer.ts'
import { type Shape, shape } from '../../../backend/answers/shape.ts'
import type { SystemContext } from '../../../backend/context.ts'
import { field } from '../../../backend/routes/fields.ts'
import { type SystemRoute, systemRoute } from '../../../backend/routes/route.ts'
import type { JsonObject } from '../../../base/json/json.ts'
import type { StorageKey } from '../../../storage/store.ts'
import type { RecordKind } from '../../../transaction/record.ts'

/** Things of one answer when the caller names no limit, and at most. */
const usualLimit = 100
const most = 1000

type Detailed<T> = {
  /** `entity`, `entities`: its path, and what the list is called. */
  readonly path: string
  readonly many: string
  readonly rows: RecordKind<T>
  readonly prefix: string
  readonly key: (id: string) => StorageKey
  readonly shape: Shape
  readonly show: (context: SystemContext, things: readonly T[]) => Promise<JsonObject[]>
}

/** `<path>/details`: a page of things with what administrators look for in them, in one answer. */
export const detailsRoute = <T>({
  path,
  many,
  rows,
  prefix,
  key,
  shape: of,
  show,
}: Detailed<T>): SystemRoute =>
  systemRoute({
    path: `${path}/details`,
    summary: `List the ${many} with what is known of them.`,
    description: 'By id. An answer with "next" is not whole: ask again with that as "after".',
    fields: {
      after: field.string('Show ids behind this one.', { maxLength: 64 }),
      limit: field.integer(`Show at most this many, and never more than ${most}.`, { minimum: 1 }),
    },
    sudo: true,
    answers: {
      read: answer.data(
        shape.object({
          [many]: shape.list(of),
          next: shape.orNull(shape.string('What to go on behind.')),
        }),
      ),
    },
    operations: {
      read: async (context, { after, limit = usualLimit }) => {
        const { tx } = context
        const page = await tx.list(prefix, { after, limit: Math.min(limit, most) })
        await tx.fetch(page.names.map((id) => ({ kind: rows, key: key(id) })))
        const things: T[] = []
        for (const id of page.names) {
          const thing = await tx.get(rows, key(id))
          if (thing !== undefined) things.push(thing)
        }
        const next = page.more ? (page.names.at(-1) ?? null) : null
        return { data: { [many]: await show(context, things), next } }
      },
    },
  })

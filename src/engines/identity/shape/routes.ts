import { answer } from '../../../backend/answers/answer.ts'
import type { Members, Shape } from '../../../backend/answers/shape.ts'
import type { SystemContext } from '../../../backend/context.ts'
import type { FieldSet } from '../../../backend/routes/fields.ts'
import {
  type Handler,
  type ListHandler,
  type SystemRoute,
  systemRoute,
} from '../../../backend/routes/route.ts'
import { fail } from '../../../base/errors.ts'
import type { JsonObject } from '../../../base/json/json.ts'
import { foldName } from '../../../identity/record.ts'

/** What the identity store keeps a set of: entities, groups, and the aliases of both. */
export type Things<F extends FieldSet, T> = {
  /** Where its routes begin. */
  readonly path: string
  /** `an entity`, `entities`: for summaries. */
  readonly one: string
  readonly many: string
  readonly fields: F
  readonly write: Handler<F, SystemContext>
  readonly byId: (context: SystemContext, id: string) => Promise<T | undefined>
  readonly list: ListHandler<SystemContext>
  readonly show: (context: SystemContext, thing: T) => Promise<JsonObject>
  readonly remove: (context: SystemContext, thing: T) => Promise<void>
  /** What `show`, a write, and each name of `list` tell. */
  readonly shapes: { readonly shown: Shape; readonly written: Shape; readonly listed: Members }
}

type Find<T> = (context: SystemContext, text: string) => Promise<T | undefined>

/** Reads, changes and removes the thing that one parameter of the path names. */
function onOne<F extends FieldSet, T>(things: Things<F, T>, find: Find<T>, parameter: string) {
  const found = (context: SystemContext) => find(context, context.params[parameter] ?? '')
  return {
    read: async (context: SystemContext) => {
      const thing = await found(context)
      return thing === undefined ? fail('not_found') : { data: await things.show(context, thing) }
    },
    update: things.write,
    delete: async (context: SystemContext) => {
      const thing = await found(context)
      if (thing !== undefined) await things.remove(context, thing)
      return {}
    },
  }
}

const answersOf = ({ shapes }: Pick<Things<FieldSet, never>, 'shapes'>) => ({
  read: answer.data(shapes.shown),
  write: answer.dataOrNothing(shapes.written),
  list: answer.namesWith(shapes.listed),
})

/** `<path>`, `<path>/id` and `<path>/id/{id}`. */
export function idRoutes<F extends FieldSet, T>(things: Things<F, T>): SystemRoute[] {
  const { path, one, many, fields, write, list, byId } = things
  const answers = answersOf(things)
  return [
    systemRoute({
      path,
      summary: `Make or change ${one}.`,
      fields,
      answers: { write: answers.write },
      operations: { update: write },
    }),
    systemRoute({
      path: `${path}/id`,
      summary: `List the ${many} by id.`,
      answers: { list: answers.list },
      operations: {},
      list,
    }),
    systemRoute({
      path: `${path}/id/{id}`,
      summary: `Read, change and delete ${one}.`,
      fields,
      answers: { read: answers.read, write: answers.write },
      operations: onOne(things, byId, 'id'),
    }),
  ]
}

/** `<path>/name` and `<path>/name/{name}`, for things that have a name of their own. */
export function nameRoutes<F extends FieldSet, T>(
  things: Things<F, T> & { readonly byName: Find<T>; readonly listNames: ListHandler<SystemContext> },
): SystemRoute[] {
  const { path, one, many, fields, byName, listNames: list } = things
  const { read, write } = answersOf(things)
  return [
    systemRoute({ path: `${path}/name`, summary: `List the ${many} by name.`, operations: {}, list }),
    systemRoute({
      path: `${path}/name/{name+}`,
      folded: { parameter: 'name', fold: foldName },
      summary: `Make, read, change and delete ${one} by its name.`,
      fields,
      answers: { read, write },
      operations: onOne(things, byName, 'name'),
    }),
  ]
}

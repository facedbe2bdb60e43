import type { ListOptions } from '../../storage/store.ts'
import type { Answers } from '../answers/answer.ts'
import type { Context, OpenContext, SystemContext } from '../context.ts'
import type { ApiRequest, Reply } from '../message.ts'
import { type FieldReader, type FieldSet, type FieldValues, field, fieldReader } from './fields.ts'

/** What a route can be asked to do. `create` and `update` are both writes; see {@link Route.exists}. */
export type RouteOperation = 'read' | 'create' | 'update' | 'patch' | 'delete' | 'list' | 'scan'

/** What every list takes, whatever its path. */
export const listReader = fieldReader({
  after: field.string('Show names behind this one.'),
  limit: field.integer('Show at most this many names.', { minimum: 1 }),
})

export type ListHandler<C> = (context: C, options: ListOptions) => Promise<Reply> | Reply

export type Handler<F extends FieldSet, C> = (context: C, fields: FieldValues<F>) => Promise<Reply> | Reply

/**
 * One endpoint of an engine or auth method, declared once: the router, the validator and the OpenAPI document
 * come from it.
 */
export type RouteDeclaration<F extends FieldSet, C> = {
  /**
   * Segments separated by `/`: literal text, `{name}` for one segment, or a last `{name+}` for all that is
   * left (which may be empty or hold slashes). `''` is the mount itself.
   */
  readonly path: string
  /** One line. */
  readonly summary: string
  readonly description?: string
  /** What its requests may carry beside the path. Without it, any fields are taken as they are. */
  readonly fields?: F
  /**
   * Of a route that is written to as well: the fields that its reads take, from the query. Its writes take the
   * others. What is only read takes all.
   */
  readonly query?: readonly NoInfer<keyof F & string>[]
  /** What it answers. */
  readonly answers?: Answers
  readonly operations: { readonly [operation in Exclude<RouteOperation, 'list' | 'scan'>]?: Handler<F, C> }
  /** The names at this path; the folder's trailing slash is not part of the parameters. */
  readonly list?: ListHandler<C>
  /** What lies below this path, in folders of it too; as lists. */
  readonly scan?: ListHandler<C>
  /**
   * Whether the target of a write exists, which decides between the capabilities `create` and `update`.
   * Without it every write is an update.
   */
  readonly exists?: (context: C) => Promise<boolean>
  /** Answers without a token. Such routes are listed in SECURITY.md. */
  readonly unauthenticated?: true
  /**
   * With `unauthenticated`: a good token is taken note of, and a bad one counts as none. A function says for which
   * requests.
   */
  readonly tokenWelcome?: true | ((request: Pick<ApiRequest, 'token' | 'fields'>) => boolean)
  /** With `unauthenticated`: not in the audit log, since it tells but where the node stands, to monitors. */
  readonly unrecorded?: true
  /** Needs the `sudo` capability besides the operation's own. */
  readonly sudo?: true | readonly RouteOperation[]
  /**
   * The only parameter, where several spellings of it name one thing, and what makes them one: policies are
   * asked about that one too, and limits are for all. What follows it in the path is in the one spelling itself.
   */
  readonly folded?: { readonly parameter: string; readonly fold: (spelled: string) => string }
  /** The parameter that names a secret of the mount: who reads and writes it is kept as its usage. */
  readonly secret?: string
  /** With `secret`: its reads show only what is known about the secret, and are no use of it. */
  readonly showsSecret?: false
  /** Rows of the mount's own storage that a read will ask for, so that they come in the first round trip. */
  readonly prefetch?: (context: C) => void
}

/** A route as the server keeps it: its types are settled, its path is split, its fields compiled. */
export type Route<C> = Omit<RouteDeclaration<FieldSet, C>, 'operations'> & {
  readonly operations: {
    readonly [operation in Exclude<RouteOperation, 'list' | 'scan'>]?: Handler<FieldSet, C>
  }
  readonly segments: readonly string[]
  readonly reader: FieldReader<FieldSet> | undefined
}

export type EngineRoute = Route<Context>
export type SystemRoute = Route<SystemContext>
export type OpenRoute = Route<OpenContext>

function declareRoute<F extends FieldSet, C>(declaration: RouteDeclaration<F, C>): Route<C> {
  if (declaration.operations.create !== undefined && declaration.exists === undefined) {
    throw new Error(`the route ${declaration.path} declares create, and nothing tells what exists`)
  }
  const route = {
    ...declaration,
    segments: declaration.path.split('/'),
    reader: declaration.fields === undefined ? undefined : fieldReader(declaration.fields),
  }
  // The reader hands each handler exactly the fields that its own declaration names.
  return route as unknown as Route<C>
}

/** Declares a route of an engine or auth method. */
export function route<F extends FieldSet>(declaration: RouteDeclaration<F, Context>): EngineRoute {
  return declareRoute(declaration)
}

/**
 * Declares a route that answers in every state of the server, sealed or not, without a token and outside of
 * any mount: its path is the whole one, and it stores nothing by itself.
 */
export function openRoute<F extends FieldSet>(
  declaration: Omit<RouteDeclaration<F, OpenContext>, 'unauthenticated'>,
): OpenRoute {
  return declareRoute({ ...declaration, unauthenticated: true })
}

/** Declares a route that may use the server's own services: those of `sys`, `identity` and `auth/token`. */
export function systemRoute<F extends FieldSet>(
  declaration: RouteDeclaration<F, SystemContext>,
): SystemRoute {
  return declareRoute(declaration)
}

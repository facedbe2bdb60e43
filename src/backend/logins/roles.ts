import { fail } from '../../base/errors.ts'
import type { Json } from '../../base/json/json.ts'
import type { RecordKind } from '../../transaction/record.ts'
import type { Answer } from '../answers/answer.ts'
import type { Context } from '../context.ts'
import type { FieldSet } from '../routes/fields.ts'
import { listFolder } from '../routes/listing.ts'
import { type EngineRoute, type Handler, route } from '../routes/route.ts'
import type { Renewal, Renewed, TokenSettings } from './login.ts'

/*
 * Roles of auth methods: rows `role/<name>` of the mount, under names in lower case.
 */
export const roleFolder = 'role/'

/** Whether a text can name a role: letters, digits, `_`, `-` and `.`, at most 128, no mark at an end but `_`. */
export const isRoleName = (text: string): boolean => /^\w([\w.-]{0,126}\w)?$/.test(text)

/** Names of roles are lower case. */
export const foldRoleName = (name: string): string => name.toLowerCase()

/**
 * The name of the role that a path names in one of its parameters.
 *
 * @throws unsupported_path for what can be no name
 */
export function roleNameOf({ params }: Pick<Context, 'params'>, parameter = 'name'): string {
  const name = params[parameter] ?? ''
  if (!isRoleName(name)) fail('unsupported_path')
  return foldRoleName(name)
}

/** The row of the role that the parameter `name` of a path names. @throws unsupported_path */
export const roleRow = (context: Pick<Context, 'params'>): string => roleFolder + roleNameOf(context)

/** Announces the role that a request asks for, whatever it sent as one. */
export function wantRole<T>({ storage }: Context, kind: RecordKind<T>, asked: Json | undefined): void {
  if (typeof asked === 'string' && isRoleName(asked)) storage.want(kind, roleFolder + foldRoleName(asked))
}

export const roleListRoute = route({
  path: 'role',
  summary: 'List the roles.',
  operations: {},
  list: (context, options) => listFolder(context, context.storage, roleFolder, options),
})

/** `role` and `role/{name}`, for roles that are no more than their row. */
export function roleRoutes<F extends FieldSet, T>(roles: {
  readonly kind: RecordKind<T>
  readonly summary: string
  readonly fields: F
  /** What reads answer. */
  readonly shown: Answer
  readonly read: Handler<F, Context>
  readonly write: Handler<F, Context>
}): EngineRoute[] {
  const { kind, summary, fields, shown, read, write } = roles
  return [
    roleListRoute,
    route({
      path: 'role/{name}',
      folded: { parameter: 'name', fold: foldRoleName },
      summary,
      fields,
      answers: { read: shown },
      operations: {
        read,
        create: write,
        update: write,
        delete: (context) => {
          context.storage.delete(roleRow(context))
          return {}
        },
      },
      exists: async (context) => (await context.storage.get(kind, roleRow(context))) !== undefined,
    }),
  ]
}

/** What the role of a login grants to a renewal now; a token whose role is gone ends with its TTL. */
export const renewByRole =
  <T extends { readonly token: TokenSettings }>(kind: RecordKind<T>) =>
  async ({ storage }: Context, { renewAs: name }: Renewed): Promise<Renewal> => {
    const role = await storage.get(kind, roleFolder + name)
    if (role === undefined) {
      fail('invalid_request_wrapped', `failed to renew entry: role ${name} does not exist during renewal`)
    }
    return renewalOf(role.token)
  }

/** What token settings grant to a renewal. */
export const renewalOf = ({ ttl, maxTtl, period }: TokenSettings): Renewal => ({ ttl, maxTtl, period })

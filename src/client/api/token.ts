import type { JsonObject } from '../../base/json/json.ts'
import type { Answer } from '../answer.ts'
import type { Client } from '../calls.ts'
import { objectOf, textsOf } from '../shape.ts'

/** What a new token may be given. Durations are seconds or text such as `1h30m`. */
export type TokenRequest = {
  readonly id?: string
  readonly display_name?: string
  readonly policies?: readonly string[]
  readonly no_default_policy?: boolean
  readonly meta?: Readonly<Record<string, string>>
  readonly ttl?: string | number
  readonly explicit_max_ttl?: string | number
  readonly period?: string | number
  readonly num_uses?: number
  readonly renewable?: boolean
  readonly no_parent?: boolean
  readonly type?: 'service' | 'batch'
  readonly entity_alias?: string
}

/** Which token is meant: this client's own, another one, or the one with an accessor. */
export type TokenChoice =
  | { readonly kind: 'self' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'accessor'; readonly accessor: string }

export type TokenApi = {
  /** The answer's `auth` holds the new token. `role` creates it under a token role. */
  create(request: TokenRequest, role?: string): Promise<Answer>
  lookup(which: TokenChoice): Promise<Answer>
  /** @param increment seconds or a duration; absent, the token's own */
  renew(which: TokenChoice, increment?: string | number): Promise<Answer>
  /** Revokes the token and all that were created with it. */
  revoke(which: TokenChoice): Promise<Answer>
  /** Revokes the token; those created with it live on as orphans. */
  revokeOrphan(token: string): Promise<Answer>
  /** What the token may do at each path. */
  capabilities(which: TokenChoice, paths: readonly string[]): Promise<Record<string, string[]>>
}

export const tokenApi = (client: Client): TokenApi => ({
  create: (request, role) =>
    client.write(`auth/token/create${role === undefined ? '' : `/${role}`}`, bodyOf(request)),
  lookup: (which) =>
    which.kind === 'self'
      ? client.call('GET', 'auth/token/lookup-self')
      : client.replace(`auth/token/lookup${suffix(which)}`, named(which)),
  renew: (which, increment) =>
    client.write(`auth/token/renew${suffix(which)}`, {
      ...named(which),
      ...(increment === undefined ? {} : { increment }),
    }),
  // A token that revoked itself is refused when it comes again, and that would look like a failure.
  revoke: (which) =>
    client[which.kind === 'token' ? 'replace' : 'write'](`auth/token/revoke${suffix(which)}`, named(which)),
  revokeOrphan: (token) => client.write('auth/token/revoke-orphan', { token }),
  capabilities: async (which, paths) => {
    const end = which.kind === 'token' ? '' : suffix(which)
    const answer = await client.replace(`sys/capabilities${end}`, { ...named(which), paths: [...paths] })
    const data = answer.data ?? objectOf(answer.body)
    return Object.fromEntries(paths.map((path) => [path, textsOf(data[path])]))
  },
})

const suffix = (which: TokenChoice): string => (which.kind === 'token' ? '' : `-${which.kind}`)

function named(which: TokenChoice): JsonObject {
  if (which.kind === 'token') return { token: which.token }
  return which.kind === 'accessor' ? { accessor: which.accessor } : {}
}

function bodyOf(request: TokenRequest): JsonObject {
  const { policies, meta, ...rest } = request
  return { ...rest, ...(policies && { policies: [...policies] }), ...(meta && { meta: { ...meta } }) }
}

import type { Caller, Context } from '../../../backend/context.ts'
import type { ApiRequest, Operation } from '../../../backend/message.ts'
import { isListing } from '../../../backend/routes/operation.ts'
import type { RequestPath } from '../../../backend/routes/path.ts'
import type { Route, RouteOperation } from '../../../backend/routes/route.ts'
import { fail } from '../../../base/errors.ts'
import type { Acl, Verdict as AclVerdict, Question } from '../../../policy/acl.ts'
import { foldedPath, type Target } from '../locate.ts'
import type { Known, Verdict } from '../records/recorder.ts'

/** Whether a path has a mount is told only to those who might use it. */
export function refuseUnrouted(request: ApiRequest, known: Known): never {
  const { path, fields, wrapTtl } = request
  const question = { operation: known.operation, path, fields, wrapTtl, sudo: false }
  known.verdict = known.caller?.acl.check(question) ?? refused
  if (!known.verdict.allowed && path !== '') refuse(request, known.verdict, known.caller)
  fail('no_handler', path)
}

/**
 * Says what the caller lacks. Of a write that is any of both kinds, so that nobody learns what is stored; of a path
 * without a mount the same as of one with.
 */
export function refuse(
  request: ApiRequest,
  { reason }: Pick<Verdict, 'reason'>,
  caller: Caller | undefined,
): never {
  if (caller === undefined) fail('policy_denied')
  const { path } = request
  const held = caller.acl.capabilities(listPath(request))
  const wanted = request.verb === 'write' ? ['create', 'update'] : [request.verb]
  const lacks = (names: readonly string[]) => names.filter((name) => !held.includes(name))
  switch (reason) {
    case 'denied':
      return fail('policy_denied', '', { denied: { path, missing: [], by: 'deny' } })
    case 'parameters':
    case 'wrapping':
      return fail('policy_denied', '', { denied: { path, missing: [], by: reason } })
    default:
      return fail('policy_denied', '', {
        denied: { path, missing: lacks(reason === 'sudo' ? ['sudo'] : wanted) },
      })
  }
}

export const refused: Verdict = { allowed: false, granting: [] }

/** Whether a route that needs no token looks at one that is sent, for this request. */
export function welcomesToken(route: Route<Context> | undefined, request: ApiRequest): boolean {
  const welcome = route?.tokenWelcome ?? false
  return typeof welcome === 'function' ? welcome(request) : welcome
}

/** The operation before the backend was asked whether there is something: a write is taken for an update. */
export const plainOperation = (request: ApiRequest): Operation =>
  request.verb === 'write' ? 'update' : request.verb

/** A write is a create or an update, which only the backend can tell. */
export async function operationOf(
  request: ApiRequest,
  { route }: Target,
  context: Context,
): Promise<Operation> {
  if (request.verb !== 'write') return request.verb
  if (route?.exists === undefined) return 'update'
  return (await route.exists(context)) ? 'update' : 'create'
}

/**
 * Whether the policies of the caller allow a request. What they allow as it is spelled is held to the rules for the one
 * spelling of its path as well, if there are any.
 */
export const decide = (
  request: Asked,
  operation: Operation,
  target: Target,
  { acl }: Pick<Caller, 'acl'>,
): Verdict => decision(request, operation, target, acl).verdict

type Asked = Pick<ApiRequest, 'verb' | 'path' | 'fields' | 'wrapTtl'>

/** The same with the question that it is the answer to. */
export function decision(
  request: Asked,
  operation: Operation,
  target: Target,
  acl: Acl,
): { readonly question: Question; readonly verdict: AclVerdict } {
  const { route } = target
  const sudo =
    route?.sudo === true || (Array.isArray(route?.sudo) && route.sudo.includes(operation as RouteOperation))
  const { fields, wrapTtl } = request
  const path = listPath(request)
  const asked = (of: RequestPath) => {
    const question: Question = { operation, path: of, fields, wrapTtl, sudo }
    return { question, verdict: acl.check(question) }
  }
  const plain = asked(path)
  const spelling = withoutSlash(request, foldedPath(path, target))
  if (!plain.verdict.allowed || spelling === path) return plain
  // A rule for the one spelling of a path holds for all; where there is none, the rule for this one stands.
  const strict = asked(spelling)
  return strict.verdict.reason === 'no_rule' ? plain : strict
}

/** The router takes a slash behind an endpoint for the endpoint itself, so its rules count too. */
const withoutSlash = ({ verb }: Asked, path: RequestPath): RequestPath =>
  !isListing(verb) && path.endsWith('/') ? (path.slice(0, -1) as RequestPath) : path

export const listPath = (request: Pick<ApiRequest, 'verb' | 'path'>): RequestPath =>
  isListing(request.verb) && !request.path.endsWith('/')
    ? // A path with a slash at its end follows the same rules as the path itself.
      (`${request.path}/` as RequestPath)
    : request.path

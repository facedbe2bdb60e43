import type { Context } from '../../backend/context.ts'
import type { ApiRequest, Operation, Reply } from '../../backend/message.ts'
import { isListing } from '../../backend/routes/operation.ts'
import { listReader } from '../../backend/routes/route.ts'
import { fail } from '../../base/errors.ts'
import { nearest } from '../../base/text.ts'
import type { Target } from './locate.ts'

/** Calls the route's handler for the operation, with the fields that it declares. */
export async function run(
  request: ApiRequest,
  operation: Operation,
  target: Target,
  context: Context,
  warnings: string[],
): Promise<Reply> {
  const { route } = target
  if (request.verb === 'write' && request.path.endsWith('/')) {
    fail('invalid_request', "cannot write to a path ending in '/'")
  }
  if (route === undefined) fail('unsupported_path')
  if (isListing(operation)) {
    const names = route[operation]
    if (names === undefined) fail('unsupported_operation')
    return names(context, (await listReader.read(request.fields)).values)
  }
  const handler =
    route.operations[operation] ?? (operation === 'create' ? route.operations.update : undefined)
  if (handler === undefined) fail('unsupported_operation')
  if (route.reader === undefined) {
    const ignored = operation === 'read' ? Object.keys(request.fields).sort() : []
    if (ignored.length > 0) warnings.push(ignoredText(ignored))
    return handler(context, {})
  }
  const { values, unknown } = await route.reader.read(request.fields)
  if (unknown.length > 0 && operation !== 'delete') {
    warnings.push(ignoredText(unknown), ...meantTexts(unknown, Object.keys(route.fields ?? {})))
  }
  return handler(context, values)
}

const ignoredText = (names: readonly string[]) =>
  `Endpoint ignored these unrecognized parameters: [${names.join(' ')}]`

/** Of a few names that nobody declared, which were probably meant. */
const meantTexts = (unknown: readonly string[], known: readonly string[]) =>
  unknown.slice(0, 8).flatMap((name) => {
    const meant = nearest(name, known)
    return meant === undefined
      ? []
      : [`${JSON.stringify(name)} is not known here: did you mean ${JSON.stringify(meant)}?`]
  })

/** The answer to a list of names. @throws not_found where there are none */
export const listing = (keys: string[]): Reply => (keys.length === 0 ? fail('not_found') : { data: { keys } })

/** An answer without content stays without: a warning alone makes no body. */
export function withWarnings(reply: Reply, warnings: readonly string[]): Reply {
  if (warnings.length === 0) return reply
  const hasContent = reply.data !== undefined || reply.auth !== undefined || reply.warnings !== undefined
  return hasContent ? { ...reply, warnings: [...(reply.warnings ?? []), ...warnings] } : reply
}

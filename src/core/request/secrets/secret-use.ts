import type { Caller } from '../../../backend/context.ts'
import type { ApiRequest, Operation, Reply } from '../../../backend/message.ts'
import { isListing } from '../../../backend/routes/operation.ts'
import { isFailure } from '../../../base/errors.ts'
import type { Services } from '../../services.ts'
import type { Target } from '../locate.ts'

/** That a request read or wrote a secret. */
export type SecretUse = {
  readonly kind: 'read' | 'write'
  readonly operation: Operation
  readonly mount: string
  readonly path: string
  readonly caller: Caller
  readonly address: string
}

/** @returns undefined for what is no use of one secret: lists, folders, what was not found, routes about other things */
export function useOf(
  { remote }: ApiRequest,
  { status }: Reply,
  operation: Operation,
  { mount, route, params }: Target,
  caller: Caller | undefined,
): SecretUse | undefined {
  const path = route?.secret === undefined ? undefined : params[route.secret]
  if (path === undefined || path === '' || path.endsWith('/') || caller === undefined) return undefined
  if (status === 404) return undefined
  if (isListing(operation)) return undefined
  const kind = operation === 'read' ? 'read' : 'write'
  if (kind === 'read' && route?.showsSecret === false) return undefined
  return { kind, operation, mount: mount.uuid, path, caller, address: remote.address }
}

/** Notes a use in memory; the request does not wait for it and cannot fail of it. */
export function noteUse(
  { usage, clock }: Pick<Services, 'usage' | 'clock'>,
  { kind, operation, mount, path, caller, address }: SecretUse,
): void {
  const { displayName, entityId } = caller.token.record
  try {
    usage().note(mount, path, kind, { at: clock.now(), operation, displayName, entityId, address })
  } catch (error) {
    // The node was sealed meanwhile: what it knew in memory is gone.
    if (!isFailure(error, 'sealed')) throw error
  }
}

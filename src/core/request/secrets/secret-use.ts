import type { Caller } from '../../../backend/context.ts'
import type { ApiRequest, Operation, Reply } from '../../../backend/message.ts'
import type { Mount } from '../../../backend/mounts/mount.ts'
import { isListing } from '../../../backend/routes/operation.ts'
import { type Space, segmentOf, spaceWithin } from '../../../backend/spaces/space.ts'
import { isFailure } from '../../../base/errors.ts'
import { ofEntity, ofPerson, ofSpace } from '../../../usage/journal/record.ts'
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
  /** The space of somebody else, which was opened to the caller. */
  readonly opened?: Space | undefined
  /** It is what a locker holds, which is nobody's but the locker's: its maker alone hears of it. */
  readonly isOfLocker?: boolean
}

/** @returns undefined for what is no use of one secret: lists, folders, what was not found, routes about other things */
export function useOf(
  { remote }: ApiRequest,
  { status, wrote }: Reply,
  operation: Operation,
  { mount: own, route, params, installed }: Target,
  caller: Caller | undefined,
): SecretUse | undefined {
  const isOfLocker = installed.backend.type === 'cubbyhole' && caller?.token.record.locker === true
  const named = isOfLocker ? params.path : route?.secret === undefined ? undefined : params[route.secret]
  const { mount, path } = wrote ?? { mount: own, path: named }
  if (path === undefined || path === '' || path.endsWith('/') || caller === undefined) return undefined
  if (status === 404) return undefined
  if (isListing(operation)) return undefined
  const kind = operation === 'read' ? 'read' : 'write'
  if (kind === 'read' && route?.showsSecret === false) return undefined
  const opened = mount.spaces === undefined ? undefined : openedSpace(mount, path, caller)
  return { kind, operation, mount: mount.uuid, path, caller, address: remote.address, opened, isOfLocker }
}

/** The space that a secret lies in, if it is not the caller's own: the guard lets in nobody else but by an opening. */
function openedSpace(mount: Mount, path: string, { token: { record } }: Caller): Space | undefined {
  const own = record.space
  if (own?.startsWith(mount.uuid) === true) {
    const folder = own.slice(mount.uuid.length + 1)
    if (path.startsWith(folder) && path.charAt(folder.length) === '/') return undefined
  }
  return spaceWithin(mount, path)
}

/** Notes a use in memory; the request does not wait for it and cannot fail of it. */
export function noteUse(
  { usage, journal, clock }: Pick<Services, 'usage' | 'journal' | 'clock'>,
  { kind, operation, mount, path, caller, address, opened, isOfLocker }: SecretUse,
): void {
  const { displayName, entityId, locker, maker, person = maker } = caller.token.record
  const use = { at: clock.now(), operation, displayName, entityId, address }
  try {
    if (isOfLocker !== true)
      usage().note(mount, path, kind, opened === undefined ? use : { ...use, opened: true })
    if (entityId !== '') {
      const way = locker === true ? 'locker' : opened === undefined ? undefined : 'opening'
      const owner = person === undefined ? ofEntity(entityId) : ofPerson(person)
      journal().note(owner, { mount, path, use, way })
    }
    if (opened !== undefined) {
      journal().note(ofSpace(opened.mount, segmentOf(opened)), { mount, path, use, way: 'opening' })
    }
  } catch (error) {
    // The node was sealed meanwhile: what it knew in memory is gone.
    if (!isFailure(error, 'sealed')) throw error
  }
}

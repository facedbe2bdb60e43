import type { OpenContext } from '../../../backend/context.ts'
import { mountPoint } from '../../../backend/mounts/mount.ts'
import { readMounts } from '../../../backend/mounts/mount-table.ts'
import { isListing, type Operation, type Verb } from '../../../backend/routes/operation.ts'
import type { Router } from '../../../backend/routes/router.ts'
import { spaceAt } from '../../../backend/spaces/space.ts'
import { isFailure } from '../../../base/errors.ts'
import type { Question } from '../../../policy/acl.ts'
import type { Asked, Holder, Judgement } from '../../../sys/services.ts'
import type { Transaction } from '../../../transaction/transaction.ts'
import type { Services } from '../../services.ts'
import { locate, type Target } from '../locate.ts'
import { decision, listPath } from './verdict.ts'

const verbOf = (operation: Operation): Verb =>
  operation === 'create' || operation === 'update' ? 'write' : operation

type Parts = Pick<Services, 'registry' | 'guard'> & {
  /** The routes that answer in every state of the node, before anything else. */
  readonly always: Pick<Router<OpenContext>, 'match'>
}

/**
 * What a request would come to, as far as policies and owner guards decide: by the functions that decide about
 * requests.
 */
export async function judge(
  { registry, guard, always }: Parts,
  tx: Transaction,
  { operation, path, fields, wrapTtl }: Asked,
  { acl, entrants, told }: Holder,
): Promise<Judgement> {
  const request = { verb: verbOf(operation), path, fields, wrapTtl }
  const target = locate(request, await readMounts(tx), registry)
  const isOpen = target?.route?.unauthenticated === true || always.match(path) !== undefined
  const isHidden = target !== undefined && !isOpen && told?.mayReach(mountPoint(target.mount)) === false
  if (target === undefined || isHidden) {
    const question: Question = { operation, path: listPath(request), fields, wrapTtl, sudo: false }
    const verdict = acl.check(question)
    return { question, verdict, isOpen: false, hasMount: false, space: 'none', isFixed: false }
  }
  const guarded = await guardsOf(guard, tx, { ...request, operation }, target, entrants)
  return {
    ...decision(request, operation, target, acl),
    isOpen,
    hasMount: true,
    ...guarded,
  }
}

type Guarded = Pick<Judgement, 'space' | 'isFixed'>

async function guardsOf(
  guard: Services['guard'],
  tx: Transaction,
  request: Parameters<Services['guard']>[2] & { readonly operation: Operation },
  { mount }: Target,
  entrants: Holder['entrants'],
): Promise<Guarded> {
  const inside = isListing(request.operation) ? listPath(request) : request.path
  const space = mount.table === 'secret' ? spaceAt(mount, inside) : undefined
  const isPrivate = space !== undefined && space.folder !== ''
  for (const entrant of entrants.length === 0 ? [undefined] : entrants) {
    try {
      await guard(tx, mount, request, request.operation, entrant)
      return { space: isPrivate ? 'entered' : 'none', isFixed: false }
    } catch (error) {
      if (isFailure(error, 'forbidden')) return { space: 'none', isFixed: true }
      if (!isFailure(error, 'policy_denied')) throw error
    }
  }
  return { space: 'closed', isFixed: false }
}

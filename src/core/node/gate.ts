import type { OpenContext } from '../../backend/context.ts'
import type { ApiRequest, Operation, Reply, RequestHandler } from '../../backend/message.ts'
import { isListing } from '../../backend/routes/operation.ts'
import type { OpenRoute } from '../../backend/routes/route.ts'
import { createRouter } from '../../backend/routes/router.ts'
import type { SealKeeper } from '../../barrier/keeper/keeper.ts'
import type { Clock } from '../../base/clock.ts'
import { fail, isFailure } from '../../base/errors.ts'
import type { Random } from '../../base/random.ts'
import { noteOpenRoute } from '../metrics/trail.ts'
import type { OpenAudit } from '../request/records/open-audit.ts'

export type GateParts = {
  readonly keeper: () => { state(): { readonly kind: ReturnType<SealKeeper['state']>['kind'] } }
  readonly clock: Clock
  readonly random: Random
  /** Answer in every state of the node. */
  readonly open: readonly OpenRoute[]
  /** Answer while the node is not unsealed. */
  readonly whenSealed: readonly OpenRoute[]
  /** Answers in every state of the node, on listeners that show metrics to everybody. */
  readonly metrics: OpenRoute
  readonly logical: RequestHandler
  readonly audit: OpenAudit
}

/**
 * The first decision about every request: a few paths answer in every state of the server; all else needs an
 * unsealed node.
 */
export function createGate({
  keeper,
  clock,
  random,
  open,
  whenSealed,
  metrics,
  logical,
  audit,
}: GateParts): RequestHandler {
  const always = createRouter<OpenContext>(open)
  const sealed = createRouter<OpenContext>(whenSealed)

  const refuse = () => fail(keeper().state().kind === 'uninitialized' ? 'not_initialized' : 'sealed')

  /** A refusal tells clients that nothing was carried out; what is sealed under way may have been. */
  async function carryOut(request: ApiRequest): Promise<Reply> {
    try {
      return await logical(request)
    } catch (error) {
      if (!isFailure(error, 'sealed') || request.verb === 'read' || isListing(request.verb)) throw error
      fail(
        'storage_failed',
        'this node was sealed meanwhile: whether the request was carried out is not known',
        {
          cause: error,
        },
      )
    }
  }

  return async (request) => {
    if (!request.path.startsWith('sys/')) {
      return keeper().state().kind === 'unsealed' ? carryOut(request) : refuse()
    }
    const operation = request.verb === 'write' ? 'update' : request.verb
    if (request.openMetrics === true && request.path === metrics.path) {
      return answer(metrics, {}, request, operation)
    }
    const isOpen = keeper().state().kind === 'unsealed'
    const match = always.match(request.path) ?? (isOpen ? undefined : sealed.match(request.path))
    if (match !== undefined) {
      const { route, params } = match
      const answered = () => answer(route, params, request, operation)
      return isOpen && route.unrecorded !== true ? audit(request, operation, answered) : answered()
    }
    return isOpen ? carryOut(request) : refuse()
  }

  async function answer(
    route: OpenRoute,
    params: OpenContext['params'],
    request: ApiRequest,
    operation: Operation,
  ): Promise<Reply> {
    noteOpenRoute(request.trail, route.path, operation)
    const handler = isListing(operation) ? undefined : route.operations[operation]
    if (handler === undefined) fail('method_not_allowed')
    const context: OpenContext = {
      request: { ...request, operation },
      params,
      clock,
      random,
      // These answers have no envelope, and so no place for warnings.
      warn: () => {},
    }
    return handler(
      context,
      route.reader === undefined ? {} : (await route.reader.read(request.fields)).values,
    )
  }
}

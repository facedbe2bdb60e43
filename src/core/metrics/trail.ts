import type { Operation, Trail } from '../../backend/message.ts'
import type { Mount } from '../../backend/mounts/mount.ts'

const labels = new WeakMap<object, string>()

/** Notes which route serves a request; what a mount is called is its users' affair, so its type stands for it. */
export function noteRoute(
  trail: Trail | undefined,
  { type, table }: Pick<Mount, 'type' | 'table'>,
  route: { readonly path: string } | undefined,
  operation: Operation,
): void {
  if (trail === undefined) return
  trail.mountType = type
  trail.operation = operation
  if (route === undefined) {
    trail.route = 'none'
    return
  }
  let label = labels.get(route)
  if (label === undefined) {
    label = `${table === 'auth' ? 'auth/' : ''}${type === 'system' ? 'sys' : type}/${route.path}`
    labels.set(route, label)
  }
  trail.route = label
}

/** The same for a route that answers in every state of the node, whose path is whole. */
export function noteOpenRoute(trail: Trail | undefined, path: string, operation: Operation): void {
  if (trail === undefined) return
  trail.mountType = 'system'
  trail.operation = operation
  trail.route = path
}

import type { Backend, SystemBackend } from '../../backend/backend.ts'
import type { Context } from '../../backend/context.ts'
import type { ApiRequest } from '../../backend/message.ts'
import { type Mount, mountPoint } from '../../backend/mounts/mount.ts'
import type { MountTable } from '../../backend/mounts/mount-table.ts'
import { isListing } from '../../backend/routes/operation.ts'
import type { RequestPath } from '../../backend/routes/path.ts'
import type { Route } from '../../backend/routes/route.ts'
import { createRouter, type Router } from '../../backend/routes/router.ts'

/** What serves one mount type. `privileged` handlers get the whole transaction. */
export type Installed = {
  readonly backend: Backend | SystemBackend
  readonly privileged: boolean
  // Handlers are called with the context that `privileged` says; see handlerContext.
  readonly router: Router<Context>
}

export type Registry = ReadonlyMap<string, Installed>

/** Names the backend of a mount: by its type and, for KV, the version in its options. */
export function backendName({ table, type, options }: Pick<Mount, 'type' | 'options' | 'table'>): string {
  const version = type === 'kv' ? (options?.version ?? firstVersion) : undefined
  return nameOf(table, type, version)
}

const firstVersion = '1'
const nameOf = (table: string, type: string, version: string | undefined) =>
  version === undefined ? `${table}/${type}` : `${table}/${type} of version ${version}`

/** The name under which {@link backendName} finds a backend. */
export const nameOfBackend = ({ kind, type, version }: Backend | SystemBackend) => nameOf(kind, type, version)

/** Finds what serves a mount by {@link backendName}. */
export function createRegistry(
  backends: readonly { readonly backend: Backend | SystemBackend; readonly privileged: boolean }[],
): Registry {
  return new Map(
    backends.map(({ backend, privileged }) => [
      nameOfBackend(backend),
      // A system route's handler takes more than Context; only `privileged` ones are called with it.
      { backend, privileged, router: createRouter(backend.routes as unknown as readonly Route<Context>[]) },
    ]),
  )
}

/** Where a request leads: its mount, and the route inside if the mount has one for the path. */
export type Target = {
  readonly mount: Mount
  readonly installed: Installed
  readonly route: Route<Context> | undefined
  readonly params: Readonly<Record<string, string>>
}

/** @returns undefined when no mount serves the path */
export function locate(
  request: Pick<ApiRequest, 'path' | 'verb'>,
  mounts: MountTable,
  registry: Registry,
): Target | undefined {
  const mount = mounts.find(request.path)
  const installed = mount === undefined ? undefined : registry.get(backendName(mount))
  if (mount === undefined || installed === undefined) return undefined
  const inside = request.path.slice(mountPoint(mount).length)
  const lists = isListing(request.verb)
  const match = installed.router.match(lists && inside.endsWith('/') ? inside.slice(0, -1) : inside)
  return { mount, installed, route: match?.route, params: match?.params ?? {} }
}

/** The path in the one spelling of what it names. */
export function foldedPath(path: RequestPath, { route, params }: Target): RequestPath {
  if (route?.folded === undefined) return path
  const { parameter, fold } = route.folded
  const spelled = params[parameter] ?? ''
  const at = path.lastIndexOf(spelled)
  // Nothing but a name changes, and folding makes no slash.
  return (path.slice(0, at) + fold(spelled) + path.slice(at + spelled.length)) as RequestPath
}
